/** Numbers the journal records of the kernel: one sequence without holes, whoever writes. The kernel sets `inputNo` per input. */
import { decodeJson, encodeJson } from '../../lib/json-bytes.ts';
import type { EpochUs, InputNo } from '../../model/units.ts';
import type { Checkpointable, CheckpointReader, CheckpointWriter } from '../../ports/checkpoint.ts';
import type { JournalKind, JournalSink } from '../../ports/journal.ts';

export interface JournalEntry {
  readonly kind: JournalKind;
  readonly atUs: EpochUs;
  readonly id: string;
  readonly cause: string;
  readonly symbol: string;
  readonly body: unknown;
}

export class JournalWriter implements Checkpointable {
  inputNo: InputNo = 0;
  /** While set nothing is written: what is folded is in the journal already, or was never decided. */
  isMuted = false;
  readonly #sink: JournalSink;
  #nextSeq: number;

  constructor(sink: JournalSink, nextSeq = 1) {
    this.#sink = sink;
    this.#nextSeq = nextSeq;
  }

  get nextSeq(): number {
    return this.#nextSeq;
  }

  /** Appends and returns the sequence number by which durability is reported. */
  write(entry: JournalEntry): number {
    if (this.isMuted) return this.#nextSeq - 1;
    const seq = this.#nextSeq++;
    this.#sink.append({ seq, inputNo: this.inputNo, ...entry });
    return seq;
  }

  /** Numbers up to here are taken by records that were written before a loss. */
  skipTo(nextSeq: number): void {
    this.#nextSeq = Math.max(this.#nextSeq, nextSeq);
  }

  save(writer: CheckpointWriter): void {
    writer.section('journal/writer', encodeJson({ nextSeq: this.#nextSeq, inputNo: this.inputNo }));
  }

  restore(reader: CheckpointReader): void {
    const bytes = reader.section('journal/writer');
    if (bytes === undefined) return;
    const kept = decodeJson<{ nextSeq: number; inputNo: number }>(bytes);
    this.#nextSeq = kept.nextSeq;
    this.inputNo = kept.inputNo;
  }
}
