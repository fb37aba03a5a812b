/**
 * Growing bytes with variable-length integers, and the reader of the same. Integers go up to 2^53 - 1, seven bits a byte,
 * least significant first; signed ones are zigzag-folded. Doubles are eight bytes, little endian, bit for bit.
 *
 * `reserve` is the caller's duty before a run of puts: the puts themselves do not check, they are the hot path.
 */
const scratch = new Float64Array(1);
const scratchBytes = new Uint8Array(scratch.buffer);
const HIGH = 4294967296;

export class ByteSink {
  bytes: Uint8Array;
  length = 0;

  constructor(capacity = 256) {
    this.bytes = new Uint8Array(capacity);
  }

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  clear(): void {
    this.length = 0;
  }

  putByte(value: number): void {
    this.bytes[this.length++] = value;
  }

  /** At most 8 bytes. */
  putUnsigned(value: number): void {
    let rest = value;
    const { bytes } = this;
    let at = this.length;
    while (rest >= 0x80000000) {
      bytes[at++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    while (rest >= 128) {
      bytes[at++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    bytes[at++] = rest;
    this.length = at;
  }

  putSigned(value: number): void {
    this.putUnsigned(value >= 0 ? value * 2 : -value * 2 - 1);
  }

  putDouble(value: number): void {
    scratch[0] = value;
    this.bytes.set(scratchBytes, this.length);
    this.length += 8;
  }

  putU32(value: number): void {
    const { bytes, length } = this;
    bytes[length] = value;
    bytes[length + 1] = value >>> 8;
    bytes[length + 2] = value >>> 16;
    bytes[length + 3] = value >>> 24;
    this.length = length + 4;
  }

  /** Copies bytes[start, end); makes its own room. */
  putBytes(bytes: Uint8Array, start = 0, end: number = bytes.length): void {
    this.reserve(end - start);
    this.bytes.set(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end), this.length);
    this.length += end - start;
  }

  /** The bytes so far, without copying; valid until the next put. */
  view(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }
}

/** Reads what a ByteSink wrote. Running off the end sets `isBroken` and gives zeros: bad bytes never throw. */
export class ByteSource {
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;
  end = 0;
  isBroken = false;

  constructor(bytes?: Uint8Array, start = 0, end: number = bytes?.length ?? 0) {
    if (bytes !== undefined) this.open(bytes, start, end);
  }

  open(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
    this.isBroken = false;
  }

  get left(): number {
    return this.end - this.at;
  }

  byte(): number {
    if (this.at >= this.end) {
      this.isBroken = true;
      return 0;
    }
    return this.bytes[this.at++] as number;
  }

  unsigned(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.byte();
      if (byte < 128) return value + byte * scale;
      value += (byte & 127) * scale;
      scale *= 128;
      if (scale > 1e18) {
        this.isBroken = true;
        return 0;
      }
    }
  }

  signed(): number {
    const folded = this.unsigned();
    return folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2;
  }

  double(): number {
    if (this.at + 8 > this.end) {
      this.isBroken = true;
      return 0;
    }
    for (let i = 0; i < 8; i++) scratchBytes[i] = this.bytes[this.at + i] as number;
    this.at += 8;
    return scratch[0] as number;
  }

  u32(): number {
    if (this.at + 4 > this.end) {
      this.isBroken = true;
      return 0;
    }
    const { bytes, at } = this;
    this.at += 4;
    return (
      (((bytes[at] as number) |
        ((bytes[at + 1] as number) << 8) |
        ((bytes[at + 2] as number) << 16) |
        ((bytes[at + 3] as number) << 24)) >>>
        0) %
      HIGH
    );
  }

  /** A view of the next `count` bytes. */
  take(count: number): Uint8Array {
    if (!(count >= 0) || this.at + count > this.end) {
      this.isBroken = true;
      return this.bytes.subarray(0, 0);
    }
    const view = this.bytes.subarray(this.at, this.at + count);
    this.at += count;
    return view;
  }
}
