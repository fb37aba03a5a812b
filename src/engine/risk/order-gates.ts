/**
 * The numeric gates an entry order passes before it becomes an intent (docs/specs/risk.md, RSK1 to RSK9). Each gate is one
 * comparison; the first that fails refuses, and every one is written down so that the trade page can show them.
 */
import type { OutcomeCode } from '../model/outcome.ts';
import type { Operator } from '../model/signal.ts';
import type { Micros } from '../model/units.ts';
import type { RiskLimits } from './limits.ts';

export interface GateResult {
  readonly gate: string;
  readonly code: OutcomeCode;
  readonly value: number;
  readonly operator: Operator;
  readonly limit: number;
  readonly pass: boolean;
}

export interface OrderGateInput {
  readonly isRegular: boolean;
  readonly shares: number;
  readonly limit: Micros;
  readonly ask: Micros;
  readonly last: Micros;
  readonly sinceSameUs: number;
  readonly entriesThisSecond: number;
  readonly messagesThisSecond: number;
  readonly workingSameSide: number;
  readonly exposure: Micros;
  readonly symbolExposure: Micros;
  readonly strategyExposure: Micros;
  readonly positions: number;
  readonly strategyPositions: number;
  readonly buyingPower: Micros;
}

/** All gates in their fixed order. */
export function judgeOrder(limits: RiskLimits, input: OrderGateInput): readonly GateResult[] {
  const notional = input.shares * input.limit;
  const collar = input.ask > 0 ? ((input.limit - input.ask) / input.ask) * 100 : 0;
  const collarLast = input.last > 0 ? (Math.abs(input.limit - input.last) / input.last) * 100 : 0;
  const notionalMax = input.isRegular ? limits.notionalMax : Math.min(limits.notionalMax, limits.extended.notionalMax);
  return [
    gate('price-min', 'risk', input.limit, '>=', limits.priceMin),
    gate('shares', 'risk', input.shares, '<=', limits.sharesMax),
    gate('notional', 'risk', notional, '<=', notionalMax),
    gate('collar', 'risk', collar, '<=', limits.collarPercent),
    gate('collar-last', 'risk', collarLast, '<=', limits.collarLastPercent),
    gate('duplicate', 'risk', input.sinceSameUs, '>=', limits.duplicateUs),
    gate('orders-per-second', 'risk', input.entriesThisSecond, '<', limits.ordersPerSecond),
    gate('messages-per-second', 'risk', input.messagesThisSecond, '<', Math.floor(limits.messagesPerSecond / 2)),
    gate('working-per-side', 'risk', input.workingSameSide, '<', limits.workingPerSide),
    gate('positions', 'risk', input.positions, '<', limits.positionsMax),
    gate('strategy-positions', 'budget', input.strategyPositions, '<', limits.strategyPositionsMax),
    gate('exposure', 'risk', input.exposure + notional, '<=', limits.exposureMax),
    gate('symbol-exposure', 'risk', input.symbolExposure + notional, '<=', limits.symbolExposureMax),
    gate('strategy-exposure', 'budget', input.strategyExposure + notional, '<=', limits.strategyExposureMax),
    gate('buying-power', 'risk', notional, '<=', input.buyingPower),
  ];
}

function gate(name: string, code: OutcomeCode, value: number, operator: '<' | '<=' | '>=', limit: number): GateResult {
  const pass = operator === '<' ? value < limit : operator === '<=' ? value <= limit : value >= limit;
  return { gate: name, code, value, operator, limit, pass };
}

export function firstFailure(gates: readonly GateResult[]): GateResult | undefined {
  return gates.find((one) => !one.pass);
}
