import { createReadStream, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { FrameRing } from '../../lib/frame-ring.ts';
import { ConditionSets } from '../../model/conditions.ts';
import type { FeedNotice } from '../../ports/feed.ts';
import { FeedTag } from '../../ports/feed.ts';
import { Row, sortDay } from './day-rows.ts';
import { NO_FAULTS } from './fault-plan.ts';
import type { ServerStatus } from './market-server.ts';
import { startMarketServer } from './market-server.ts';
import { createReplayStage } from './market-stage.ts';
import { openReplay, recordedBars } from './replay-source.ts';
import { openFeed } from './sim-feed-host.ts';
import type { WireEvent } from './test-client.ts';
import { TestClient } from './test-client.ts';

const SHARED = process.env['DROVER_SHARED'] ?? path.resolve(import.meta.dirname, '../../../../../shared');
const DATA = path.join(SHARED, 'data');
const hasShared = existsSync(path.join(DATA, 'us_stocks_sip/trades_v1/2013/10/2013-10-07.csv.gz'));
if (!hasShared)
  console.warn(`SKIPPED: no recorded market data at ${DATA}; set DROVER_SHARED to test replay against real files.`);

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

const TRADES =
  'ticker,conditions,correction,exchange,id,participant_timestamp,price,sequence_number,sip_timestamp,size,tape,trf_id,trf_timestamp';
const QUOTES =
  'ticker,ask_exchange,ask_price,ask_size,bid_exchange,bid_price,bid_size,conditions,indicators,participant_timestamp,sequence_number,sip_timestamp,tape,trf_timestamp';
// 2026-11-20 and 2026-11-23, 10:00 in New York
const T1 = 1_795_186_800_000_000_000n;
const T2 = T1 + 3n * 86_400_000_000_000n;

function folder(
  days: Readonly<Record<string, { readonly trades: readonly string[]; readonly quotes: readonly string[] }>>,
): string {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'drover-flat-'));
  closers.push(() => rmSync(dir, { recursive: true, force: true }));
  for (const [day, { trades, quotes }] of Object.entries(days)) {
    const [year, month] = day.split('-') as [string, string];
    for (const [kind, header, rows] of [
      ['trades_v1', TRADES, trades],
      ['quotes_v1', QUOTES, quotes],
    ] as const) {
      mkdirSync(path.join(dir, kind, year, month), { recursive: true });
      writeFileSync(path.join(dir, kind, year, month, `${day}.csv.gz`), gzipSync(`${[header, ...rows].join('\n')}\n`));
    }
  }
  return dir;
}

const FIXTURE = {
  '2026-11-20': {
    trades: [
      `A,"12,37",0,4,52983525159748,${T1 + 5n},114.790000,10,${T1 + 9_000_000n},4.500000,1,201,${T1 + 8_000_000n}`,
      `A,,0,11,77,${T1},114.80,11,${T1 + 2_000_000n},100,1,0,0`,
      `A,,8,11,78,${T1},114.81,12,${T1 + 2_000_000n},100,1,0,0`,
      `A,,10,11,78,${T1},114.81,13,${T1 + 2_000_001n},100,1,0,0`,
      `MSFT,41,0,12,1,${T1},500.5,7,${T1 + 2_000_000n},0.25,3,0,0`,
      `MSFT,41,0,12,1,${T1},oops,7,${T1},1,3,0,0`,
    ],
    quotes: [
      `A,8,114.9,100,11,114.7,200,"1,81",604,${T1},500,${T1 + 2_000_000n},1,0`,
      `A,12,0.0,0,12,0.0,0,,,${T1},501,${T1 + 9_000_001n},1,0`,
      `MSFT,8,500.6,40,11,500.4,80,,,${T1},9,${T1 + 1_999_999n},3,0`,
    ],
  },
  '2026-11-23': { trades: [`A,,0,11,1,${T2},120,1,${T2},100,1,0,0`], quotes: [] },
};

function eventsOf(writerText: string): WireEvent[] {
  return JSON.parse(writerText) as WireEvent[];
}

async function replayAll(dir: string, days: readonly string[]): Promise<WireEvent[]> {
  const replay = await openReplay(dir, days);
  if (typeof replay === 'string') throw new Error(replay);
  const { source, writer } = replay;
  const events: WireEvent[] = [];
  for (let nowUs = 0; (nowUs = source.quietUntilUs(nowUs)) !== Infinity;) {
    nowUs += 1000;
    await source.next(nowUs, writer);
    for (let first = 0; first < writer.count;) {
      const last = writer.cut(first, 100, 65_536);
      const start = writer.frameStart(first, last);
      events.push(...eventsOf(new TextDecoder().decode(writer.bytes.subarray(start, writer.frameEnd(last)))));
      first = last;
    }
    writer.clear();
  }
  await source.close();
  return events;
}

describe('replay', () => {
  it('RP1 merges by SIP time, quotes before trades at equal times, then sequence; corrections and nonsense are left out', async () => {
    const dir = folder(FIXTURE);
    const events = await replayAll(dir, ['2026-11-20']);
    const t = Number(T1 / 1_000_000n);
    expect(events).toEqual([
      { ev: 'Q', sym: 'MSFT', bx: 11, ax: 8, bp: 500.4, ap: 500.6, bs: 80, as: 40, t: t + 1, pt: t, q: 9, z: 3 },
      {
        ev: 'Q',
        sym: 'A',
        c: 1,
        i: [604],
        bx: 11,
        ax: 8,
        bp: 114.7,
        ap: 114.9,
        bs: 200,
        as: 100,
        t: t + 2,
        pt: t,
        q: 500,
        z: 1,
      },
      { ev: 'T', sym: 'MSFT', i: '1', x: 12, p: 500.5, s: 0, c: [41], t: t + 2, pt: t, q: 7, z: 3, ds: '0.25' },
      { ev: 'T', sym: 'A', i: '77', x: 11, p: 114.8, s: 100, t: t + 2, pt: t, q: 11, z: 1, ds: '100.0' },
      { ev: 'T', sym: 'A', i: '78', x: 11, p: 114.81, s: 100, t: t + 2, pt: t, q: 12, z: 1, ds: '100.0' },
      {
        ev: 'T',
        sym: 'A',
        i: '52983525159748',
        x: 4,
        p: 114.79,
        s: 4,
        c: [12, 37],
        t: t + 9,
        pt: t,
        q: 10,
        z: 1,
        trfi: 201,
        trft: t + 8,
        ds: '4.5',
      },
      { ev: 'Q', sym: 'A', bx: 12, ax: 12, bp: 0, ap: 0, bs: 0, as: 0, t: t + 9, pt: t, q: 501, z: 1 },
    ]);
  });

  it('RP2 sorts the same through a temporary file as in memory, and leaves no file behind', async () => {
    const rows = Array.from({ length: 5000 }, (_, k) => {
      const at = T1 + BigInt((k * 7919) % 5000) * 1_000_003n;
      return `S${k % 50},,0,11,${k},${at},${10 + (k % 100) / 100},${k},${at},100,1,0,0`;
    });
    const dir = folder({ '2026-11-20': { trades: rows, quotes: [] } });
    const read = async (chunk: number): Promise<number[]> => {
      const names = new Map<string, number>();
      const index = (name: string): number => names.get(name) ?? (names.set(name, names.size), names.size - 1);
      const day = await sortDay(dir, '2026-11-20', { index }, new ConditionSets(), chunk);
      const ids: number[] = [];
      for (; day.hasRow; day.shift()) ids.push(day.row[Row.id] as number);
      day.close();
      return ids;
    };
    // A folder of its own: others sort beside this test.
    const temporary = folder({});
    const left = readdirSync(temporary);
    vi.stubEnv('TMPDIR', temporary);
    try {
      const inMemory = await read(100_000);
      expect(inMemory).toHaveLength(5000);
      expect(await read(777)).toEqual(inMemory);
      expect(readdirSync(temporary)).toEqual(left);
      // It is there that the rows went: without it there is no sorting that many of them.
      rmSync(temporary, { recursive: true });
      await expect(read(777)).rejects.toThrow(/ENOENT/u);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('RP3 goes through many days and skips the nights', async () => {
    const dir = folder(FIXTURE);
    const events = await replayAll(dir, ['2026-11-20', '2026-11-23']);
    expect(events).toHaveLength(8);
    expect(events.at(-1)).toMatchObject({ sym: 'A', p: 120 });
    expect(await openReplay(dir, ['2026-11-24'])).toBe(
      `there are no flat files of 2026-11-24 in '${dir}'; it has 2026-11-20, 2026-11-23.`,
    );
    expect(await recordedBars(dir, '2026-11-20')).toMatchObject([
      { name: 'A', close: 114.81, volume: 204.5 },
      { name: 'MSFT', close: 500.5 },
    ]);
  });

  it('RP4 serves days over the socket and stays open and silent at the end', async () => {
    const dir = folder(FIXTURE);
    const stage = await createReplayStage(dir, ['2026-11-20', '2026-11-23'], () => 0);
    if (typeof stage === 'string') throw new Error(stage);
    const seen: ServerStatus[] = [];
    const server = await startMarketServer({
      stage,
      port: 0,
      speed: 0,
      key: null,
      faults: NO_FAULTS,
      faultSeed: 1,
      waitsForClient: true,
      onStatus: (status) => seen.push(status),
    });
    closers.push(() => server.close());
    const client = await TestClient.open(server.url, 'any', 'T.*,Q.*,LULD.*');
    closers.push(() => client.close());
    await client.until(() => seen.length > 0 && client.events.length >= 8);
    expect(client.events).toEqual(await replayAll(dir, ['2026-11-20', '2026-11-23']));
    expect(seen[0]?.event).toBe('end-of-data');
    expect(client.closeCode).toBe(null);
    const second = await fetch(`${server.restUrl}/v2/aggs/grouped/locale/us/market/stocks/2026-11-20?apiKey=k`).then(
      (answer) => answer.json() as Promise<{ results: unknown[] }>,
    );
    expect(second.results).toMatchObject([
      { T: 'A', c: 114.81 },
      { T: 'MSFT', c: 500.5 },
    ]);
  });

  it('RP5 replays in process and says when the data ends', async () => {
    const dir = folder(FIXTURE);
    const ring = new FrameRing(1 << 20);
    const feed = await openFeed({ kind: 'replay', dir, day: '2026-11-20', speed: 0 }, ring, { nowUs: 0 });
    if (typeof feed === 'string') throw new Error(feed);
    const running = feed.run();
    const texts: { tag: number; text: string }[] = [];
    const drain = (): void => {
      while (ring.next()) {
        texts.push({ tag: ring.tag, text: new TextDecoder().decode(ring.bytes.slice(ring.start, ring.end)) });
        ring.release();
      }
    };
    const done = { is: false };
    void running.then(() => (done.is = true));
    while (!done.is) {
      drain();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    drain();
    const events = texts.filter((one) => one.tag === FeedTag.vendorJson).flatMap((one) => eventsOf(one.text));
    expect(events).toEqual(await replayAll(dir, ['2026-11-20']));
    const last = JSON.parse(texts.at(-1)?.text ?? '{}') as FeedNotice;
    expect(last).toMatchObject({ kind: 'state', state: 'stopped', detail: 'end of data' });
  });

  it.skipIf(!hasShared)('RP6 sends the first minutes of a real day exactly as its files have them', async () => {
    const untilNs = 1_381_152_600_000_000_000n + 120_000_000_000n; // 09:32 in New York
    const expected = await fileRows(untilNs);
    const replay = await openReplay(DATA, ['2013-10-07']);
    if (typeof replay === 'string') throw new Error(replay);
    const { source, writer } = replay;
    closers.push(() => source.close());
    await source.next(Number(untilNs / 1000n), writer);
    expect(writer.count).toBe(expected.length);
    expect(writer.count).toBeGreaterThan(15_000);
    let at = 0;
    for (let first = 0; first < writer.count;) {
      const last = writer.cut(first, 500, 65_536);
      const start = writer.frameStart(first, last);
      for (const event of eventsOf(new TextDecoder().decode(writer.bytes.subarray(start, writer.frameEnd(last)))))
        expect(brief(event)).toBe(expected[at++]);
      first = last;
    }
  });
});

function brief(event: WireEvent): string {
  const e = event as Record<string, number | string | number[] | undefined>;
  return e['ev'] === 'T'
    ? ['T', e['sym'], e['t'], e['q'], e['p'], e['ds'], e['x'], String(e['c'] ?? ''), e['i'], e['z']].join('|')
    : ['Q', e['sym'], e['t'], e['q'], e['bp'], e['bs'], e['bx'], e['ap'], e['as'], e['ax'], e['z']].join('|');
}

/** The rows before `untilNs` in the order the rule states, read in the plainest way. */
async function fileRows(untilNs: bigint): Promise<string[]> {
  const rows: { readonly ns: bigint; readonly kind: number; readonly sequence: number; readonly text: string }[] = [];
  for (const kind of ['quotes_v1', 'trades_v1']) {
    const file = path.join(DATA, 'us_stocks_sip', kind, '2013/10/2013-10-07.csv.gz');
    let header: string[] = [];
    for await (const line of createInterface({ input: createReadStream(file).pipe(createGunzip()) })) {
      // Most of the day is later: those lines need not be taken apart (every stamp of this day begins with 1381).
      const stampAt = line.indexOf(',1381') + 1;
      if (header.length > 0 && stampAt > 0 && line.slice(stampAt, stampAt + 19) >= String(untilNs)) continue;
      const fields = (line.match(/("[^"]*"|[^,]*)(,|$)/g) ?? []).map((field) =>
        field.replace(/,$/, '').replaceAll('"', ''),
      );
      if (header.length === 0) {
        header = fields;
        continue;
      }
      const row = Object.fromEntries(header.map((name, k) => [name, fields[k] ?? ''])) as Record<string, string>;
      const ns = BigInt(row['sip_timestamp'] ?? '0');
      if (ns >= untilNs || ['10', '11', '12'].includes(row['correction'] ?? '')) continue;
      const t = Number(ns / 1_000_000n);
      const text =
        kind === 'trades_v1'
          ? [
              'T',
              row['ticker'],
              t,
              row['sequence_number'],
              Number(row['price']),
              `${Number(row['size'])}.0`,
              row['exchange'],
              row['conditions'],
              row['id'],
              row['tape'],
            ].join('|')
          : [
              'Q',
              row['ticker'],
              t,
              row['sequence_number'],
              Number(row['bid_price']),
              row['bid_size'],
              row['bid_exchange'],
              Number(row['ask_price']),
              row['ask_size'],
              row['ask_exchange'],
              row['tape'],
            ].join('|');
      rows.push({ ns, kind: kind === 'trades_v1' ? 1 : 0, sequence: Number(row['sequence_number']), text });
    }
  }
  // Stable: at equal time, kind and sequence the order of the files stands.
  return rows
    .toSorted((a, b) => (a.ns < b.ns ? -1 : a.ns > b.ns ? 1 : a.kind - b.kind || a.sequence - b.sequence))
    .map((row) => row.text);
}
