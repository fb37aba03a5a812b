/** How far what a window shows of a symbol can be trusted, and in what words. Pure. The gravest comes first. */
import { ROW_FLAGS } from '#protocol';
import { timeText } from '../../format/time.ts';
import type { LinkState } from '../../link/engine-link.ts';

export type TruthKind = 'live' | 'disconnected' | 'stale' | 'past' | 'gap' | 'blind' | 'halted' | 'pause';

export interface Truth {
  readonly kind: TruthKind;
  /** Short, for a badge; '' while all is well. */
  readonly label: string;
  /** One sentence: what it is and what it means. */
  readonly text: string;
}

const REASONS: Readonly<Record<string, string>> = {
  LUDP: 'volatility pause: the price left its limit up-limit down band',
  LUDS: 'volatility pause: the price stands at its limit up-limit down band',
  T1: 'news pending',
  T2: 'news released',
  T3: 'news and resumption times set',
  T5: 'single-stock pause: the price moved ten percent in five minutes',
  T6: 'extraordinary market activity',
  T8: 'exchange-traded fund halt',
  T12: 'more information asked for by the exchange',
  H4: 'non-compliance with listing rules',
  H9: 'filings not current',
  H10: 'suspended by the SEC',
  H11: 'regulatory concern',
  MWC1: 'market-wide circuit breaker, level 1',
  MWC2: 'market-wide circuit breaker, level 2',
  MWC3: 'market-wide circuit breaker, level 3',
  IPO1: 'new listing, not yet trading',
  D: 'deleted from its exchange',
  quote: 'its quotes say so',
  silence: 'no prints and no quotes where there should be many',
};

export function haltText(reason: string): string {
  const words = REASONS[reason];
  return words === undefined ? (reason === '' ? 'reason not told' : `reason ${reason}`) : `${words} (${reason})`;
}

export interface TruthFacts {
  readonly link: LinkState;
  readonly isPast: boolean;
  readonly hasFeedGap: boolean;
  readonly flags: number;
  /** 'trading', 'halted', 'quoting', 'suspected', or '' when not known. */
  readonly halt: string;
  readonly haltReason: string;
}

export function symbolTruth(facts: TruthFacts): Truth {
  const { link, flags } = facts;
  if (link !== 'live' && link !== 'stale')
    return {
      kind: 'disconnected',
      label: 'NO ENGINE',
      text: 'No engine: these are the last figures it sent. Nothing can be ordered from here.',
    };
  if (link === 'stale')
    return {
      kind: 'stale',
      label: 'STALE',
      text: 'The engine is connected but sends nothing: these figures stand still.',
    };
  if (facts.isPast) return { kind: 'past', label: 'PAST', text: 'This is the market as it was, not as it is.' };
  if (facts.hasFeedGap)
    return {
      kind: 'gap',
      label: 'GAP',
      text: 'The feed is interrupted: prints since the gap began are missing until it heals.',
    };
  if ((flags & ROW_FLAGS.blind) !== 0)
    return {
      kind: 'blind',
      label: 'BLIND',
      text: 'No trustworthy data for this symbol now. Nothing is bought; exits wait for a quote they can trust.',
    };
  const isHalted =
    facts.halt === 'halted' || facts.halt === 'quoting' || (facts.halt === '' && (flags & ROW_FLAGS.halted) !== 0);
  if (isHalted && facts.halt === 'quoting')
    return {
      kind: 'halted',
      label: 'HALT, QUOTING',
      text: `Trading is halted, quotes are back, it reopens soon: ${haltText(facts.haltReason)}. Exits wait.`,
    };
  if (isHalted)
    return {
      kind: 'halted',
      label: 'HALTED',
      text: `Trading is halted: ${haltText(facts.haltReason)}. Exits wait until it reopens.`,
    };
  if (facts.halt === 'suspected')
    return {
      kind: 'pause',
      label: 'HALT?',
      text: `It looks halted: ${haltText(facts.haltReason)}. No halt was told. Nothing is bought until prints come.`,
    };
  return { kind: 'live', label: '', text: '' };
}

/** What is said of the parts that go on live while the market is looked back at: `what` names the part. */
export function besidePast(what: string, pastUs: number): string {
  return `${what} now, not at ${timeText(pastUs, 'second')}.`;
}

/** The truth of the chart, which ends at the instant looked back at. What is graver than the past stays. */
export function chartTruth(truth: Truth, pastUs: number | null): Truth {
  if (truth.kind !== 'past' || pastUs === null) return truth;
  return {
    kind: 'past',
    label: `PAST ${timeText(pastUs, 'second')}`,
    text: 'The chart ends here.',
  };
}
