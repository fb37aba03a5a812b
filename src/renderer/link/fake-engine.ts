/**
 * A plausible market of 5,500 symbols over the fake engine side, for the development page and for measuring. Few symbols
 * are very active and most are quiet. Not part of the product: only tests and dev/ may import it.
 */
import {
  ROW_COLUMN_NAMES,
  ROW_COLUMNS,
  ROW_FLAGS,
  type ConsoleItem,
  type HealthValue,
  type RowColumns,
} from '#protocol';
import { createFakeServer, type FakeServer } from './fake-link.ts';

export interface FakeEngine {
  readonly server: FakeServer;
  /** Moves the market by one step and sends what changed. */
  step(): void;
  start(everyMs: number): () => void;
  /** No frames at all, as an engine that hangs. */
  freeze(isFrozen: boolean): void;
}

const KNOWN =
  'AAPL MSFT NVDA AMZN GOOGL META TSLA AVGO BRK.A LLY JPM V XOM UNH MA COST HD PG NFLX JNJ BAC CRM AMD ORCL KO INTC PLTR SOFI F NIO SPY QQQ IWM MARA RIOT COIN GME AMC SNAP UBER'.split(
    ' ',
  );

export function createFakeEngine(
  options: {
    readonly symbols?: number;
    readonly seed?: number;
    readonly changesPerStep?: number;
    readonly nowUs?: () => number;
  } = {},
): FakeEngine {
  const count = options.symbols ?? 5_500;
  const changes = options.changesPerStep ?? 1_500;
  const nowUs = options.nowUs ?? ((): number => Date.now() * 1000);
  const random = generator(options.seed ?? 7);
  const names = makeNames(count, random);
  const columns = makeColumns(count, random, nowUs());
  const activity = Float64Array.from(names, (_, row) => 1 / (1 + row) ** 0.9);
  const server = createFakeServer({ engine: { account: 'DU123456' } });
  let isFrozen = false;
  let steps = 0;
  server.setNames(names);
  const everyRow = names.map((_, row) => row);
  const copy = (into: RowColumns, rows: readonly number[]): void => {
    for (const name of ROW_COLUMN_NAMES)
      for (let i = 0; i < rows.length; i++) into[name][i] = columns[name][rows[i] as number] as number;
  };
  server.onMarketSnapshotWanted(() => server.rows(everyRow, copy, { snapshot: true, atUs: nowUs() }));

  const step = (): void => {
    if (isFrozen) return;
    steps += 1;
    const changed = new Set<number>();
    for (let i = 0; i < changes; i++) {
      const row = Math.min(count - 1, Math.floor(random() ** 2.2 * count));
      changed.add(row);
      tick(columns, row, random, nowUs());
    }
    server.rows([...changed], copy, { atUs: nowUs() });
    if (steps % 3 === 0) server.value('health', health(nowUs(), steps, count, random));
    if (random() < 0.35)
      server.append('console', consoleItem(steps, names[Math.floor(random() ** 3 * count)] as string, random, nowUs()));
  };
  for (let row = 0; row < count; row++) columns.tickRate[row] = 260 * (activity[row] as number) * (0.5 + random());
  for (let i = 0; i < 400; i++)
    server.append(
      'console',
      consoleItem(i, names[Math.floor(random() ** 3 * count)] as string, random, nowUs() - (400 - i) * 1_300_000),
    );
  server.value('health', health(nowUs(), 0, count, random));
  return {
    server,
    step,
    start: (everyMs) => {
      const timer = setInterval(step, everyMs);
      return () => clearInterval(timer);
    },
    freeze: (is) => {
      isFrozen = is;
    },
  };
}

function generator(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function makeNames(count: number, random: () => number): string[] {
  const names = new Set(KNOWN.slice(0, count));
  while (names.size < count) {
    const length = 3 + Math.floor(random() * 2);
    names.add(Array.from({ length }, () => String.fromCharCode(65 + Math.floor(random() * 26))).join(''));
  }
  return [...names];
}

function makeColumns(count: number, random: () => number, atUs: number): RowColumns {
  const columns = {} as { -readonly [K in keyof RowColumns]: RowColumns[K] };
  for (const name of ROW_COLUMN_NAMES)
    columns[name] =
      ROW_COLUMNS[name] === 'f64'
        ? new Float64Array(count)
        : ROW_COLUMNS[name] === 'f32'
          ? new Float32Array(count)
          : new Uint32Array(count);
  for (let row = 0; row < count; row++) {
    const price = row === 8 ? 741_234 : Math.exp(Math.log(24) + (random() + random() + random() - 1.5) * 3);
    const close = Math.max(0.05, price);
    columns.previousClose[row] = close;
    columns.last[row] = close * (1 + (random() + random() - 1) * 0.04);
    columns.dayOpen[row] = close;
    columns.dayLow[row] = (columns.last[row] as number) * (1 - random() * 0.02);
    columns.dayHigh[row] = (columns.last[row] as number) * (1 + random() * 0.02);
    columns.vwap[row] = close * (1 + (random() - 0.5) * 0.02);
    columns.volume[row] = Math.floor(60_000_000 / (1 + row) ** 0.85);
    columns.trades[row] = Math.floor((columns.volume[row] as number) / 90);
    columns.relativeVolume[row] = 0.4 + random() * 2.2;
    columns.volatility[row] = 0.0004 + random() * 0.003;
    columns.flags[row] =
      2 |
      (row % 173 === 11 ? ROW_FLAGS.halted | ROW_FLAGS.luldPause : 0) |
      (row % 211 === 5 ? ROW_FLAGS.ssr : 0) |
      (row % 307 === 19 ? ROW_FLAGS.blind : 0) |
      (row % 401 === 3 ? ROW_FLAGS.held : 0);
    quote(columns, row, random);
    columns.lastTimeUs[row] = atUs;
  }
  return columns;
}

function quote(columns: RowColumns, row: number, random: () => number): void {
  const last = columns.last[row] as number;
  const step = last < 1 ? 0.0001 : 0.01;
  const ticks = 1 + Math.floor(random() ** 3 * Math.min(60, 2 + row / 90));
  columns.bid[row] = Math.max(step, Math.round(last / step - ticks / 2) * step);
  columns.ask[row] = (columns.bid[row] as number) + ticks * step;
  columns.bidSize[row] = 100 * (1 + Math.floor(random() ** 2 * 30));
  columns.askSize[row] = 100 * (1 + Math.floor(random() ** 2 * 30));
  columns.spreadRatio[row] = 0.5 + random() * 1.4;
}

function tick(columns: RowColumns, row: number, random: () => number, atUs: number): void {
  const flags = columns.flags[row] as number;
  if ((flags & ROW_FLAGS.halted) !== 0) return;
  quote(columns, row, random);
  if (random() < 0.6) {
    const before = columns.last[row] as number;
    const step = before < 1 ? 0.0001 : 0.01;
    const last = Math.max(step, Math.round((before * (1 + (random() - 0.5) * 0.0008)) / step) * step);
    columns.last[row] = last;
    columns.dayHigh[row] = Math.max(columns.dayHigh[row] as number, last);
    columns.dayLow[row] = Math.min(columns.dayLow[row] as number, last);
    columns.volume[row] = (columns.volume[row] as number) + 1 + Math.floor(random() ** 4 * 900);
    columns.trades[row] = (columns.trades[row] as number) + 1;
    columns.lastTimeUs[row] = atUs;
  }
  columns.tickRate[row] = (columns.tickRate[row] as number) * (0.97 + random() * 0.06);
}

function health(atUs: number, steps: number, symbols: number, random: () => number): HealthValue {
  return {
    nowUs: atUs,
    phase: 'regular',
    phaseEndsUs: atUs + 22_320_000_000 - steps * 100_000,
    engineState: 'running',
    feed: {
      name: 'sim',
      state: 'live',
      detail: 'simulated market',
      eventsPerSecond: 58_000 + Math.round(random() * 2_000),
      eventsTotal: steps * 6_000,
      lagMs: 9 + random() * 8,
      lagMaxMs: 41,
      gaps: 0,
      openGap: false,
      dropped: 0,
      badEvents: 0,
      ringUsed: 0.01,
      alarm: '',
    },
    kernel: {
      load: 0.08 + random() * 0.03,
      inputNo: steps * 600,
      laneP50Us: 210,
      laneP99Us: 700 + random() * 400,
      queue: 0,
    },
    memory: { rssBytes: 431_000_000, heapBytes: 96_000_000 },
    symbols,
    isAuto: false,
    broker: { name: 'paper', account: 'DU123456', isLive: false, state: 'connected' },
    clients: 1,
  };
}

function consoleItem(seq: number, symbol: string, random: () => number, atUs: number): ConsoleItem {
  const pick = Math.floor(random() * 6);
  const base = { seq, atUs, symbol };
  if (pick === 0) return { ...base, kind: 'halt', severity: 'warn', text: 'Halted: LULD pause, quotes follow' };
  if (pick === 1)
    return {
      ...base,
      kind: 'spread',
      severity: 'notice',
      text: `Spread ${(4 + random() * 20).toFixed(1)} bps, ${(2 + random() * 4).toFixed(1)} times its usual`,
    };
  if (pick === 2) return { ...base, kind: 'feed', severity: 'info', text: 'Quote stream resumed after 214 ms' };
  if (pick === 3)
    return {
      ...base,
      kind: 'signal',
      severity: 'info',
      strategy: 'trend-follow',
      text: '2 of 6 rules fail: volume 1.4 of 3 times usual, price under VWAP',
    };
  if (pick === 4 && random() < 0.2)
    return {
      ...base,
      kind: 'reject',
      severity: 'danger',
      text: 'Order rejected by the broker: price outside the LULD band',
    };
  return {
    ...base,
    kind: 'volume',
    severity: 'info',
    text: `Volume ${(3 + random() * 6).toFixed(1)} times usual for this minute`,
  };
}
