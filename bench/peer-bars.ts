/**
 * Bars of N trades by `tardis-dev`, the peer on npm that makes them, over the very trades our view and builder take: round lots
 * of regular trading in time order, where both have the same rules. Every bar must be the same. Material for benches.
 */
import { compute, computeTradeBars } from 'tardis-dev';
import type { TradeBar } from 'tardis-dev';
import { TickBars } from '../src/engine/bars/tick-bars.ts';
import { FailureError } from '../src/engine/cli/command.ts';
import { createRng } from '../src/engine/lib/rng.ts';
import { MarketView } from '../src/engine/market/market-view.ts';
import { ConditionSets } from '../src/engine/model/conditions.ts';
import type { EventBatch } from '../src/engine/model/event-batch.ts';
import { createEventBatch, EventKind } from '../src/engine/model/event-batch.ts';
import { SymbolTable } from '../src/engine/model/symbols.ts';
import { SessionCalendar } from '../src/engine/time/calendar.ts';
import { SessionClock } from '../src/engine/time/session-clock.ts';
import { US_EQUITY_CALENDAR } from '../src/engine/time/us-calendar.ts';
import { DEFAULT_FRAMES, makeTickers } from './frames.ts';
import { cpuMs, median } from './harness/measure.ts';

export interface PeerBars {
  readonly trades: number;
  readonly bars: number;
  readonly oursNsPerTrade: number;
  readonly peerNsPerTrade: number;
  /** The peer's processor time over ours, at the median. */
  readonly ratio: number;
}

interface PrintedTrade {
  readonly symbol: number;
  readonly timeMs: number;
  readonly price: number;
  readonly size: number;
}

const SYMBOLS = 50;
const TRADES_PER_BAR = 100;
const BATCH = 4096;

/** @throws {FailureError} when one bar differs */
export async function measurePeerBars(options: {
  readonly trades: number;
  readonly seed: number;
  readonly runs: number;
}): Promise<PeerBars> {
  const names = makeTickers(SYMBOLS);
  const trades = makeTrades(options.trades, options.seed);
  const batches = asBatches(trades);
  const messages = trades.map((trade) => asMessage(trade, names));
  const ours: number[] = [];
  const theirs: number[] = [];
  let bars = 0;
  // An engine's market lives as long as its process. Were the last of a kind to die between rounds, the compiled code that knows
  // its shape would be thrown away with it, and every round would begin in the interpreter.
  const lasting = createOurs(names);
  applyAll(batches.slice(0, 1), lasting);
  for (let round = -1; round < options.runs; round++) {
    const mine = createOurs(names);
    let fromMs = cpuMs();
    applyAll(batches, mine);
    const oursMs = cpuMs() - fromMs;
    const made: TradeBar[] = [];
    fromMs = cpuMs();
    for await (const message of compute(each(messages), computeTradeBars({ kind: 'tick', interval: TRADES_PER_BAR })))
      if (message.type === 'trade_bar') made.push(message);
    const theirsMs = cpuMs() - fromMs;
    bars = compare(made, mine.bars, names);
    if (round < 0) continue;
    ours.push((oursMs * 1e6) / trades.length);
    theirs.push((theirsMs * 1e6) / trades.length);
  }
  if (lasting.bars.capacity === 0) throw new FailureError('there is no room for bars.');
  return {
    trades: trades.length,
    bars,
    oursNsPerTrade: median(ours),
    peerNsPerTrade: median(theirs),
    ratio: median(theirs) / median(ours),
  };
}

interface Ours {
  readonly view: MarketView;
  readonly bars: TickBars;
}

function applyAll(batches: readonly EventBatch[], { view, bars }: Ours): void {
  for (const batch of batches)
    for (let i = 0; i < batch.length; i++) bars.applyTrade(batch, i, view.applyTrade(batch, i), view);
}

function makeTrades(count: number, seed: number): readonly PrintedTrade[] {
  const rng = createRng(`peer-bars/${seed}`);
  const cents = Array.from({ length: SYMBOLS }, () => 2_000 + rng.below(30_000));
  return Array.from({ length: count }, (_, n) => {
    const symbol = rng.below(SYMBOLS);
    cents[symbol] = Math.max(500, (cents[symbol] as number) + rng.below(5) - 2);
    return {
      symbol,
      timeMs: DEFAULT_FRAMES.startMs + 60_000 + Math.floor(n / 20),
      price: (cents[symbol] as number) / 100,
      size: 100 * (1 + rng.below(9)),
    };
  });
}

function asBatches(trades: readonly PrintedTrade[]): readonly EventBatch[] {
  const batches: EventBatch[] = [];
  for (let from = 0; from < trades.length; from += BATCH) {
    const part = trades.slice(from, from + BATCH);
    const batch = createEventBatch(part.length);
    part.forEach((trade, i) => {
      batch.kind[i] = EventKind.trade;
      batch.symbol[i] = trade.symbol;
      batch.timeUs[i] = trade.timeMs * 1000;
      batch.price[i] = trade.price;
      batch.size[i] = trade.size;
      batch.sequence[i] = from + i + 1;
    });
    batch.length = part.length;
    batch.receivedUs = (part.at(-1) as PrintedTrade).timeMs * 1000;
    batches.push(batch);
  }
  return batches;
}

function asMessage(trade: PrintedTrade, names: readonly string[]) {
  const timestamp = new Date(trade.timeMs);
  return {
    type: 'trade' as const,
    symbol: names[trade.symbol] as string,
    exchange: 'bitmex' as const,
    id: undefined,
    price: trade.price,
    amount: trade.size,
    side: 'unknown' as const,
    timestamp,
    localTimestamp: timestamp,
  };
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

function createOurs(names: readonly string[]): Ours {
  const symbols = new SymbolTable();
  for (const name of names) symbols.intern(name);
  const sessions = new SessionClock(new SessionCalendar(US_EQUITY_CALENDAR));
  const view = new MarketView({ symbols, conditions: new ConditionSets(), sessions });
  // First-touch page faults belong to the start of the day.
  view.recentTrades.data.fill(0);
  view.rows.fill(0);
  return { view, bars: new TickBars({ capacity: symbols.capacity, tradesPerBar: TRADES_PER_BAR }) };
}

/** @returns how many bars there are */
function compare(theirs: readonly TradeBar[], ours: TickBars, names: readonly string[]): number {
  const taken = new Int32Array(names.length);
  for (const theirBar of theirs) {
    const symbol = names.indexOf(theirBar.symbol);
    const bar = ours.closed.get(symbol, (taken[symbol] as number)++);
    const isSame =
      bar !== undefined &&
      bar.open === theirBar.open &&
      bar.high === theirBar.high &&
      bar.low === theirBar.low &&
      bar.close === theirBar.close &&
      bar.volume === theirBar.volume &&
      bar.trades === theirBar.trades &&
      Math.abs(bar.vwap - theirBar.vwap) <= 1e-9 * bar.vwap;
    if (!isSame)
      throw new FailureError(`bar ${taken[symbol]} of ${theirBar.symbol} is not the one that tardis-dev makes.`);
  }
  names.forEach((name, symbol) => {
    if (ours.closed.count(symbol) !== taken[symbol])
      throw new FailureError(`${name} has ${ours.closed.count(symbol)} bars, tardis-dev makes ${taken[symbol]}.`);
  });
  return theirs.length;
}
