/** Writes a made-up trading day in the vendor's flat-file layout: every phase, mixed conditions, ties, one-sided quotes. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { flatFilePath } from '../adapters/flatfiles/flat-file-path.ts';
import { createRng } from '../lib/rng.ts';

export const TRADES_HEADER =
  'ticker,conditions,correction,exchange,id,participant_timestamp,price,sequence_number,sip_timestamp,size,tape,trf_id,trf_timestamp';
export const QUOTES_HEADER =
  'ticker,ask_exchange,ask_price,ask_size,bid_exchange,bid_price,bid_size,conditions,indicators,participant_timestamp,sequence_number,sip_timestamp,tape,trf_timestamp';

export interface GeneratedDay {
  readonly dir: string;
  /** 'YYYY-MM-DD'; a day in winter time (UTC-5). */
  readonly day: string;
  readonly symbols: readonly string[];
  readonly seed: number;
  readonly trades: number;
  /** Times in whole milliseconds, as the websocket has them. */
  readonly isMillisecond?: boolean;
}

const REGULAR_CONDITIONS = [
  '',
  '',
  '',
  '14',
  '"14,41"',
  '41',
  '37',
  '"14,37"',
  '10',
  '"2,41"',
  '"52,53"',
  '32',
  '15',
  '16',
  '"17,41"',
  '38',
  '9',
];
const EXTENDED_CONDITIONS = ['12', '12', '"12,14"', '"12,37"', '"12,13"', '"2,12"', '"8,41"', '20', ''];
const CORRECTIONS = [0, 0, 0, 0, 0, 0, 0, 1, 7, 8, 10, 11, 12];

/** The same seed writes the same bytes. */
export function generateDay(day: GeneratedDay): void {
  const rng = createRng(day.seed);
  const pick = <T>(list: readonly T[]): T => list[rng.below(list.length)] as T;
  const midnight = BigInt(Date.parse(`${day.day}T05:00:00Z`)) * 1_000_000n;
  const trades: string[] = [TRADES_HEADER];
  const quotes: string[] = [QUOTES_HEADER];
  for (const symbol of day.symbols) {
    // 03:55 to 20:05, in half-millisecond steps, so that trades and quotes often share an instant.
    const ticks = Array.from({ length: day.trades * 3 }, () => 28_200_000 + rng.below(116_400_000)).toSorted(
      (a, b) => a - b,
    );
    let price = 20 + rng.below(10_000) / 100;
    let sequence = 0;
    for (const tick of ticks) {
      const minute = tick / 120_000;
      const nanos = BigInt(rng.below(3));
      const time =
        midnight + (day.isMillisecond === true ? BigInt(tick >> 1) * 1_000_000n : BigInt(tick) * 500_000n + nanos);
      sequence += 1 + rng.below(3);
      price = Math.max(1, Math.round((price + rng.normal() * 0.02) * 100) / 100);
      if (rng.below(3) === 0) {
        const isRegular = minute >= 570 && minute < 960;
        const size = rng.below(20) === 0 ? 0 : rng.below(4) === 0 ? rng.below(1000) / 100 : rng.below(900);
        trades.push(
          `${symbol},${pick(isRegular ? REGULAR_CONDITIONS : EXTENDED_CONDITIONS)},${pick(CORRECTIONS)},4,${sequence},${time},${price},${sequence},${time},${size},3,202,${time}`,
        );
      } else {
        const bid = rng.below(40) === 0 ? 0 : Math.round((price - rng.below(5) / 100) * 100) / 100;
        const ask = rng.below(40) === 0 ? 0 : Math.round((price + (rng.below(6) - 1) / 100) * 100) / 100;
        quotes.push(
          `${symbol},11,${ask},${ask === 0 ? 0 : 300},12,${bid},${bid === 0 ? 0 : 200},1,,${time},${sequence},${time},3,0`,
        );
      }
    }
  }
  writeFlatFile(day.dir, 'trades', day.day, trades);
  writeFlatFile(day.dir, 'quotes', day.day, quotes);
}

/** Lines to DIR/us_stocks_sip/.../DAY.csv.gz. Returns the path. */
export function writeFlatFile(dir: string, kind: 'trades' | 'quotes', day: string, lines: readonly string[]): string {
  const file = flatFilePath(dir, kind, day);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, gzipSync(`${lines.join('\n')}\n`));
  return file;
}
