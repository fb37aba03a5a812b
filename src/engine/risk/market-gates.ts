/** May this symbol be bought now at all? State of session, halt, data and quote (docs/specs/risk.md, RSK17 to RSK22). */
import { HaltState, QuoteFlag } from '../market/view-columns.ts';
import type { ViewColumns } from '../market/view-columns.ts';
import type { SessionPhase } from '../model/bar.ts';
import type { OutcomeCode } from '../model/outcome.ts';
import type { EpochUs, SymbolId } from '../model/units.ts';
import type { RiskLimits } from './limits.ts';

export interface MarketRefusal {
  readonly code: OutcomeCode;
  readonly gate: string;
  readonly value: number | null;
  readonly limit: number | null;
}

/** The first reason not to buy now; undefined when there is none. */
export function refuseMarket(
  limits: RiskLimits,
  view: ViewColumns,
  symbol: SymbolId,
  phase: SessionPhase,
  nowUs: EpochUs,
): MarketRefusal | undefined {
  const isRegular = phase === 'regular';
  const isExtended = phase === 'pre' || phase === 'post';
  if (!isRegular && !(isExtended && limits.extended.isAllowed)) return refusal('session', 'phase');
  if (view.halt[symbol] !== HaltState.trading)
    return refusal('halt', view.halt[symbol] === HaltState.suspected ? 'suspected' : 'halted');
  if (view.isBlind[symbol] !== 0) return refusal('blind', 'feed');
  const bid = view.bid[symbol] as number;
  const ask = view.ask[symbol] as number;
  if (!(bid > 0) || !(ask > 0)) return refusal('stale', 'one-sided');
  const flags = view.quoteFlags[symbol] as number;
  if ((flags & (QuoteFlag.crossed | QuoteFlag.nonFirm | QuoteFlag.oneSided)) !== 0 || bid > ask)
    return refusal('crossed', 'quote');
  const quoteUs = view.quoteTimeUs[symbol] as number;
  if (quoteUs - nowUs > limits.clockSkewUs)
    return refusal('clock-skew', 'quote-time', quoteUs - nowUs, limits.clockSkewUs);
  const staleUs = isRegular ? limits.staleUs : limits.staleExtendedUs;
  if (nowUs - quoteUs > staleUs) return refusal('stale', 'quote-age', nowUs - quoteUs, staleUs);
  const spreadBps = ((ask - bid) / ((ask + bid) / 2)) * 10_000;
  const spreadMax = isRegular ? limits.spreadMaxBps : limits.extended.spreadMaxBps;
  if (spreadBps > spreadMax) return refusal('risk', 'spread-cap', spreadBps, spreadMax);
  if (isRegular) return undefined;
  return refuseExtended(limits, view, symbol, ask, phase === 'pre');
}

/** Outside regular hours a price that has just jumped is not bought, nor a stock that hardly trades. */
function refuseExtended(
  limits: RiskLimits,
  view: ViewColumns,
  symbol: SymbolId,
  ask: number,
  isPre: boolean,
): MarketRefusal | undefined {
  const volume = (isPre ? view.preVolume[symbol] : view.postVolume[symbol]) as number;
  const notional = (isPre ? view.preNotional[symbol] : view.postNotional[symbol]) as number;
  if (volume < limits.extended.volumeMin) return refusal('risk', 'extended-volume', volume, limits.extended.volumeMin);
  const vwap = notional / volume;
  const jump = vwap > 0 ? (Math.abs(ask - vwap) / vwap) * 100 : 0;
  if (jump > limits.extended.jumpMaxPercent)
    return refusal('risk', 'extended-jump', jump, limits.extended.jumpMaxPercent);
  return undefined;
}

function refusal(
  code: OutcomeCode,
  gate: string,
  value: number | null = null,
  limit: number | null = null,
): MarketRefusal {
  return { code, gate, value, limit };
}
