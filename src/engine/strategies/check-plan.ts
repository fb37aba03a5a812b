/**
 * What a strategy plans, checked before the engine acts on it. The desk trusts a plan: an exit of an unknown kind or a size
 * that is no number would be our crash, so it is the strategy's fault here, with one sentence that says which.
 */
import type { ExitRule, SizingHint } from '../model/signal.ts';
import type { TradePlan } from './api.ts';

const EXITS_MAX = 32;
const TAGS_MAX = 16;
const OPERATORS: ReadonlySet<unknown> = new Set(['<', '<=', '>', '>=', '==', '!=']);
const TRAIL_UNITS: ReadonlySet<unknown> = new Set(['price', 'percent', 'spreads', 'volatility']);

const isFinite = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isPositive = (value: unknown): boolean => isFinite(value) && value > 0;

/** The plan, or a throw that names what is wrong with it. */
export function checkPlan(plan: TradePlan): TradePlan {
  if (typeof plan !== 'object' || plan === null) throw new TypeError('its plan is not an object');
  for (const name of ['expectedMove', 'confidence', 'validForSeconds'] as const)
    if (!isFinite(plan[name])) throw new TypeError(`its plan has a '${name}' that is not a finite number`);
  if (plan.confidence < 0 || plan.confidence > 1) throw new RangeError('its plan has a confidence outside 0..1');
  if (plan.validForSeconds <= 0) throw new RangeError('its plan is valid for no time at all');
  if (!isSizing(plan.sizing))
    throw new TypeError('its plan has no usable sizing; use sizeDollars, sizePercent or sizeRisk');
  if (!Array.isArray(plan.exits) || plan.exits.length === 0)
    throw new TypeError('its plan has no exit rule; every trade needs a way out');
  if (plan.exits.length > EXITS_MAX) throw new RangeError(`its plan has more than ${EXITS_MAX} exit rules`);
  for (const exit of plan.exits) {
    const fault = faultOf(exit);
    if (fault !== '') throw new TypeError(fault);
  }
  const { tags = [] } = plan;
  if (!Array.isArray(tags) || tags.length > TAGS_MAX || tags.some((tag) => typeof tag !== 'string'))
    throw new TypeError(`its plan's tags must be at most ${TAGS_MAX} texts`);
  return plan;
}

/**
 * Whether some number of the plan is NaN: it was computed from something that is not known now (a one-sided quote, too few
 * bars). That is no fault of the strategy; there is just nothing to enter with.
 */
export function hasUnknown(plan: TradePlan): boolean {
  const numbers: unknown[] = [plan?.expectedMove, plan?.confidence, plan?.validForSeconds];
  for (const part of [plan?.sizing, ...(Array.isArray(plan?.exits) ? plan.exits : [])]) {
    if (typeof part !== 'object' || part === null) continue;
    numbers.push(...Object.values(part));
    if ('by' in part) numbers.push(part.by?.amount);
  }
  return numbers.some((value) => Number.isNaN(value));
}

function isSizing(sizing: SizingHint | undefined): boolean {
  switch (sizing?.kind) {
    case 'dollars':
      return isPositive(sizing.amount);
    case 'percent-of-equity':
      return isPositive(sizing.percent);
    case 'risk':
      return isPositive(sizing.amount) && isPositive(sizing.stopDistance);
    default:
      return false;
  }
}

/** What is wrong with an exit rule; '' when nothing is. */
function faultOf(exit: ExitRule): string {
  switch (exit?.kind) {
    case 'take-profit':
    case 'stop-loss':
      return isPositive(exit.price) ? '' : `its ${exit.kind} exit has no usable price`;
    case 'trailing': {
      const isKnown = TRAIL_UNITS.has(exit.by?.unit) && isPositive(exit.by.amount);
      return isKnown && (exit.activateAt === undefined || isPositive(exit.activateAt))
        ? ''
        : 'its trailing exit has no usable distance';
    }
    case 'give-back':
      return isFinite(exit.minGain) && isPositive(exit.fraction) && exit.fraction <= 1
        ? ''
        : 'its give-back exit needs a fraction over 0 and up to 1, and a least gain';
    case 'time-stop':
      return isPositive(exit.afterUs) ? '' : 'its time-stop exit has no usable time';
    case 'phase-end':
      return isFinite(exit.beforeUs) && exit.beforeUs >= 0 ? '' : 'its phase-end exit has no usable time';
    case 'regime':
      return typeof exit.measure === 'string' && OPERATORS.has(exit.operator) && isFinite(exit.threshold)
        ? ''
        : 'its regime exit needs a measure, an operator and a number';
    default:
      return `its plan has an exit of an unknown kind '${String((exit as { kind?: unknown } | null)?.kind)}'`;
  }
}
