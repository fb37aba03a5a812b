/**
 * Compares a recorded day with its twin, attempt by attempt (a signal and what became of it), and gives every difference one
 * cause of a closed list. The first cause that holds is the one told; 'unexplained' is what is left (docs/specs/backtest.md).
 */
import type { Attempt, DayTrading, GapSpan } from '../report/day-trading.ts';
import type { Span, TwinRecording, UserAct } from './twin-recording.ts';

export const TWIN_CAUSES = {
  'not-running': 'the workstation was not running then, or had ended',
  'not-recorded': 'inputs of that time are missing from the recording',
  gap: 'the feed had a gap before it',
  'auto-off': 'auto trading was off',
  'user-act': 'the user acted: a trade by hand, a flattening, a limit, the kill switch',
  'other-data': 'the recorded stream and the files differ in this symbol',
  'clock-step': 'the same events came in frames of other sizes, so it was looked at at another instant',
  latency: 'orders, reports or the disk took another time',
  follows: 'an earlier difference in the symbol or in the account led to it',
  unexplained: 'no cause was found',
} as const;
export type TwinCause = keyof typeof TWIN_CAUSES;

export interface TwinDifference {
  readonly cause: TwinCause;
  readonly atUs: number;
  readonly ticker: string;
  readonly strategy: string;
  /** In which of the two it is. */
  readonly side: 'live' | 'twin' | 'both';
  /** What differs: name, live value, twin value. Empty when one of the two has nothing to compare. */
  readonly fields: readonly (readonly [string, string | number, string | number])[];
  readonly live: string;
  readonly twin: string;
}

export interface TwinMarket {
  /** Trades and quotes by ticker that the twin saw. */
  readonly eventsBySymbol: ReadonlyMap<string, number>;
}

/** Signals further apart than this are two signals. */
const PAIR_US = 5_000_000;
/** A gap leaves its mark in bars and averages for so long. */
const GAP_MARK_US = 30 * 60_000_000;
/** Signals of both that are closer than this are one and the same, told by another frame. */
const STEP_US = 1_000_000;
/** What frames explain: the longest stretch of market time in one. What is further apart took another time on its way. */
const FRAME_US = 50_000;

export interface TwinComparison {
  readonly attempts: number;
  readonly equal: number;
  readonly differences: readonly TwinDifference[];
}

export function compareTwin(
  live: DayTrading,
  twin: DayTrading,
  recording: TwinRecording,
  market: TwinMarket,
): TwinComparison {
  const pairs = pairUp(live.attempts, twin.attempts);
  const judge = new Judge(live.gaps, recording, market);
  const differences: TwinDifference[] = [];
  for (const [mine, other] of pairs) {
    const difference = judge.look(mine, other);
    if (difference !== null) differences.push(difference);
  }
  return { attempts: pairs.length, equal: pairs.length - differences.length, differences };
}

type Pair = readonly [live: Attempt | null, twin: Attempt | null];

/** Nearest in time within a strategy and symbol, in order; then all in order of time. */
export function pairUp(live: readonly Attempt[], twin: readonly Attempt[]): readonly Pair[] {
  const pairs: Pair[] = [];
  const waiting = new Map<string, Attempt[]>();
  const keyOf = (attempt: Attempt): string => `${attempt.strategy}/${attempt.ticker}`;
  for (const attempt of twin) {
    const list = waiting.get(keyOf(attempt));
    if (list === undefined) waiting.set(keyOf(attempt), [attempt]);
    else list.push(attempt);
  }
  for (const attempt of live) {
    const list = waiting.get(keyOf(attempt)) ?? [];
    let best = -1;
    for (const [index, other] of list.entries()) {
      const away = Math.abs(other.atUs - attempt.atUs);
      if (away <= PAIR_US && (best < 0 || away < Math.abs((list[best] as Attempt).atUs - attempt.atUs))) best = index;
    }
    pairs.push([attempt, best < 0 ? null : (list.splice(best, 1)[0] as Attempt)]);
  }
  for (const list of waiting.values()) for (const attempt of list) pairs.push([null, attempt]);
  return pairs.toSorted((a, b) => timeOf(a) - timeOf(b));
}

function timeOf([live, twin]: Pair): number {
  return Math.min(live?.atUs ?? Infinity, twin?.atUs ?? Infinity);
}

class Judge {
  readonly #gaps: readonly GapSpan[];
  readonly #recording: TwinRecording;
  readonly #market: TwinMarket;
  readonly #touched = new Set<string>();
  #isAnyFired = false;

  constructor(gaps: readonly GapSpan[], recording: TwinRecording, market: TwinMarket) {
    this.#gaps = gaps;
    this.#recording = recording;
    this.#market = market;
  }

  look(live: Attempt | null, twin: Attempt | null): TwinDifference | null {
    const fields = live === null || twin === null ? [] : differingFields(live, twin);
    if (live !== null && twin !== null && fields.length === 0) return null;
    const known = (live ?? twin) as Attempt;
    const atUs = timeOf([live, twin]);
    const cause = this.#cause(live, twin, atUs, fields);
    this.#touched.add(known.ticker);
    if (live?.code === 'fired' || twin?.code === 'fired') this.#isAnyFired = true;
    return {
      cause,
      atUs,
      ticker: known.ticker,
      strategy: known.strategy,
      side: live === null ? 'twin' : twin === null ? 'live' : 'both',
      fields,
      live: live === null ? '' : sketch(live),
      twin: twin === null ? '' : sketch(twin),
    };
  }

  #cause(live: Attempt | null, twin: Attempt | null, atUs: number, fields: TwinDifference['fields']): TwinCause {
    const { firstUs, lastUs, missing, autoOff } = this.#recording;
    const { ticker, strategy } = (live ?? twin) as Attempt;
    const untilUs = Math.max(live?.trade?.closedUs ?? atUs, twin?.trade?.closedUs ?? atUs);
    if (live === null && (firstUs === 0 || atUs < firstUs || atUs > lastUs)) return 'not-running';
    if (live !== null && live.code === 'fired' && live.trade === null && live.notEntered === '' && untilUs >= lastUs)
      return 'not-running';
    if (missing.some((span) => overlaps(span, atUs - GAP_MARK_US, untilUs))) return 'not-recorded';
    if (
      this.#gaps.some((gap) => gap.startUs <= untilUs && (gap.endUs ?? Infinity) >= atUs - GAP_MARK_US && !isFirst(gap))
    )
      return 'gap';
    if (live?.code === 'auto-off' || autoOff.some((span) => atUs >= span.fromUs && atUs < span.toUs)) return 'auto-off';
    if (strategy === 'manual' || this.#userActed(live, atUs, untilUs, ticker, strategy)) return 'user-act';
    if (this.#recording.eventsBySymbol.get(ticker) !== this.#market.eventsBySymbol.get(ticker)) return 'other-data';
    if (live !== null && twin !== null && Math.abs(live.atUs - twin.atUs) <= STEP_US && isTiming(fields))
      return live.atUs !== twin.atUs && isWithin(live, twin, FRAME_US) ? 'clock-step' : 'latency';
    if (this.#touched.has(ticker) || this.#isAnyFired) return 'follows';
    return 'unexplained';
  }

  #userActed(live: Attempt | null, fromUs: number, untilUs: number, ticker: string, strategy: string): boolean {
    const isAbout = ({ about }: UserAct): boolean =>
      about === '' ||
      about === ticker ||
      about === strategy ||
      about === live?.tradeId ||
      live?.trade?.orders.includes(about) === true;
    return this.#recording.acts.some((act) => {
      // What is set stays set: limits and budgets work on.
      const isLasting = act.name === 'setRiskLimit' || act.name === 'setStrategyBudget';
      return (
        act.name !== 'setAuto' &&
        act.atUs <= untilUs &&
        (isLasting || act.atUs >= fromUs) &&
        (isLasting || isAbout(act))
      );
    });
  }
}

/** The gap every connection begins with, before anything was seen. */
function isFirst(gap: GapSpan): boolean {
  return gap.reason === 'connect';
}

function overlaps(span: Span, fromUs: number, toUs: number): boolean {
  return span.fromUs <= toUs && span.toUs >= fromUs;
}

/** The same decision at other instants, and what other instants bring: prices, charges, the rule that was reached first. */
function isTiming(fields: TwinDifference['fields']): boolean {
  return !fields.some(([name]) => name === 'outcome');
}

/** Whether everything happened at nearly the same instants in both. */
function isWithin(live: Attempt, twin: Attempt, us: number): boolean {
  const [a, b] = [live.trade, twin.trade];
  if (Math.abs(live.atUs - twin.atUs) > us) return false;
  if (a === null || b === null) return a === b && live.notEntered === twin.notEntered;
  return Math.abs(a.openedUs - b.openedUs) <= 2 * us && Math.abs(a.closedUs - b.closedUs) <= 2 * us;
}

function differingFields(live: Attempt, twin: Attempt): TwinDifference['fields'] {
  const fields: (readonly [string, string | number, string | number])[] = [];
  const compare = (name: string, a: string | number, b: string | number): void => {
    if (a !== b) fields.push([name, a, b]);
  };
  compare('signal', live.atUs, twin.atUs);
  compare('outcome', outcomeOf(live), outcomeOf(twin));
  compare('not entered', live.notEntered, twin.notEntered);
  const [a, b] = [live.trade, twin.trade];
  if (a === null || b === null) {
    compare('trade', a === null ? 'none' : 'closed', b === null ? 'none' : 'closed');
    return fields;
  }
  compare('shares', a.shares, b.shares);
  compare('entry', a.averageBuy / 1e6, b.averageBuy / 1e6);
  compare('exit', a.averageSell / 1e6, b.averageSell / 1e6);
  compare('opened', a.openedUs, b.openedUs);
  compare('closed', a.closedUs, b.closedUs);
  compare('exit reason', a.exitReason, b.exitReason);
  compare('charges', a.charges / 1e6, b.charges / 1e6);
  compare('net', a.net / 1e6, b.net / 1e6);
  return fields;
}

function outcomeOf({ code, gate }: Attempt): string {
  return gate === '' ? code : `${code} (${gate})`;
}

function sketch(attempt: Attempt): string {
  const { trade } = attempt;
  if (trade === null) return attempt.notEntered === '' ? outcomeOf(attempt) : `not entered: ${attempt.notEntered}`;
  return `${trade.shares} at ${trade.averageBuy / 1e6}, sold at ${trade.averageSell / 1e6} by ${trade.exitReason}, net ${(trade.net / 1e6).toFixed(2)}`;
}
