/** A gzipped text file as blocks of whole lines, streamed: memory stays at a few blocks whatever the size of the file. */
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { FlatFileError } from './flat-file-error.ts';

const NEWLINE = 10;
const CHUNK_BYTES = 1 << 18;
/** No line of these files is near this long; more means the file is not what its name says. */
const LINE_BYTES_MAX = 1 << 16;

export interface CsvBlock {
  /** Whole lines in bytes[start, end), each ended by a newline but perhaps the very last one. */
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

/** Every line of the file in order. Throws FlatFileError: missing, truncated, damaged, unreadable. */
export async function* readCsvBlocks(file: string, signal?: AbortSignal): AsyncGenerator<CsvBlock> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  // The callback keeps a failure from being raised twice; the loop below sees it.
  pipeline(createReadStream(file, { highWaterMark: CHUNK_BYTES }), gunzip, () => {});
  let rest: Uint8Array = new Uint8Array(0);
  try {
    for await (const chunk of gunzip as AsyncIterable<Uint8Array>) {
      signal?.throwIfAborted();
      let bytes = chunk;
      if (rest.length > 0) {
        bytes = new Uint8Array(rest.length + chunk.length);
        bytes.set(rest);
        bytes.set(chunk, rest.length);
      }
      const end = bytes.lastIndexOf(NEWLINE) + 1;
      rest = bytes.slice(end);
      if (rest.length > LINE_BYTES_MAX)
        throw new FlatFileError(
          'damaged',
          file,
          0,
          'holds a line of more than 64 KB; it is not a CSV file of the vendor.',
        );
      if (end > 0) yield { bytes, start: 0, end };
    }
    if (rest.length > 0) yield { bytes: rest, start: 0, end: rest.length };
  } catch (error) {
    throw readable(error, file);
  } finally {
    gunzip.destroy();
  }
}

function readable(error: unknown, file: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'ENOENT':
      return new FlatFileError('missing', file, 0, 'there is no such file; download that day or choose another one.');
    case 'Z_BUF_ERROR':
      return new FlatFileError(
        'truncated',
        file,
        0,
        'the compressed data ends early; the file is cut off, download it again.',
      );
    case 'Z_DATA_ERROR':
      return new FlatFileError(
        'damaged',
        file,
        0,
        'the compressed data is damaged or not gzip; download the file again.',
      );
    case 'EACCES':
    case 'EPERM':
    case 'EISDIR':
    case 'ENOTDIR':
    case 'EIO':
      return new FlatFileError('unreadable', file, 0, `cannot be read (${code}); check the path and its permissions.`);
    default:
      return error;
  }
}
