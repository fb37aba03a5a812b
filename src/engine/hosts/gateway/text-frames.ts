/** Text to frame bytes, in one pass and without sharing a buffer: a port would copy the whole of it. */
import type { FrameType, TextCodec } from '#protocol';

const encoder = new TextEncoder();
// Fatal: bytes that are not UTF-8 are a bad message, not replacement characters.
const decoder = new TextDecoder('utf-8', { fatal: true });

export const textCodec: TextCodec = {
  encode: (text) => encoder.encode(text),
  decode: (bytes) => decoder.decode(bytes),
};

export function textFrame(type: FrameType, json: string): Uint8Array {
  const body = encoder.encode(json);
  const frame = new Uint8Array(body.length + 1);
  frame[0] = type;
  frame.set(body, 1);
  return frame;
}
