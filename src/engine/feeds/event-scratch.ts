/** The fields of one event between reading and checking: filled by the frame decoder, read by the event writer. */
import { FIELD_COUNT } from './event-fields.ts';
import { CONDITIONS_MAX } from './event-rules.ts';

/** Zero bytes after the frame: scanners look at most this far ahead. */
export const PADDING = 16;

export class EventScratch {
  /** The frame: usually in the room handed in, a longer one in an array of its own. */
  bytes: Uint8Array;
  /** The same bytes, for reading four at once. */
  view: DataView;
  readonly #room: Uint8Array;
  readonly #roomView: DataView;
  #large = new Uint8Array(0);
  readonly values = new Float64Array(FIELD_COUNT);
  /** Where the string of each field stands, without its quotes. */
  readonly from = new Int32Array(FIELD_COUNT);
  readonly to = new Int32Array(FIELD_COUNT);
  /** Bit per field: its latest value was a number, a string, a string with escapes, a usable id array, something else. */
  numbers = 0;
  strings = 0;
  escaped = 0;
  arrays = 0;
  odd = 0;
  /** The first twelve digits of the latest stamp of thirteen, as they stand in the bytes, and their value times ten. */
  stampA = 0;
  stampB = 0;
  stampC = 0;
  stampTens = 0.5;
  readonly conditionIds = new Int32Array(CONDITIONS_MAX);
  conditionCount = 0;
  readonly indicatorIds = new Int32Array(CONDITIONS_MAX);
  indicatorCount = 0;

  constructor(room: Uint8Array) {
    this.#room = room;
    this.#roomView = new DataView(room.buffer, room.byteOffset, room.byteLength);
    this.bytes = room;
    this.view = this.#roomView;
  }

  /** Whether the frame lies in the room handed in. */
  get isInRoom(): boolean {
    return this.bytes === this.#room;
  }

  /** Copies a frame in and puts the sentinel after it. */
  load(source: Uint8Array, start: number, end: number): void {
    const length = end - start;
    if (length + PADDING <= this.#room.length) {
      this.bytes = this.#room;
      this.view = this.#roomView;
    } else {
      if (length + PADDING > this.#large.length) this.#large = new Uint8Array((length + PADDING) * 2);
      this.bytes = this.#large;
      this.view = new DataView(this.#large.buffer);
    }
    const bytes = this.bytes;
    bytes.set(start === 0 && end === source.length ? source : source.subarray(start, end));
    this.view.setFloat64(length, 0);
    this.view.setFloat64(length + 8, 0);
  }
}
