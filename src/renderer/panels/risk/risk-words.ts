/** Risk in words: what each outcome, limit and state of the kill switch means. Pure. */
import type { RiskValue } from '#protocol';
import { durationText } from '../../format/time.ts';
import { dollarsText } from '../../format/money.ts';
import { countText } from '../../format/number.ts';

interface OutcomeWords {
  readonly title: string;
  readonly explain: string;
}

const OUTCOMES: Readonly<Record<string, OutcomeWords>> = {
  fired: { title: 'Fired', explain: 'Every gate passed and an order was decided.' },
  rule: { title: 'A rule of the strategy failed', explain: 'The strategy’s own conditions did not all hold.' },
  economics: {
    title: 'Not worth its costs',
    explain: 'The expected move was too small against spread, commission, fees, slippage and tax.',
  },
  size: {
    title: 'Too small to buy',
    explain: 'The size allowed came to less than one share, or under the least order.',
  },
  price: { title: 'The price ran away', explain: 'The offer had moved too far from where the signal saw it.' },
  risk: { title: 'A risk limit', explain: 'One of the limits on this page would have been passed.' },
  session: { title: 'Wrong time of day', explain: 'The session phase does not allow this entry.' },
  halt: { title: 'Halted', explain: 'Trading in the symbol was stopped or just resumed.' },
  blind: { title: 'Blind', explain: 'There was no trustworthy data for the symbol.' },
  stale: { title: 'Old quote', explain: 'The newest quote was too old to buy on.' },
  crossed: { title: 'Crossed market', explain: 'The bid stood over the ask: a quote nobody can trade on.' },
  cooldown: { title: 'Too soon again', explain: 'The symbol was traded moments ago and rests.' },
  budget: { title: 'Budget of the strategy used up', explain: 'The strategy has as much money at work as it may.' },
  'auto-off': { title: 'Auto trading was off', explain: 'Strategies watch, but open nothing.' },
  'already-owned': { title: 'Already owned', explain: 'There is an open trade or a working order in the symbol.' },
  locked: { title: 'Locked', explain: 'One of the locks on this page stood in the way.' },
  kill: { title: 'Kill switch', explain: 'The kill switch was on.' },
  reconciling: { title: 'Reconciling', explain: 'The engine and the broker did not agree yet.' },
  'clock-skew': { title: 'Clock is off', explain: 'This machine’s clock and the exchange’s were too far apart.' },
  shadow: { title: 'Shadow', explain: 'The strategy runs in shadow: decided, recorded, not sent.' },
  expired: { title: 'Too late', explain: 'The signal had grown too old before it could be acted on.' },
};

export function outcomeWords(code: string): OutcomeWords {
  return OUTCOMES[code] ?? { title: code, explain: 'No words for this code yet.' };
}

/** Most frequent first; equal ones by code, so that rows do not jump. */
export function sortedOutcomes(outcomes: RiskValue['outcomes']): RiskValue['outcomes'] {
  return outcomes.toSorted((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));
}

const LIMITS: Readonly<Record<string, string>> = {
  'open positions': 'Positions open or being opened at once. At the limit nothing new is opened.',
  exposure: 'Dollars in open positions and working buys. At the limit nothing new is opened.',
  'loss today':
    'Realised and open loss of the day after costs. At the limit everything is locked until the next session.',
  'given back from the peak':
    'How far the day’s result fell from its best. At the limit everything is locked until the next session.',
  'dollars an order': 'No single order may be larger.',
  'shares an order': 'No single order may have more shares.',
};

export function limitExplained(name: string): string {
  return LIMITS[name] ?? 'A limit of the engine.';
}

/** Limits whose use is measured over the day; the others (of one order, one symbol ...) have no bar of their own. */
export function isPerOrder(name: string): boolean {
  return !MEASURED.has(name);
}

const MEASURED: ReadonlySet<string> = new Set(['open positions', 'exposure', 'loss today', 'given back from the peak']);

/** A limit as its field shows it: dollars, seconds, or the bare number. */
export function limitField(value: number, unit: string): string {
  return unit === '$' || unit === 'us' ? String(value / 1e6) : String(value);
}

/** What was typed as the engine counts it: micro-dollars, microseconds, or the number. Null when it is none. */
export function limitFromField(text: string, unit: string): number | null {
  const value = Number(text.replaceAll(/[$,\s]/gu, ''));
  if (text.trim() === '' || !Number.isFinite(value)) return null;
  return unit === '$' || unit === 'us' ? Math.round(value * 1e6) : value;
}

export function limitText(value: number, unit: string): string {
  if (unit === '$') return dollarsText(value);
  if (unit === 'us') return durationText(value);
  return unit === '' ? countText(value) : `${countText(value)} ${unit}`;
}

type Bounded = Pick<RiskValue['limits'][number], 'name' | 'unit' | 'min' | 'max'>;

/** The bounds nobody can leave, in words; '' where none are told. */
export function limitRange({ unit, min, max }: Bounded): string {
  return min === undefined || max === undefined ? '' : `${limitText(min, unit)} to ${limitText(max, unit)}`;
}

/** Why a limit cannot be set to a value, in the units of the page; '' when its bounds allow it. */
export function boundsFault(limit: Bounded, value: number): string {
  const { name, min, max } = limit;
  if (min === undefined || max === undefined || (value >= min && value <= max)) return '';
  return `${name.charAt(0).toUpperCase()}${name.slice(1)} must be from ${limitRange(limit)}.`;
}

export interface LimitBar {
  /** 0..1 for the bar, whatever is used. */
  readonly share: number;
  readonly tone: 'calm' | 'warn' | 'danger';
  /** "31 %" */
  readonly percent: string;
}

export function limitBar(value: number, limit: number): LimitBar {
  const used = limit > 0 ? Math.max(0, value / limit) : value > 0 ? 1 : 0;
  return {
    share: Math.min(1, used),
    tone: used >= 1 ? 'danger' : used >= 0.75 ? 'warn' : 'calm',
    percent: `${Math.round(used * 100)} %`,
  };
}

interface KillWords {
  readonly tone: 'good' | 'warn' | 'danger';
  readonly title: string;
  readonly text: string;
}

const KILL: Readonly<Record<string, KillWords>> = {
  off: {
    tone: 'good',
    title: 'The kill switch is off',
    text: 'Ctrl+Shift+K cancels every order and sells everything, from any window.',
  },
  cancelling: { tone: 'danger', title: 'Killing: cancelling every order', text: 'Nothing is opened any more.' },
  flattening: {
    tone: 'danger',
    title: 'Killing: selling everything',
    text: 'Orders are cancelled; positions are being sold.',
  },
  verifying: {
    tone: 'danger',
    title: 'Killing: asking the broker',
    text: 'The broker is asked whether anything is left.',
  },
  'flat-confirmed': {
    tone: 'warn',
    title: 'Flat, confirmed by the broker',
    text: 'Nothing is open and nothing works. Trading stays off until it is resumed by its words.',
  },
  incomplete: {
    tone: 'danger',
    title: 'Killed, but not everything is gone',
    text: 'What is listed below could not be sold or cancelled. The engine goes on trying.',
  },
};

export function killWords(state: string): KillWords {
  return KILL[state] ?? { tone: 'danger', title: `Kill switch: ${state}`, text: '' };
}
