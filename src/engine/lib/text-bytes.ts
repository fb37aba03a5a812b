/**
 * Longer texts out of UTF-8 without the garbage of building them a character at a time. For text that `encodeUtf8` wrote;
 * what is malformed becomes U+FFFD.
 */
const CHUNK = 4096;
const units = new Uint16Array(CHUNK);

export function decodeText(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  let used = 0;
  let at = start;
  while (at < end) {
    const byte = bytes[at] as number;
    if (byte < 0x80) {
      units[used++] = byte;
      at++;
    } else {
      const extra = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1;
      let code = byte & (0x3f >> extra);
      for (let k = 1; k <= extra; k++) code = (code << 6) | ((bytes[at + k] ?? 0) & 63);
      if (byte < 0xc2 || byte > 0xf4 || code > 0x10ffff || at + extra >= end) code = 0xfffd;
      at += code === 0xfffd && (byte < 0xc2 || byte > 0xf4) ? 1 : extra + 1;
      if (code >= 0x10000) {
        units[used++] = 0xd800 + ((code - 0x10000) >> 10);
        units[used++] = 0xdc00 + ((code - 0x10000) & 0x3ff);
      } else units[used++] = code;
    }
    if (used < CHUNK - 2) continue;
    text += String.fromCharCode.apply(null, units.subarray(0, used) as unknown as number[]);
    used = 0;
  }
  return text + String.fromCharCode.apply(null, units.subarray(0, used) as unknown as number[]);
}
