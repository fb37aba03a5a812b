/**
 * Lists of plain objects as JSON bytes, for checkpoints: rows that will not change any more are made into text once and
 * copied from then on, so that what a day has piled up costs nothing at each checkpoint.
 */
import { encodeUtf8 } from '../model/symbols.ts';
import { ByteSink } from './byte-sink.ts';

interface Kept {
  readonly witness: unknown;
  readonly bytes: Uint8Array;
}

const COMMA = 44;

export class JsonRows<T extends object> {
  readonly #witness: (row: T) => unknown;
  readonly #kept = new WeakMap<T, Kept>();
  readonly #sink = new ByteSink(1 << 16);

  /**
   * `witness` gives a value that is replaced by another whenever the row changes (objects are compared by identity), or
   * null while the row may change unseen; such a row is made into text each time.
   */
  constructor(witness: (row: T) => unknown) {
    this.#witness = witness;
  }

  /** `before`, the rows as a JSON array, `after`. The bytes are valid until the next call. */
  encode(before: string, rows: Iterable<T>, after: string): Uint8Array {
    const sink = this.#sink;
    sink.clear();
    putText(sink, `${before}[`);
    let isFirst = true;
    for (const row of rows) {
      sink.reserve(1);
      if (!isFirst) sink.putByte(COMMA);
      isFirst = false;
      this.#put(row);
    }
    putText(sink, `]${after}`);
    return sink.bytes.subarray(0, sink.length);
  }

  /** The row changed in a way the witness does not show. */
  forget(row: T): void {
    this.#kept.delete(row);
  }

  #put(row: T): void {
    const sink = this.#sink;
    const witness = this.#witness(row);
    const kept = witness === null ? undefined : this.#kept.get(row);
    if (kept !== undefined && kept.witness === witness) {
      sink.reserve(kept.bytes.length);
      sink.bytes.set(kept.bytes, sink.length);
      sink.length += kept.bytes.length;
      return;
    }
    const from = sink.length;
    putText(sink, JSON.stringify(row));
    if (witness !== null) this.#kept.set(row, { witness, bytes: sink.bytes.slice(from, sink.length) });
  }
}

function putText(sink: ByteSink, text: string): void {
  sink.reserve(text.length * 3);
  sink.length += encodeUtf8(text, sink.bytes.subarray(sink.length));
}
