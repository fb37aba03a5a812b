/** Plain functions behind the trade page: what changed between two costs, which rule stands now, what it was at an instant. */
import type { CostView, ExitPlanStep, FillView, RuleView, TimelineItem, TradeDetail } from '#protocol';

export interface RulePair {
  readonly fired: RuleView;
  /** The same rule now, matched by name; null when it is not judged now. */
  readonly now: RuleView | null;
}

/** Rules at fire in their order, each with itself now. A strategy may name two rules alike: then they pair in order. */
export function rulePairs(atFire: readonly RuleView[], now: readonly RuleView[]): readonly RulePair[] {
  const left = [...now];
  return atFire.map((fired) => {
    const at = left.findIndex(({ name }) => name === fired.name);
    return { fired, now: at < 0 ? null : (left.splice(at, 1)[0] as RuleView) };
  });
}

export interface CostRow {
  readonly item: keyof CostView;
  readonly label: string;
  readonly explain: string;
  readonly predicted: number | null;
  readonly realised: number | null;
  /** realised - predicted: over zero it cost more than thought. */
  readonly difference: number | null;
}

const ITEMS: readonly (readonly [keyof CostView, string, string])[] = [
  ['spread', 'Spread', 'Half the spread on the way in and on the way out'],
  ['commission', 'Commission', "The broker's commission both ways"],
  ['fees', 'Fees', 'Exchange, SEC, TAF and CAT fees'],
  ['slippage', 'Slippage', 'How much worse the fills were than the quote at the decision'],
  ['tax', 'Tax', 'Tax set aside by the rate in the settings'],
  ['data', 'Data', 'The share of the data subscription that a trade carries'],
  ['total', 'All costs', 'Everything above'],
];

export function costRows(predicted: CostView | null, realised: CostView | null): readonly CostRow[] {
  return ITEMS.map(([item, label, explain]) => {
    const before = predicted?.[item] ?? null;
    const after = realised?.[item] ?? null;
    return {
      item,
      label,
      explain,
      predicted: before,
      realised: after,
      difference: before === null || after === null ? null : after - before,
    };
  });
}

/** The cause of an item within the same list, or undefined when it lies outside (a tick, a command). */
export function causeOf(item: TimelineItem, items: readonly TimelineItem[]): TimelineItem | undefined {
  if (item.cause === '' || item.cause === item.id) return undefined;
  const before = items.slice(0, items.indexOf(item));
  return before.findLast(({ id }) => id === item.cause) ?? items.find(({ id }) => id === item.cause);
}

export interface Holding {
  readonly held: number;
  /** Average price of what was bought so far, micro-dollars; 0 before the first fill. */
  readonly entry: number;
  /** What it brought so far and would bring at `bid`, before commissions, micro-dollars. */
  readonly gross: number;
}

/** What was held just after `atUs`, from the fills alone. `bid` in dollars. */
export function holdingAt(fills: readonly FillView[], atUs: number, bid: number): Holding {
  let bought = 0;
  let paid = 0;
  let sold = 0;
  let got = 0;
  for (const fill of fills) {
    if (fill.atUs > atUs) continue;
    if (fill.side === 'buy') {
      bought += fill.quantity;
      paid += fill.quantity * fill.price;
    } else {
      sold += fill.quantity;
      got += fill.quantity * fill.price;
    }
  }
  const held = bought - sold;
  return {
    held,
    entry: bought > 0 ? Math.round(paid / bought) : 0,
    gross: Math.round(got + held * bid * 1e6 - paid),
  };
}

/** The exit plan that held at an instant; undefined before the signal. */
export function planAt(plans: readonly ExitPlanStep[], atUs: number): ExitPlanStep | undefined {
  return plans.findLast((plan) => plan.atUs <= atUs);
}

/** Net result in percent of what was paid; NaN before the first fill. */
export function percentOf(detail: Pick<TradeDetail, 'pnlNet' | 'entry' | 'quantity'>): number {
  const paid = (detail.entry ?? 0) * detail.quantity;
  return paid > 0 ? (detail.pnlNet / paid) * 100 : NaN;
}
