/**
 * How much of a day's tape lies behind an input, and where the tape ends, from the indexes of its segments alone: a start must
 * know it before it decides what it can afford to run again, whatever the size of the day.
 */
import path from 'node:path';
import type { EpochUs, InputNo } from '../../model/units.ts';
import type { FileSystem } from './file-system.ts';
import { nodeFileSystem } from './file-system.ts';
import { SEGMENT_HEADER_BYTES } from './tape-format.ts';
import { indexOf, listSegments, scanSegment, SegmentFile } from './tape-scan.ts';
import { TapeReader } from './tape-reader.ts';

export interface TapeTail {
  /** Compressed bytes behind the input, rounded up to whole groups. */
  readonly bytes: number;
  /** Of the whole tape; 0 when nothing of it can be read. */
  readonly lastInputNo: InputNo;
  readonly lastUs: EpochUs;
}

/** A segment that was never closed is scanned; the store closes those of earlier runs when it opens. */
export function tapeTail(
  dataDir: string,
  day: string,
  afterInputNo: InputNo,
  files: FileSystem = nodeFileSystem,
): TapeTail {
  let [bytes, lastInputNo, lastUs] = [0, 0, 0];
  for (const { file } of listSegments(files, path.join(dataDir, 'tape', day))) {
    const segment = new SegmentFile(files, file);
    try {
      const { end, index } = segment.dataEnd();
      const entries = index ?? indexOf(scanSegment(segment, false).blocks);
      const last = entries.at(-1);
      if (last === undefined || last.lastInputNo <= afterInputNo) {
        if (last !== undefined && last.lastInputNo > lastInputNo) ({ lastInputNo, lastUs } = last);
        continue;
      }
      const first = entries.find((entry) => entry.lastInputNo > afterInputNo);
      bytes += end - (first?.offset ?? SEGMENT_HEADER_BYTES);
      if (last.lastInputNo > lastInputNo) ({ lastInputNo, lastUs } = last);
    } finally {
      segment.close();
    }
  }
  return { bytes, lastInputNo, lastUs };
}

/** Names in the order of their ids, as the tape knew them at its end; costs one group of blocks. */
export function namesAtEnd(dataDir: string, day: string, lastInputNo: InputNo): readonly string[] {
  const reader = new TapeReader({ dataDir, day });
  try {
    reader.seek({ fromInputNo: lastInputNo });
    reader.skim();
    return reader.symbols.names.slice();
  } finally {
    reader.close();
  }
}
