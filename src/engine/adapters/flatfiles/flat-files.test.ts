/** Reading flat files: right order, exact numbers, bounded memory, and every way a file can be wrong. */
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/rng.ts';
import { ConditionSets } from '../../model/conditions.ts';
import { EventFlag, EventKind } from '../../model/event-batch.ts';
import { encodeUtf8, SymbolTable } from '../../model/symbols.ts';
import { generateDay, QUOTES_HEADER, TRADES_HEADER, writeFlatFile } from '../../testing/generated-day.ts';
import { MarketRig } from '../../testing/market-rig.ts';
import { HAS_SHARED_DATA, SHARED_DATA } from '../../testing/shared-data.ts';
import { hashMarket } from '../../market/market-hash.ts';
import { readDecimal } from './csv-fields.ts';
import { FlatFileError } from './flat-file-error.ts';
import { flatFilePath } from './flat-file-path.ts';
import { readMarketDay } from './market-day.ts';
import type { FlatFileReport } from './row-parser.ts';
import { createFlatFileReport } from './row-parser.ts';
import { readSymbolDay } from './symbol-day.ts';

const DAY = '2024-01-10';
const folder = mkdtempSync(path.join(os.tmpdir(), 'drover-flat-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let folders = 0;
const newDir = (): string => path.join(folder, String(folders++));

interface Seen {
  readonly kind: EventKind;
  readonly symbol: string;
  readonly timeUs: number;
  readonly sequence: number;
  readonly price: number;
  readonly size: number;
  readonly price2: number;
  readonly conditions: readonly number[];
  readonly flags: number;
}

/** 10:00:00 New York on the day, plus nanoseconds. */
const at = (nanos: number): string => String(BigInt(Date.parse(`${DAY}T15:00:00Z`)) * 1_000_000n + BigInt(nanos));
const trade = (
  symbol: string,
  nanos: number,
  sequence: number,
  price: string | number = 10,
  correction = 0,
  conditions = '',
): string => `${symbol},${conditions},${correction},4,1,${at(nanos)},${price},${sequence},${at(nanos)},100,3,0,0`;
const quote = (
  symbol: string,
  nanos: number,
  sequence: number,
  bid: string | number = 9,
  ask: string | number = 11,
): string => `${symbol},11,${ask},300,12,${bid},200,1,,${at(nanos)},${sequence},${at(nanos)},3,0`;

function write(trades: readonly string[], quotes: readonly string[] = []): string {
  const dir = newDir();
  writeFlatFile(dir, 'trades', DAY, [TRADES_HEADER, ...trades]);
  writeFlatFile(dir, 'quotes', DAY, [QUOTES_HEADER, ...quotes]);
  return dir;
}

async function read(
  dir: string,
  symbol: string | undefined,
  report: FlatFileReport = createFlatFileReport(),
  rowsMax?: number,
): Promise<readonly Seen[]> {
  const symbols = new SymbolTable(16);
  const conditions = new ConditionSets();
  const options = {
    symbols,
    conditions,
    report,
    batchCapacity: 7,
    tempDir: folder,
    ...(rowsMax === undefined ? {} : { rowsMax }),
  };
  const seen: Seen[] = [];
  for await (const b of symbol === undefined
    ? readMarketDay(dir, DAY, options)
    : readSymbolDay(dir, DAY, symbol, options)) {
    expect(b.length).toBeGreaterThan(0);
    for (let i = 0; i < b.length; i++) {
      seen.push({
        kind: b.kind[i] as EventKind,
        symbol: symbols.name(b.symbol[i] as number),
        timeUs: b.timeUs[i] as number,
        sequence: b.sequence[i] as number,
        price: b.price[i] as number,
        size: b.size[i] as number,
        price2: b.price2[i] as number,
        conditions: conditions.get(b.conditions[i] as number),
        flags: b.flags[i] as number,
      });
    }
  }
  return seen;
}

async function failure(dir: string, symbol: string | undefined = 'A'): Promise<FlatFileError> {
  const error = await read(dir, symbol).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(FlatFileError);
  return error as FlatFileError;
}

describe('order and content', () => {
  it('FLAT1 FLAT2 merges by nanoseconds, quotes first at equal time, then sequence; microseconds are floored', async () => {
    const dir = write(
      [trade('A', 1999, 7), trade('A', 2000, 3), trade('A', 2000, 8)],
      [quote('A', 1998, 6), quote('A', 2000, 9), quote('B', 1, 1)],
    );
    const seen = await read(dir, 'A');
    const base = Date.parse(`${DAY}T15:00:00Z`) * 1000;
    expect(
      seen.map((event) => [event.kind === EventKind.trade ? 'T' : 'Q', event.sequence, event.timeUs - base]),
    ).toEqual([
      ['Q', 6, 1],
      ['T', 7, 1],
      ['Q', 9, 2],
      ['T', 3, 2],
      ['T', 8, 2],
    ]);
  });

  it('FLAT3 skips correction records and keeps corrected originals', async () => {
    const report = createFlatFileReport();
    const dir = write([0, 1, 7, 8, 10, 11, 12].map((correction, i) => trade('A', i, i + 1, 10, correction)));
    expect((await read(dir, 'A', report)).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
    expect(report).toMatchObject({ rows: 7, correctionRecords: 3 });
  });

  it('FLAT4 reads quoted lists, decimals, missing sides and sequences, and columns in any order', async () => {
    const dir = newDir();
    writeFlatFile(dir, 'trades', DAY, [
      'price,ticker,size,sip_timestamp,sequence_number,conditions,correction,exchange,trf_id',
      `157.350000,A,0.40,${at(5)},,"12,37",0,4,202`,
    ]);
    writeFlatFile(dir, 'quotes', DAY, [
      QUOTES_HEADER,
      `A,0,0,0,11,136.5,100,"1,81",604,0,7,${at(6)},1,0`,
      `A,12,11.25,200,,,,1,,0,8,${at(7)},1,0`,
    ]);
    expect(await read(dir, 'A')).toMatchObject([
      { price: 157.35, size: 0.4, conditions: [12, 37], flags: EventFlag.trf | EventFlag.noSequence },
      { price: 136.5, size: 100, price2: 0, conditions: [1, 81, 604] },
      { price: 0, size: 0, price2: 11.25, conditions: [1] },
    ]);
  });

  it('FLAT5 puts rows out of order in order, counts them and names the first', async () => {
    const report = createFlatFileReport();
    const dir = write([trade('A', 1, 1), trade('A', 30, 3), trade('A', 20, 2), trade('A', 30, 2), trade('B', 1, 1)]);
    expect((await read(dir, 'A', report)).map(({ sequence }) => sequence)).toEqual([1, 2, 2, 3]);
    expect(report.unsorted).toBe(2);
    expect(report.firstUnsorted).toEqual({ file: flatFilePath(dir, 'trades', DAY), line: 4 });
    // Another symbol begins anew: that is the order of these files, not a fault.
    const whole = createFlatFileReport();
    await read(dir, undefined, whole);
    expect(whole.unsorted).toBe(2);
  });

  it('FLAT6 merges the whole market the same in memory and through files of any size', async () => {
    const seed = 77;
    const day = { dir: newDir(), day: DAY, symbols: ['AA', 'B', 'CCC'], seed, trades: 400 };
    generateDay(day);
    const whole = await read(day.dir, undefined);
    expect(whole.length).toBeGreaterThan(2500);
    for (const rowsMax of [100, 999, 10_000])
      expect(await read(day.dir, undefined, createFlatFileReport(), rowsMax)).toEqual(whole);
    expect(readdirSync(folder).filter((name) => name.startsWith('drover-merge-'))).toEqual([]);
    for (const symbol of day.symbols)
      expect(whole.filter((event) => event.symbol === symbol)).toEqual(await read(day.dir, symbol));
    for (let i = 1; i < whole.length; i++)
      expect((whole[i] as Seen).timeUs >= (whole[i - 1] as Seen).timeUs).toBe(true);
  });

  it('FLAT4 reads decimal text as JSON.parse does, to the last bit', () => {
    const bytes = new Uint8Array(256);
    const value = (text: string): number => readDecimal(bytes, 0, encodeUtf8(text, bytes));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.double({ noNaN: true, noDefaultInfinity: true }),
          fc.integer(),
          fc.tuple(fc.nat(1e9), fc.nat(999_999)).map(([a, b]) => a + b / 1e6),
        ),
        (number) => {
          const text = JSON.stringify(number);
          expect(Object.is(value(text), JSON.parse(text)) || value(text) === number).toBe(true);
        },
      ),
      { seed: 9, numRuns: 3000 },
    );
    for (const text of [
      '0.1',
      '49.410000000000000',
      '123456789012345678',
      '0.000001',
      '9007199254740993',
      '157.350000',
    ])
      expect([text, value(text)]).toEqual([text, Number(text)]);
    for (const text of ['', '.', '1.', '.5', 'NaN', 'Infinity', '1e', '--1', '1,2', '0x10', ' 1', '1 '])
      expect([text, value(text)]).toEqual([text, NaN]);
  });

  it.skipIf(!HAS_SHARED_DATA)(
    'FLAT6 plays a real day to one market state, through memory or through files',
    async () => {
      const hashes: string[] = [];
      let events = 0;
      for (const rowsMax of [20_000, 10_000_000]) {
        const rig = new MarketRig();
        for await (const batch of readMarketDay(SHARED_DATA, '2018-01-02', {
          symbols: rig.symbols,
          conditions: rig.conditions,
          rowsMax,
          tempDir: folder,
        })) {
          rig.apply(batch);
          events += batch.length;
        }
        hashes.push(hashMarket(rig.view));
      }
      expect(events).toBe(2 * (39_470 + 124_496));
      expect(hashes[0]).toBe(hashes[1]);
    },
  );
});

describe('what can be wrong', () => {
  it('FLAT9 names a missing day', async () => {
    const error = await failure(newDir());
    expect(error.problem).toBe('missing');
    expect(error.message).toContain(path.join('trades_v1', '2024', '01', '2024-01-10.csv.gz'));
  });

  it('FLAT7 FLAT10 notices a file that was cut off or damaged, wherever the symbol stands in it', async () => {
    const day = { dir: newDir(), day: DAY, symbols: ['A', 'Z'], seed: 5, trades: 300 };
    generateDay(day);
    const file = flatFilePath(day.dir, 'quotes', DAY);
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.subarray(0, bytes.length - 100));
    expect((await failure(day.dir, 'A')).problem).toBe('truncated');
    const broken = Buffer.from(bytes);
    broken.fill(0xa5, 1000, 1100);
    writeFileSync(file, broken);
    expect(['damaged', 'truncated', 'row']).toContain((await failure(day.dir, 'A')).problem);
    writeFileSync(file, 'ticker,price\n');
    expect((await failure(day.dir, 'A')).problem).toBe('damaged');
    writeFileSync(file, '');
    expect(['truncated', 'header']).toContain((await failure(day.dir, 'A')).problem);
    rmSync(file);
    mkdirSync(file);
    expect((await failure(day.dir, 'A')).problem).toBe('unreadable');
  });

  it('FLAT11 says which column a header lacks', async () => {
    const dir = newDir();
    writeFlatFile(dir, 'trades', DAY, [TRADES_HEADER.replace('correction,', ''), 'A']);
    const error = await failure(dir);
    expect([error.problem, error.line]).toEqual(['header', 1]);
    expect(error.message).toContain("'correction'");
    const empty = newDir();
    mkdirSync(path.dirname(flatFilePath(empty, 'trades', DAY)), { recursive: true });
    writeFileSync(flatFilePath(empty, 'trades', DAY), gzipSync(''));
    expect((await failure(empty)).problem).toBe('header');
  });

  it('FLAT12 knows its symbols by case', async () => {
    const dir = write([trade('ABDpL', 1, 1)]);
    expect((await failure(dir, 'ABDPL')).problem).toBe('symbol');
    expect((await failure(dir, 'ABD')).problem).toBe('symbol');
    expect(await read(dir, 'ABDpL')).toHaveLength(1);
  });

  const bad: readonly (readonly [string, string])[] = [
    ['negative price', trade('A', 2, 2, -1)],
    ['NaN text', trade('A', 2, 2, 'NaN')],
    ['1e300', trade('A', 2, 2, '1e300')],
    ['empty price', trade('A', 2, 2, '')],
    ['infinity', trade('A', 2, 2, 'Infinity')],
    ['negative size', trade('A', 2, 2).replace(',100,', ',-100,')],
    ['time in milliseconds', trade('A', 2, 2).replaceAll(at(2), '1704898800000')],
    ['another day', trade('A', 2, 2).replaceAll(at(2), '1704985200000000000')],
    ['too few fields', 'A,1,2'],
    ['open quote', `A,"12,0,4,1,${at(2)},10,2,${at(2)},100,3,0,0`],
    ['conditions that are no numbers', trade('A', 2, 2, 10, 0, '"12,x"')],
    ['fractional sequence', trade('A', 2, 2).replace(',2,', ',2.5,')],
  ];
  for (const [name, line] of bad) {
    it(`FLAT13 stops at ${name} and names file and line`, async () => {
      const dir = write([trade('A', 1, 1), line, trade('A', 3, 3)]);
      for (const symbol of ['A', undefined]) {
        const error = await read(dir, symbol).then(
          () => undefined,
          (reason: unknown) => reason,
        );
        expect(error).toBeInstanceOf(FlatFileError);
        expect(error).toMatchObject({ problem: 'row', line: 3, file: flatFilePath(dir, 'trades', DAY) });
        expect((error as FlatFileError).message).toMatch(/2024-01-10\.csv\.gz, line 3: \S/);
      }
    });
  }

  it('FLAT14 skips and counts trades at price zero', async () => {
    const report = createFlatFileReport();
    expect(await read(write([trade('A', 1, 1, 0), trade('A', 2, 2, '10.50')]), 'A', report)).toHaveLength(1);
    expect(report.zeroPrices).toBe(1);
  });

  it('FLAT15 survives any bytes: rows or one clear error, never anything else', async () => {
    const rng = createRng(15);
    const day = { dir: newDir(), day: DAY, symbols: ['A'], seed: 6, trades: 60 };
    generateDay(day);
    const file = flatFilePath(day.dir, 'trades', DAY);
    const text = [
      TRADES_HEADER,
      ...Array.from({ length: 60 }, (_, i) => trade('A', i, i + 1, 10 + i / 7, 0, '"14,41"')),
    ].join('\n');
    let errors = 0;
    for (let run = 0; run < 300; run++) {
      const bytes = Buffer.from(text);
      for (let k = rng.below(3); k >= 0; k--) bytes[rng.below(bytes.length)] = rng.below(256);
      writeFileSync(file, gzipSync(bytes, { level: 1 }));
      const outcome = await read(day.dir, 'A').catch((error: unknown) => error);
      if (outcome instanceof FlatFileError) errors++;
      else
        for (const event of outcome as readonly Seen[])
          expect(event.price > 0 === (event.kind === EventKind.trade) || event.kind === EventKind.quote).toBe(true);
    }
    expect(errors).toBeGreaterThan(100);
    appendFileSync(file, 'tail');
  });
});
