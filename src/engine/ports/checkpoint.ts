/**
 * How a part of the engine puts its state into a checkpoint and takes it back. State is bytes in named sections; the
 * container (adapters/) adds lengths, checksums, compression and atomic replacement, and knows nothing of the content.
 */
export interface CheckpointWriter {
  /** Names are unique within a checkpoint. The bytes are copied before `section` returns. */
  section(name: string, bytes: Uint8Array): void;
  /**
   * A section of bytes that do not change although the engine goes on: they are copied over the next turns, so that they
   * cost no pause. `isStill` says whether they are still what they were; if not, the checkpoint is given up. Absent where
   * nothing can be put off.
   */
  later?(name: string, parts: readonly Uint8Array[], isStill: () => boolean): void;
}

export interface CheckpointReader {
  /** Undefined when the checkpoint has no such section. */
  section(name: string): Uint8Array | undefined;
}

export interface Checkpointable {
  save(writer: CheckpointWriter): void;
  restore(reader: CheckpointReader): void;
}
