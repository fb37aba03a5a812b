/** The exit plans a trade had, in the words of the protocol: the one its signal came with, then each change made by hand. */
import type { ExitPlanRule, ExitPlanStep } from '#protocol';
import { exitLabel } from '../../exits/exit-rules.ts';
import type { ExitRule, Signal } from '../../model/signal.ts';
import type { EpochUs } from '../../model/units.ts';

export interface PlanChange {
  readonly atUs: EpochUs;
  readonly exits: readonly ExitRule[];
}

export function planSteps(signal: Signal | null, changes: readonly PlanChange[]): ExitPlanStep[] {
  const all = signal === null ? changes : [{ atUs: signal.atUs, exits: signal.exits }, ...changes];
  return all.map(({ atUs, exits }) => ({ atUs, rules: exits.map(planRule) }));
}

function planRule(rule: ExitRule): ExitPlanRule {
  const by = rule.kind === 'trailing' ? rule.by : undefined;
  return {
    rule: exitLabel(rule),
    kind: rule.kind,
    price: rule.kind === 'stop-loss' || rule.kind === 'take-profit' ? rule.price : null,
    trailPercent: by?.unit === 'percent' ? by.amount : null,
    trailPrice: by?.unit === 'price' ? by.amount : null,
    afterUs: rule.kind === 'time-stop' ? rule.afterUs : null,
  };
}
