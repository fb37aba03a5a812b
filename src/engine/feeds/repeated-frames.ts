/**
 * Recognises a frame that came before: a vendor or a relay that sends one twice must not make a day's volume twice what it
 * was. The view knows a repeated print by its sequence number among the latest of its symbol; a large frame holds more of
 * one symbol than that. Only frames with sequence numbers are judged: without them two equal frames may both be meant.
 */
const REMEMBERED = 256;
/** So many bytes at either end are looked at: whole events, with symbol, sequence number and time. */
const LOOKED_AT = 192;
const QUOTE = 34;
const LETTER_Q = 113;

export class RepeatedFrames {
  readonly #prints = new Float64Array(REMEMBERED);
  readonly #lengths = new Float64Array(REMEMBERED);
  #next = 0;
  count = 0;

  /** Whether these bytes are one of the latest frames again; remembers them if not. */
  isRepeat(bytes: Uint8Array, start: number, end: number): boolean {
    const headEnd = Math.min(end, start + LOOKED_AT);
    if (!hasSequence(bytes, start, headEnd)) return false;
    let a = 0x811c9dc5;
    let b = 0x9e3779b9;
    for (let i = start; i < headEnd; i++) {
      a = Math.imul(a ^ (bytes[i] as number), 0x01000193);
      b = Math.imul(b + (bytes[i] as number), 0x85ebca6b) ^ (b >>> 13);
    }
    for (let i = Math.max(headEnd, end - LOOKED_AT); i < end; i++) {
      a = Math.imul(a ^ (bytes[i] as number), 0x01000193);
      b = Math.imul(b + (bytes[i] as number), 0x85ebca6b) ^ (b >>> 13);
    }
    const print = (a >>> 0) * 0x200000 + (b >>> 11);
    const length = end - start;
    for (let k = 0; k < REMEMBERED; k++) {
      if (this.#prints[k] !== print || this.#lengths[k] !== length) continue;
      this.count++;
      return true;
    }
    this.#prints[this.#next] = print;
    this.#lengths[this.#next] = length;
    this.#next = (this.#next + 1) % REMEMBERED;
    return false;
  }
}

/** A key "q" among these bytes. */
function hasSequence(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start + 2; i < end; i++)
    if (bytes[i] === QUOTE && bytes[i - 1] === LETTER_Q && bytes[i - 2] === QUOTE) return true;
  return false;
}
