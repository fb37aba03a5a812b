/**
 * Limits that may be changed while the engine runs (docs/specs/risk.md, RSK28 to RSK30): each with hard bounds nobody can
 * leave. Tightening holds at once; loosening is refused while anything is locked, so a lock cannot be argued with.
 */
import { decimals, dollarText } from '../lib/number-text.ts';
import type { RiskLimits } from './limits.ts';

type NumericLimit = {
  [K in keyof RiskLimits]: RiskLimits[K] extends number ? K : never;
}[keyof RiskLimits];

export interface LimitRule {
  readonly key: NumericLimit;
  /** How it is called on the screens. */
  readonly label: string;
  /** '$' values are micro-dollars, 'us' microseconds. */
  readonly unit: '$' | 'sh' | 'bps' | 'us' | '';
  readonly min: number;
  readonly max: number;
  /** Which direction makes it stricter. */
  readonly tighter: 'lower' | 'higher';
}

const DOLLAR = 1_000_000;
const SECOND = 1_000_000;

const dollars = (key: NumericLimit, label: string, min: number, max: number): LimitRule => ({
  key,
  label,
  unit: '$',
  min: min * DOLLAR,
  max: max * DOLLAR,
  tighter: 'lower',
});

/** In the order in which screens show them. */
export const LIMIT_RULES: readonly LimitRule[] = [
  { key: 'positionsMax', label: 'open positions', unit: '', min: 1, max: 200, tighter: 'lower' },
  dollars('exposureMax', 'exposure', 100, 2_000_000),
  dollars('dailyLossMax', 'loss today', 10, 20_000),
  dollars('dailyDrawdownMax', 'given back from the peak', 10, 30_000),
  dollars('notionalMax', 'dollars an order', 100, 100_000),
  { key: 'sharesMax', label: 'shares an order', unit: 'sh', min: 1, max: 50_000, tighter: 'lower' },
  dollars('symbolExposureMax', 'exposure in a symbol', 0, 500_000),
  dollars('strategyExposureMax', 'exposure of a strategy', 0, 1_000_000),
  { key: 'strategyPositionsMax', label: 'positions of a strategy', unit: '', min: 0, max: 200, tighter: 'lower' },
  { key: 'ordersPerSecond', label: 'entries a second', unit: '', min: 1, max: 20, tighter: 'lower' },
  { key: 'lossStreakMax', label: 'losing trades running', unit: '', min: 1, max: 50, tighter: 'lower' },
  { key: 'spreadMaxBps', label: 'widest spread to buy at', unit: 'bps', min: 1, max: 300, tighter: 'lower' },
  { key: 'cooldownUs', label: 'pause after a trade', unit: 'us', min: 0, max: 3600 * SECOND, tighter: 'higher' },
  {
    key: 'cooldownAfterLossUs',
    label: 'pause after a loss',
    unit: 'us',
    min: 0,
    max: 7200 * SECOND,
    tighter: 'higher',
  },
];

export type LimitChanges = Readonly<Partial<Record<NumericLimit, number>>>;

/** Why the change is refused, in one sentence; '' when it may be made. `name`: a key or the label of a screen. */
export function refuseLimit(limits: RiskLimits, name: string, value: number, isLocked: boolean): string {
  const rule = limitRule(name);
  if (rule === undefined) return `there is no limit '${name}' that can be changed while the engine runs`;
  if (!Number.isSafeInteger(value)) return `${rule.label} must be a whole number`;
  if (value < rule.min || value > rule.max)
    return `${rule.label} must be between ${limitText(rule, rule.min)} and ${limitText(rule, rule.max)}`;
  const now = limits[rule.key];
  // Zero switches the streak off in a configuration; a running engine only knows stricter and looser numbers.
  const isLooser = rule.tighter === 'lower' ? now !== 0 && value > now : value < now;
  return isLooser && isLocked ? `${rule.label} may not be loosened while a lock holds or the kill switch is on` : '';
}

export function limitRule(name: string): LimitRule | undefined {
  return LIMIT_RULES.find((rule) => rule.key === name || rule.label === name);
}

/** A value of the limit as people read it. */
export function limitText(rule: LimitRule, value: number): string {
  switch (rule.unit) {
    case '$':
      return dollarText(value);
    case 'us':
      return `${decimals(value / SECOND, 0, 3)} s`;
    case 'bps':
      return `${decimals(value, 0, 1)} bps`;
    case 'sh':
      return `${decimals(value, 0, 0)} shares`;
    case '':
      return decimals(value, 0, 2);
  }
}

/** The limits with changes made. A change of another day that is outside today's bounds is not one. */
export function withLimits(limits: RiskLimits, changes: LimitChanges): RiskLimits {
  const taken: Partial<Record<NumericLimit, number>> = {};
  for (const { key, min, max } of LIMIT_RULES) {
    const value = changes[key];
    if (value !== undefined && value >= min && value <= max) taken[key] = value;
  }
  return { ...limits, ...taken };
}
