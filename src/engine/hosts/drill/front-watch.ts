/** Follows the front of a tape that another process writes: up to which input it has come, looked at in microseconds. */
import path from 'node:path';
import { nodeFileSystem } from '../../adapters/store/file-system.ts';
import { FRONT_FILES, sightChunk } from '../../adapters/store/tape-front.ts';
import type { InputNo } from '../../model/units.ts';

interface Followed {
  readonly file: string;
  fd: number;
  at: number;
  index: number;
  generation: number;
}

export class FrontWatch {
  readonly #files: readonly Followed[];
  #lastInputNo: InputNo = 0;

  constructor(tapeFolder: string) {
    const follow = (name: string): Followed => ({
      file: path.join(tapeFolder, name),
      fd: -1,
      at: 0,
      index: 0,
      generation: -1,
    });
    this.#files = FRONT_FILES.map(follow);
  }

  /** The highest input seen so far. */
  look(): InputNo {
    for (const followed of this.#files) this.#follow(followed);
    return this.#lastInputNo;
  }

  close(): void {
    for (const followed of this.#files) {
      if (followed.fd >= 0) nodeFileSystem.close(followed.fd);
      followed.fd = -1;
    }
  }

  #follow(followed: Followed): void {
    try {
      if (followed.fd < 0) {
        if (nodeFileSystem.fileSize(followed.file) === null) return;
        followed.fd = nodeFileSystem.open(followed.file, 'r');
      }
      for (;;) {
        const sight = sightChunk(nodeFileSystem, followed.fd, followed.at);
        if (sight === null || sight.index !== followed.index) break;
        if (sight.index > 0 && sight.generation !== followed.generation) break;
        followed.generation = sight.generation;
        followed.at = sight.endAt;
        followed.index++;
        this.#lastInputNo = Math.max(this.#lastInputNo, sight.lastInputNo);
      }
      this.#beginAgain(followed);
    } catch {
      // Being replaced this moment; the next look sees it.
    }
  }

  /** A chain that was left for a new one in the same file is followed from its start. */
  #beginAgain(followed: Followed): void {
    if (followed.at === 0) return;
    const first = sightChunk(nodeFileSystem, followed.fd, 0);
    if (first === null || first.generation === followed.generation) return;
    followed.at = 0;
    followed.index = 0;
  }
}
