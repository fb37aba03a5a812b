/** Sections of a checkpoint under a prefix. */
import type { CheckpointReader, CheckpointWriter } from '../ports/checkpoint.ts';

/** Two desks write sections of the same names; each gets a shelf of its own. */
export function prefixed<T extends CheckpointWriter | CheckpointReader>(target: T, prefix: string): T {
  return { section: (name: string, bytes: Uint8Array) => target.section(prefix + name, bytes) } as unknown as T;
}
