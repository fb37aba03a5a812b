/** Everything of one symbol beyond its market row, and the bars and "why not" answers windows ask for. */
import type {
  BarView,
  EngineCommands,
  PrintView,
  QuoteView,
  StrategyRulesView,
  SymbolValue,
  WhyNotAnswer,
} from '#protocol';
import type { Kernel } from '../../kernel/kernel.ts';
import { recentQuotes } from '../../market/recent.ts';
import { HALT_REASONS, HaltState, PHASES } from '../../market/view-columns.ts';
import type { Bar, BarKind } from '../../model/bar.ts';
import type { SymbolId } from '../../model/units.ts';
import { STANDARD_BARS } from '../../kernel/bar-kinds.ts';
import { barKindKey } from '../../strategies/strategy-host.ts';
import type { TapeTrade } from '../../tape/trade-tape.ts';
import type { ChartBars } from './chart-bars.ts';
import type { OutcomeLog } from './outcome-log.ts';
import { orderRows, positionRows, ruleView } from './desk-views.ts';

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
const HALT_NAMES = Object.entries(HaltState).reduce<Record<number, string>>(
  (names, [name, code]) => ({ ...names, [code]: name }),
  {},
);

export function barView(bar: Bar): BarView {
  return {
    ...bar,
    vwap: finite(bar.vwap),
    spreadMean: finite(bar.spreadMean),
    spreadMin: finite(bar.spreadMin),
    spreadMax: finite(bar.spreadMax),
  };
}

export function symbolValue(kernel: Kernel, name: string): SymbolValue | null {
  const symbol = kernel.symbols.get(name);
  if (symbol === undefined) return null;
  const { columns } = kernel.view;
  const { standard } = kernel.bars;
  const forming = standard.forming(symbol);
  return {
    symbol: name,
    atUs: kernel.nowUs,
    phase: PHASES[columns.phase[symbol] as number] ?? 'closed',
    halt: HALT_NAMES[columns.halt[symbol] as number] ?? 'trading',
    haltReason: HALT_REASONS[columns.haltReason[symbol] as number] ?? '',
    barCount: standard.closed.count(symbol),
    forming: forming === undefined ? null : barView(forming),
    prints: prints(kernel, symbol),
    quotes: quotes(kernel, symbol),
    strategies: rulesOf(kernel, symbol),
    positions: positionRows(kernel, name),
    orders: orderRows(kernel, name),
  };
}

const RECENT = 40;

export function printView({ timeUs, price, size, venue, bid, ask }: TapeTrade): PrintView {
  const side = ask > 0 && price >= ask ? 1 : bid > 0 && price <= bid ? -1 : 0;
  return { atUs: timeUs, price, size, venue, side, counts: true };
}

function prints(kernel: Kernel, symbol: SymbolId): PrintView[] {
  const { tape } = kernel;
  if (tape === null) return [];
  const list: PrintView[] = [];
  const count = tape.count(symbol);
  for (let n = count - 1; n >= Math.max(tape.oldest(symbol), count - RECENT); n--) {
    const trade = tape.at(symbol, n);
    if (trade === undefined) break;
    list.push(printView(trade));
  }
  return list;
}

function quotes(kernel: Kernel, symbol: SymbolId): QuoteView[] {
  return recentQuotes(kernel.view.recentQuotes, symbol).map(({ timeUs, bid, bidSize, ask, askSize }) => ({
    atUs: timeUs,
    bid,
    bidSize,
    ask,
    askSize,
  }));
}

export function rulesOf(kernel: Kernel, symbol: SymbolId): StrategyRulesView[] {
  return kernel.ledger.latest(symbol).map((evaluation) => ({
    strategy: evaluation.strategy,
    mode: kernel.strategies.slots.find((slot) => slot.definition.name === evaluation.strategy)?.mode ?? 'off',
    atUs: evaluation.atUs,
    pass: evaluation.pass,
    rules: evaluation.gates.map(ruleView),
  }));
}

type BarsAsk = Parameters<EngineCommands['bars']>[0];

type BarsReply = Awaited<ReturnType<EngineCommands['bars']>>;

export function barsAnswer(kernel: Kernel, others: ChartBars, ask: BarsAsk): BarsReply | null {
  const symbol = kernel.symbols.get(ask.symbol);
  if (symbol === undefined) return null;
  const kind: BarKind = ask.kind === 'tick' ? { kind: 'tick', trades: ask.size } : { kind: 'time', seconds: ask.size };
  // Only the standard bars run from the day's first print; builders that a strategy asked for begin when it was loaded.
  if (barKindKey(kind) !== barKindKey(STANDARD_BARS)) {
    const answer = others.answer(kernel, symbol, kind, ask.from, ask.count);
    if (answer === null) return null;
    const { total, bars, forming, isBehind, isPartial } = answer;
    return {
      total,
      bars: bars.map(barView),
      forming: forming === null ? null : barView(forming),
      isBehind,
      isPartial,
    };
  }
  const store = kernel.bars.standard.closed;
  const total = store.count(symbol);
  const bars: BarView[] = [];
  for (
    let index = Math.max(ask.from, store.firstIndex(symbol));
    index < Math.min(total, ask.from + ask.count);
    index++
  ) {
    const bar = store.get(symbol, index);
    if (bar !== undefined) bars.push(barView(bar));
  }
  const forming = kernel.bars.standard.forming(symbol);
  return {
    total,
    bars,
    forming: forming === undefined ? null : barView(forming),
    isBehind: false,
    isPartial: store.firstIndex(symbol) > 0,
  };
}

export function whyNotNow(kernel: Kernel, outcomes: OutcomeLog, name: string): WhyNotAnswer | null {
  const symbol = kernel.symbols.get(name);
  if (symbol === undefined) return null;
  return { symbol: name, atUs: kernel.nowUs, evaluations: rulesOf(kernel, symbol), candidates: outcomes.of(name) };
}
