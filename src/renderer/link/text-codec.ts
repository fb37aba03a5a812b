/** The browser's UTF-8 codec in the shape the protocol asks for. */
import type { TextCodec } from '#protocol';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const textCodec: TextCodec = {
  encode: (text) => encoder.encode(text),
  decode: (bytes) => decoder.decode(bytes),
};
