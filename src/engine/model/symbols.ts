/**
 * Tickers to small integers and back. Case matters (`ABDpL` and `ABDPL` are two securities). Ids are given in order of
 * first sight and never change within a day, so they may index columns. Lookup by bytes allocates nothing.
 */
import { assert } from '../lib/assert.ts';
import type { SymbolId } from './units.ts';

export const SYMBOL_CAPACITY = 20_480;

export class SymbolTable {
  readonly capacity: number;
  readonly names: string[] = [];
  readonly #ids = new Map<string, SymbolId>();
  /** Open addressing over the bytes: slot -> id + 1. */
  readonly #slots: Int32Array;
  readonly #mask: number;
  /** All names as Latin-1/UTF-8 bytes, back to back. */
  #bytes = new Uint8Array(1 << 16);
  readonly #starts: Int32Array;
  #used = 0;

  constructor(capacity: number = SYMBOL_CAPACITY) {
    this.capacity = capacity;
    let size = 1;
    while (size < capacity * 4) size *= 2;
    this.#slots = new Int32Array(size);
    this.#mask = size - 1;
    this.#starts = new Int32Array(capacity + 1);
  }

  get size(): number {
    return this.names.length;
  }

  get(name: string): SymbolId | undefined {
    return this.#ids.get(name);
  }

  name(id: SymbolId): string {
    const name = this.names[id];
    assert(name !== undefined, 'symbol ids come from this table');
    return name;
  }

  /** The id of `name`, given on first sight. -1 when the table is full. */
  intern(name: string): SymbolId {
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    const bytes = new Uint8Array(name.length * 3);
    const length = encodeUtf8(name, bytes);
    return this.#internBytes(bytes, 0, length, name);
  }

  /** The id of the UTF-8 name in bytes[start, end), given on first sight. -1 when the table is full. */
  internBytes(bytes: Uint8Array, start: number, end: number): SymbolId {
    return this.#internBytes(bytes, start, end, null);
  }

  #internBytes(bytes: Uint8Array, start: number, end: number, name: string | null): SymbolId {
    let hash = 0x811c9dc5;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
    const length = end - start;
    let slot = (hash ^ (hash >>> 15)) & this.#mask;
    for (;;) {
      const entry = this.#slots[slot] as number;
      if (entry === 0) break;
      const id = entry - 1;
      const at = this.#starts[id] as number;
      if ((this.#starts[id + 1] as number) - at === length) {
        let same = true;
        for (let k = 0; k < length; k++) {
          if (this.#bytes[at + k] !== bytes[start + k]) {
            same = false;
            break;
          }
        }
        if (same) return id;
      }
      slot = (slot + 1) & this.#mask;
    }
    return this.#add(bytes, start, end, slot, name ?? decodeUtf8(bytes, start, end));
  }

  #add(bytes: Uint8Array, start: number, end: number, slot: number, name: string): SymbolId {
    const id = this.names.length;
    if (id >= this.capacity) return -1;
    const length = end - start;
    if (this.#used + length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#used + length));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes.set(bytes.subarray(start, end), this.#used);
    this.#starts[id] = this.#used;
    this.#used += length;
    this.#starts[id + 1] = this.#used;
    this.#slots[slot] = id + 1;
    this.names.push(name);
    this.#ids.set(name, id);
    return id;
  }
}

/** Writes `text` as UTF-8 and returns the byte count. `target` must hold 3 bytes a code unit. */
export function encodeUtf8(text: string, target: Uint8Array): number {
  let at = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) {
      target[at++] = unit;
      continue;
    }
    const code = text.codePointAt(i) as number;
    if (code < 0x800) {
      target[at++] = 0xc0 | (code >> 6);
      target[at++] = 0x80 | (code & 63);
    } else if (code < 0x10000) {
      target[at++] = 0xe0 | (code >> 12);
      target[at++] = 0x80 | ((code >> 6) & 63);
      target[at++] = 0x80 | (code & 63);
    } else {
      i++;
      target[at++] = 0xf0 | (code >> 18);
      target[at++] = 0x80 | ((code >> 12) & 63);
      target[at++] = 0x80 | ((code >> 6) & 63);
      target[at++] = 0x80 | (code & 63);
    }
  }
  return at;
}

/** Reads UTF-8; malformed sequences become U+FFFD. For names and messages, never on the hot path. */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let i = start; i < end;) {
    const byte = bytes[i++] as number;
    if (byte < 0x80) text += String.fromCharCode(byte);
    else {
      const extra =
        byte >= 0xf0 && byte < 0xf8 ? 3 : byte >= 0xe0 && byte < 0xf0 ? 2 : byte >= 0xc2 && byte < 0xe0 ? 1 : 0;
      let code = extra === 0 ? 0xfffd : byte & (0x3f >> extra);
      for (let k = 0; k < extra; k++) {
        const next = i < end ? (bytes[i] as number) : 0;
        if ((next & 0xc0) !== 0x80) {
          code = 0xfffd;
          break;
        }
        code = (code << 6) | (next & 63);
        i++;
      }
      // A form longer than needed is malformed too: it would give one name two spellings.
      if ((extra === 2 && code < 0x800) || (extra === 3 && code < 0x10000)) code = 0xfffd;
      text += String.fromCodePoint(code > 0x10ffff ? 0xfffd : code);
    }
  }
  return text;
}
