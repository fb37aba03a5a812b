/**
 * The general compressors of the store, by a number that is on disk. Deflate at its lowest level is the tape's: on columns of
 * market events it is as small as brotli at its fastest and reads back quicker (bench/tape.ts prints them side by side).
 */
import zlib from 'node:zlib';
import { compressSync, uncompressSync } from 'lz4-napi';

export const Codec = { none: 0, brotli: 1, deflate: 2, lz4: 3 } as const;
export type Codec = (typeof Codec)[keyof typeof Codec];

export function compress(codec: number, bytes: Uint8Array, quality = 1): Uint8Array {
  switch (codec) {
    case Codec.brotli:
      return zlib.brotliCompressSync(bytes, {
        params: {
          [zlib.constants.BROTLI_PARAM_QUALITY]: quality,
          [zlib.constants.BROTLI_PARAM_LGWIN]: 20,
          [zlib.constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
        },
      });
    case Codec.deflate:
      return zlib.deflateRawSync(bytes, { level: quality, memLevel: 9 });
    case Codec.lz4:
      return compressSync(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    default:
      return bytes;
  }
}

/** The original bytes, null when they cannot be had back or are not `rawBytes` long. */
export function decompress(codec: number, bytes: Uint8Array, rawBytes: number): Uint8Array | null {
  try {
    const raw = expand(codec, bytes, rawBytes);
    return raw !== null && raw.length === rawBytes ? raw : null;
  } catch {
    return null;
  }
}

function expand(codec: number, bytes: Uint8Array, rawBytes: number): Uint8Array | null {
  const maxOutputLength = Math.max(1, rawBytes);
  switch (codec) {
    case Codec.none:
      return bytes;
    case Codec.brotli:
      return zlib.brotliDecompressSync(bytes, { maxOutputLength });
    case Codec.deflate:
      return zlib.inflateRawSync(bytes, { maxOutputLength });
    case Codec.lz4:
      return uncompressSync(bytes);
    default:
      return null;
  }
}
