/** Anchors of the market scrub as files: scrub/DAY below the data folder, in the container of the checkpoints. */
import path from 'node:path';
import type { CheckpointReader, CheckpointWriter } from '../../ports/checkpoint.ts';
import type { AnchorStore, ScrubAnchor } from '../../tape/market-scrub.ts';
import { CheckpointFile, CheckpointJob, openCheckpoint } from './checkpoint-files.ts';
import type { FileSystem } from './file-system.ts';
import { nodeFileSystem } from './file-system.ts';

const NAME = /^\d{4}-\d{2}-\d{2}(?:-[b-z])?-(\d+)\.ckpt$/;

export class ScrubFiles implements AnchorStore {
  readonly folder: string;
  readonly #dataDir: string;
  readonly #day: string;
  readonly #files: FileSystem;
  /** File name -> the anchor in it, null for one that cannot be read. Looked into once. */
  readonly #known = new Map<string, ScrubAnchor | null>();
  /** Anchors passed over because their file is damaged. */
  readonly damaged: string[] = [];

  constructor(dataDir: string, day: string, files: FileSystem = nodeFileSystem) {
    this.#dataDir = path.join(dataDir, 'scrub', day);
    this.folder = path.join(this.#dataDir, 'checkpoints');
    this.#day = day;
    this.#files = files;
  }

  list(): readonly ScrubAnchor[] {
    const anchors: ScrubAnchor[] = [];
    for (const name of this.#files.list(this.folder)) {
      if (!NAME.test(name)) continue;
      const known = this.#known.get(name);
      const anchor = known === undefined ? this.#look(name) : known;
      if (anchor !== null) anchors.push(anchor);
    }
    return anchors;
  }

  open(anchor: ScrubAnchor): CheckpointReader | null {
    const name = `${this.#day}-${String(anchor.inputNo).padStart(12, '0')}.ckpt`;
    const opened = openCheckpoint(path.join(this.folder, name), this.#files);
    if (opened instanceof CheckpointFile) return opened;
    this.#known.set(name, null);
    this.damaged.push(name);
    return null;
  }

  keep(anchor: ScrubAnchor, save: (writer: CheckpointWriter) => void): boolean {
    const sections: { name: string; bytes: Uint8Array }[] = [];
    // The view is not changed before this returns, so its bytes need no copy.
    save({ section: (name, bytes) => void sections.push({ name, bytes }) });
    const meta = {
      day: this.#day,
      inputNo: anchor.inputNo,
      atUs: anchor.us,
      seq: 0,
      engineVersion: '',
      stateVersion: 1,
    };
    const job = new CheckpointJob(this.#files, this.#dataDir, meta, sections, Number.MAX_SAFE_INTEGER);
    let result = job.step();
    while (result === null) result = job.step();
    return result.kind === 'written';
  }

  #look(name: string): ScrubAnchor | null {
    const opened = openCheckpoint(path.join(this.folder, name), this.#files);
    const anchor = opened instanceof CheckpointFile ? { inputNo: opened.meta.inputNo, us: opened.meta.atUs } : null;
    if (anchor === null) this.damaged.push(name);
    this.#known.set(name, anchor);
    return anchor;
  }
}
