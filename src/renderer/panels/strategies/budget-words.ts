/** A strategy's budget between what is typed and what the engine counts: its bounds, its units, and what is wrong. Pure. */
import type { StrategyView } from '#protocol';
import { BUDGET_MAX } from '#protocol';
import { dollarsText } from '../../format/money.ts';
import { countText } from '../../format/number.ts';

export type BudgetKey = keyof typeof BUDGET_MAX;
type Bounds = Pick<StrategyView['budget'], BudgetKey>;

interface BudgetField {
  readonly key: BudgetKey;
  readonly label: string;
  readonly unit: '$' | '';
  readonly about: string;
}

export const BUDGET_FIELDS: readonly BudgetField[] = [
  {
    key: 'notionalMax',
    label: 'dollars at work',
    unit: '$',
    about: 'In open positions and working buys; the next purchase is cut to what is left.',
  },
  { key: 'positionsMax', label: 'positions at once', unit: '', about: 'Open ones and those being opened.' },
  { key: 'entriesMax', label: 'entries a day', unit: '', about: 'Orders to buy decided on one session day.' },
];

const MICROS = 1_000_000;

function amountText({ unit }: BudgetField, value: number): string {
  return unit === '$' ? dollarsText(value) : countText(value);
}

/** As its field shows it: dollars or the bare number; empty for no bound. */
export function budgetField({ unit }: BudgetField, value: number | null): string {
  return value === null ? '' : String(unit === '$' ? value / MICROS : value);
}

/** What was typed, as the engine counts it, null for no bound; or a sentence about why it cannot be. */
export function readBudget(
  field: BudgetField,
  text: string,
): { readonly value: number | null; readonly fault: string } {
  const { key, label, unit } = field;
  const clean = text.replaceAll(/[$,\s]/gu, '');
  if (clean === '') return { value: null, fault: '' };
  const typed = Number(clean);
  const name = `${label.charAt(0).toUpperCase()}${label.slice(1)}`;
  if (!Number.isFinite(typed)) return { value: null, fault: `${name}: type a number, or nothing for no bound.` };
  const value = unit === '$' ? Math.round(typed * MICROS) : typed;
  if (unit === '' && !Number.isInteger(typed)) return { value: null, fault: `${name} must be a whole number.` };
  if (value >= 0 && value <= BUDGET_MAX[key]) return { value, fault: '' };
  const range = `${amountText(field, 0)} to ${amountText(field, BUDGET_MAX[key])}`;
  return { value: null, fault: `${name} must be from ${range}, or empty for no bound.` };
}

/** "at most $5,000.00 at work, 3 positions, 10 entries a day (2 today)"; '' without any bound. */
export function budgetText({ notionalMax, positionsMax, entriesMax, entriesToday }: StrategyView['budget']): string {
  const parts = [
    ...(notionalMax === null ? [] : [`${dollarsText(notionalMax)} at work`]),
    ...(positionsMax === null ? [] : [`${countText(positionsMax)} ${positionsMax === 1 ? 'position' : 'positions'}`]),
    ...(entriesMax === null ? [] : [`${countText(entriesMax)} entries a day (${countText(entriesToday)} today)`]),
  ];
  return parts.length === 0 ? '' : `at most ${parts.join(', ')}`;
}

/** Whether they allow the same. */
export function isSameBudget(a: Bounds, b: Bounds): boolean {
  return BUDGET_FIELDS.every(({ key }) => a[key] === b[key]);
}
