/** The gates every strategy has before its own rules: universe and session, judged and recorded like any other rule. */
import type { RuleResult } from '../model/signal.ts';
import type { SessionFacts, SessionWindow, SymbolFacts, Universe } from './api.ts';
import { compare } from '../model/compare.ts';

type Operator = RuleResult['operator'];

function gate(
  name: string,
  value: number,
  operator: Operator,
  threshold: number,
  unit: string,
  results: RuleResult[],
): boolean {
  const pass = compare(value, operator, threshold);
  results.push({ name, value, operator, threshold, pass, unit });
  return pass;
}

/** Universe filters, in a fixed order; absent ones leave no trace. */
export function judgeUniverse(universe: Universe, symbol: SymbolFacts, results: RuleResult[]): boolean {
  let pass = true;
  if (universe.symbols !== undefined)
    pass =
      gate('universe: listed by the strategy', universe.symbols.includes(symbol.name) ? 1 : 0, '==', 1, '', results) &&
      pass;
  if (universe.minPrice !== undefined)
    pass = gate('universe: price at least', symbol.last, '>=', universe.minPrice, '$', results) && pass;
  if (universe.maxPrice !== undefined)
    pass = gate('universe: price at most', symbol.last, '<=', universe.maxPrice, '$', results) && pass;
  if (universe.minVolume !== undefined)
    pass = gate('universe: volume today', symbol.volume, '>=', universe.minVolume, 'sh', results) && pass;
  if (universe.minNotional !== undefined)
    pass = gate('universe: dollars traded today', symbol.notional, '>=', universe.minNotional, '$', results) && pass;
  if (universe.minTrades !== undefined)
    pass = gate('universe: trades today', symbol.trades, '>=', universe.minTrades, '', results) && pass;
  if (universe.maxSpreadBps !== undefined)
    pass = gate('universe: spread at most', symbol.spreadBps, '<=', universe.maxSpreadBps, 'bps', results) && pass;
  return pass;
}

/** One gate: are we inside one of the strategy's windows? The value is the minutes left in the phase (0 outside). */
export function judgeSession(windows: readonly SessionWindow[], session: SessionFacts, results: RuleResult[]): boolean {
  let isOpen = false;
  for (const window of windows) {
    if (window.phase !== session.phase) continue;
    if (session.minutesSinceStart < (window.afterStartMinutes ?? 0)) continue;
    if (session.minutesToEnd < (window.beforeEndMinutes ?? 0)) continue;
    isOpen = true;
  }
  return gate('session: inside the trading window', isOpen ? 1 : 0, '==', 1, '', results);
}
