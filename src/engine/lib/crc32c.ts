/**
 * CRC-32C (Castagnoli, reflected polynomial 0x82f63b78; RFC 3720 appendix B.4) over bytes, eight at a time. It finds torn
 * and flipped bytes in our own files; it is no protection against someone who means harm.
 */
const TABLES = makeTables();
const [T0, T1, T2, T3, T4, T5, T6, T7] = TABLES as [
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
];

/** The CRC of bytes[start, end) as an unsigned 32-bit number; `previous` continues an earlier call. */
export function crc32c(bytes: Uint8Array, start = 0, end: number = bytes.length, previous = 0): number {
  let crc = ~previous;
  let at = start;
  for (const last = end - 8; at <= last; at += 8) {
    const low =
      crc ^
      ((bytes[at] as number) |
        ((bytes[at + 1] as number) << 8) |
        ((bytes[at + 2] as number) << 16) |
        ((bytes[at + 3] as number) << 24));
    crc =
      (T7[low & 255] as number) ^
      (T6[(low >>> 8) & 255] as number) ^
      (T5[(low >>> 16) & 255] as number) ^
      (T4[low >>> 24] as number) ^
      (T3[bytes[at + 4] as number] as number) ^
      (T2[bytes[at + 5] as number] as number) ^
      (T1[bytes[at + 6] as number] as number) ^
      (T0[bytes[at + 7] as number] as number);
  }
  for (; at < end; at++) crc = (T0[(crc ^ (bytes[at] as number)) & 255] as number) ^ (crc >>> 8);
  return ~crc >>> 0;
}

function makeTables(): Uint32Array[] {
  const first = new Uint32Array(256);
  for (let i = 0; i < 256; i++) {
    let value = i;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
    first[i] = value >>> 0;
  }
  const tables = [first];
  for (let t = 1; t < 8; t++) {
    const before = tables[t - 1] as Uint32Array;
    const table = new Uint32Array(256);
    for (let i = 0; i < 256; i++) {
      const value = before[i] as number;
      table[i] = ((value >>> 8) ^ (first[value & 255] as number)) >>> 0;
    }
    tables.push(table);
  }
  return tables;
}
