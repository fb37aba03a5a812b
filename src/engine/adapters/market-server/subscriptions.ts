/** What one client has asked for: whole channels as a mask, single tickers as a mask a symbol. */
import { Channel } from '../../sim/market/frame-writer.ts';

export type ChannelName = keyof typeof Channel;

/** Channels that exist at the vendor but not in the plan this server plays. */
const NOT_AUTHORIZED = new Set(['NOI', 'FMV']);
const PAIRS_MAX = 200_000;

export type PairResult = 'added' | 'held' | 'unknown-channel' | 'not-authorized' | 'malformed';

export class Subscriptions {
  /** Channels held with `*`. */
  wildcards = 0;
  /** Symbol name -> channels held one by one. */
  readonly tickers = new Map<string, number>();
  /** The same by symbol index, grown as the market shows its names. */
  #bySymbol = new Uint8Array(0);
  #resolved = 0;

  add(pair: string): PairResult {
    const parsed = parsePair(pair);
    if (typeof parsed === 'string') return parsed;
    const [channel, ticker] = parsed;
    if (ticker === '*') {
      if ((this.wildcards & channel) !== 0) return 'held';
      this.wildcards |= channel;
      return 'added';
    }
    const held = this.tickers.get(ticker) ?? 0;
    if ((held & channel) !== 0 || this.tickers.size >= PAIRS_MAX) return 'held';
    this.tickers.set(ticker, held | channel);
    this.#resolved = 0;
    return 'added';
  }

  remove(pair: string): PairResult {
    const parsed = parsePair(pair);
    if (typeof parsed === 'string') return parsed;
    const [channel, ticker] = parsed;
    if (ticker === '*') this.wildcards &= ~channel;
    else {
      const left = (this.tickers.get(ticker) ?? 0) & ~channel;
      if (left === 0) this.tickers.delete(ticker);
      else this.tickers.set(ticker, left);
      this.#resolved = 0;
    }
    return 'added';
  }

  /** Channels held per symbol index, for the names known so far; null when only whole channels are held. */
  bySymbol(names: readonly string[]): Uint8Array | null {
    if (this.tickers.size === 0) return null;
    if (this.#resolved === names.length && this.#bySymbol.length >= names.length) return this.#bySymbol;
    this.#bySymbol = Uint8Array.from(names, (name) => this.tickers.get(name) ?? 0);
    this.#resolved = names.length;
    return this.#bySymbol;
  }
}

function parsePair(pair: string): readonly [channel: number, ticker: string] | Exclude<PairResult, 'added' | 'held'> {
  const dot = pair.indexOf('.');
  const name = dot < 0 ? pair : pair.slice(0, dot);
  if (NOT_AUTHORIZED.has(name)) return 'not-authorized';
  if (!Object.hasOwn(Channel, name)) return name === '' ? 'malformed' : 'unknown-channel';
  const ticker = dot < 0 ? '' : pair.slice(dot + 1);
  return ticker === '' ? 'malformed' : [Channel[name as ChannelName], ticker];
}
