/** Plain data to bytes and back, for checkpoint sections of rare things. The core has no TextEncoder. */
import { decodeUtf8, encodeUtf8 } from '../model/symbols.ts';

/** `value` must be plain data without NaN or infinities: JSON would turn them into null silently. */
export function encodeJson(value: unknown): Uint8Array {
  return encodeText(JSON.stringify(value));
}

export function encodeText(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 3);
  return bytes.slice(0, encodeUtf8(text, bytes));
}

export function decodeJson<T>(bytes: Uint8Array): T {
  return JSON.parse(decodeUtf8(bytes, 0, bytes.length)) as T;
}
