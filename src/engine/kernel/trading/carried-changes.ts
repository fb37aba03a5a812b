/**
 * Limits and budgets changed on an earlier day hold until they are changed again. The journal of a day has them all, so that a
 * start that has nothing but the journal finds them there (docs/specs/risk.md, RSK32).
 */
import type { EpochUs } from '../../model/units.ts';
import { LIMIT_RULES } from '../../risk/limit-changes.ts';
import type { RiskLimits } from '../../risk/limits.ts';
import type { DeskContext } from './context.ts';

/** Writes what was carried over, as if it had been changed now. `configured`: the limits without any change. */
export function noteChanges(ctx: DeskContext, configured: RiskLimits, nowUs: EpochUs): void {
  const { limits, budgets } = ctx.state;
  const note = (id: string, cause: string, body: unknown): void =>
    void ctx.journal.write({ kind: 'command', atUs: nowUs, id, cause, symbol: '', body });
  for (const { key } of LIMIT_RULES) {
    const to = limits[key];
    if (to !== undefined) note('limit', key, { limit: key, from: configured[key], to, isCarried: true });
  }
  for (const [strategy, budget] of Object.entries(budgets)) note('budget', strategy, budget);
}
