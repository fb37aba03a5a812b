/** A checkpoint that stays in memory: sections by name, copied on the way in. */
import { AssertionError } from '../lib/assert.ts';
import type { CheckpointReader, CheckpointWriter } from '../ports/checkpoint.ts';

export class MemoryCheckpoint implements CheckpointWriter, CheckpointReader {
  readonly sections = new Map<string, Uint8Array>();

  /** Sections are written once under a name, and read back under `sectionOf`'s rules. */
  section(name: string): Uint8Array | undefined;
  section(name: string, bytes: Uint8Array): void;
  section(name: string, bytes?: Uint8Array): Uint8Array | undefined {
    if (bytes === undefined) return this.sections.get(name);
    if (this.sections.has(name)) throw new AssertionError(`section ${name} was written twice`);
    this.sections.set(name, bytes.slice());
    return undefined;
  }

  get byteLength(): number {
    return [...this.sections.values()].reduce((sum, bytes) => sum + bytes.length, 0);
  }
}
