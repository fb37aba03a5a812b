/**
 * Seeded websocket messages in the vendor's layout for benches and fuzzing: Zipf activity over made-up tickers, mostly
 * quotes, random-walk prices, several events a message. Same options, same bytes.
 */
import type { Rng } from '../src/engine/lib/rng.ts';
import { createRng } from '../src/engine/lib/rng.ts';
import { TEST_TICKERS } from '../src/engine/feeds/test-tickers.ts';

export interface FrameOptions {
  readonly seed: number | string;
  readonly symbols: number;
  /** Time of the first event, epoch milliseconds. */
  readonly startMs: number;
  /** Events a second of event time. */
  readonly eventsPerSecond: number;
  /** Mean events a message. */
  readonly eventsPerFrame: number;
  /** Added to every sequence number. */
  readonly sequenceBase: number;
}

export const DEFAULT_FRAMES: FrameOptions = {
  seed: 1,
  symbols: 5500,
  // 2026-03-02 09:30:00 in New York.
  startMs: 1_772_461_800_000,
  eventsPerSecond: 60_000,
  eventsPerFrame: 8,
  sequenceBase: 1_000_000,
};

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const TRADE_CONDITIONS = ['', '"c":[37],', '"c":[12,37],', '"c":[14,41],', '"c":[14,37,41],', '"c":[10,41],', '', ''];
const VENUES = [1, 3, 4, 8, 9, 10, 11, 12, 15, 19, 20, 21];

/** `count` tickers of one to five letters, some with a class suffix; all different. */
export function makeTickers(count: number): string[] {
  const tickers: string[] = [];
  for (let n = 0; tickers.length < count; n++) {
    let rest = n;
    let name = '';
    do {
      name = LETTERS[rest % 26] + name;
      rest = Math.floor(rest / 26) - 1;
    } while (rest >= 0);
    const ticker = n % 97 === 96 ? `${name}.B` : name;
    if (!TEST_TICKERS.has(ticker)) tickers.push(ticker);
  }
  return tickers;
}

export class FrameMaker {
  readonly tickers: readonly string[];
  readonly #options: FrameOptions;
  readonly #rng: Rng;
  readonly #cents: Int32Array;
  readonly #sequences: Int32Array;
  readonly #cumulative: Float64Array;
  #events = 0;

  constructor(options: Partial<FrameOptions> = {}) {
    this.#options = { ...DEFAULT_FRAMES, ...options };
    const count = this.#options.symbols;
    this.tickers = makeTickers(count);
    this.#rng = createRng(`frames/${this.#options.seed}`);
    this.#cents = new Int32Array(count);
    this.#sequences = new Int32Array(count);
    this.#cumulative = new Float64Array(count);
    let sum = 0;
    for (let i = 0; i < count; i++) {
      this.#cents[i] = 300 + this.#rng.below(40_000);
      sum += 1 / (i + 8) ** 0.9;
      this.#cumulative[i] = sum;
    }
    for (let i = 0; i < count; i++) this.#cumulative[i] = (this.#cumulative[i] as number) / sum;
  }

  /** Events made so far. */
  get events(): number {
    return this.#events;
  }

  /** One message: a JSON array. `nowMs` stamps its events; without it event time runs at the options' rate. */
  next(nowMs?: number): string {
    const count = 1 + this.#rng.below(this.#options.eventsPerFrame * 2 - 1);
    const parts: string[] = [];
    for (let i = 0; i < count; i++) parts.push(this.#event(nowMs));
    return `[${parts.join(',')}]`;
  }

  #event(nowMs: number | undefined): string {
    const rng = this.#rng;
    const t = nowMs ?? this.#options.startMs + Math.floor((this.#events * 1000) / this.#options.eventsPerSecond);
    this.#events++;
    const id = this.#pick();
    const symbol = this.tickers[id] as string;
    const step = rng.below(7) - 3;
    const cents = Math.max(105, (this.#cents[id] as number) + (step > 1 ? 1 : step < -1 ? -1 : 0));
    this.#cents[id] = cents;
    const q = (this.#sequences[id] = (this.#sequences[id] as number) + 1 + rng.below(3)) + this.#options.sequenceBase;
    const tape = 1 + (id % 3);
    const kind = rng.below(1000);
    if (kind === 0) {
      const band = `"h":${price(cents + 500)},"l":${price(Math.max(1, cents - 500))},"i":[15],"z":${tape},"T":"${symbol}"`;
      return `{"ev":"LULD",${band},"t":${t}000123,"q":${q}}`;
    }
    if (kind < 220) return this.#trade(symbol, cents, t, q, tape);
    const bid = cents - 1 - rng.below(3);
    const ask = cents + 1 + rng.below(3);
    const sizes = `"bs":${100 * (1 + rng.below(12))},"as":${100 * (1 + rng.below(12))}`;
    const venues = `"bx":${venue(rng)},"ax":${venue(rng)}`;
    return `{"ev":"Q","sym":"${symbol}","i":[604],${venues},"bp":${price(bid)},"ap":${price(ask)},${sizes},"t":${t},"pt":${t},"q":${q},"z":${tape}}`;
  }

  #trade(symbol: string, cents: number, t: number, q: number, tape: number): string {
    const rng = this.#rng;
    const size = rng.below(3) === 0 ? 100 * (1 + rng.below(5)) : 1 + rng.below(99);
    const isTrf = rng.below(5) < 2;
    // Off-exchange prints are often inside the spread, with four places.
    const text =
      isTrf && rng.below(2) === 0
        ? `${price(cents)}${cents % 100 === 0 ? '.00' : cents % 10 === 0 ? '0' : ''}${1 + rng.below(98)}`
        : price(cents);
    const conditions = TRADE_CONDITIONS[rng.below(TRADE_CONDITIONS.length)] as string;
    const head = `{"ev":"T","sym":"${symbol}","i":"${q}","x":${isTrf ? 4 : venue(rng)},"p":${text},"s":${size},${conditions}`;
    const trf = isTrf ? `"trfi":${201 + rng.below(2)},"trft":${t},` : '';
    return `${head}"t":${t},"pt":${t},"q":${q},"z":${tape},${trf}"ds":"${size}.0"}`;
  }

  #pick(): number {
    const wanted = this.#rng.next();
    let low = 0;
    let high = this.#cumulative.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#cumulative[middle] as number) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function venue(rng: Rng): number {
  return VENUES[rng.below(VENUES.length)] as number;
}

/** Cents as the shortest decimal, the way the vendor prints prices. */
function price(cents: number): string {
  return String(cents / 100);
}
