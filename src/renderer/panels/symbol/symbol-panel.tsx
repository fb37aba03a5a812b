/** The symbol page: facts, chart, tape, every strategy's rules, what we hold, and hands to buy and sell. */
import { CandlestickChart, Link2, Link2Off } from 'lucide-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { useServices } from '../../app/services.ts';
import { CHART_KINDS, isStandard, kindKey, kindOf, kindWords, type ChartKind } from '../../charts/chart-kinds.ts';
import { browserStorage } from '../../stores/settings-store.ts';
import { countText } from '../../format/number.ts';
import { useFit, type Size } from '../../parts/use-fit.ts';
import type { PanelDefinition, PanelProps } from '../panel.ts';
import { BuyTicket } from './buy-ticket.tsx';
import { OwnTrades } from './own-trades.tsx';
import { QuotesList } from './quotes-list.tsx';
import { StrategyRules } from './strategy-rules.tsx';
import { SymbolChart } from './symbol-chart.tsx';
import { SymbolFacts } from './symbol-facts.tsx';
import { SymbolSearch } from './symbol-search.tsx';
import { besidePast, chartTruth, symbolTruth } from './symbol-truth.ts';
import { TimeAndSales } from './time-and-sales.tsx';
import { usePastTape } from './use-past-tape.ts';
import { useInSight, useMarketRow, useSymbolValue } from './use-symbol-value.ts';
import './symbol-panel.css';
import './symbol-side.css';

export const symbolPanel: PanelDefinition = {
  kind: 'symbol',
  title: 'Symbol',
  explain: 'One symbol: tick bars, quotes, time and sales, why each strategy does not fire, buy and flatten',
  icon: CandlestickChart,
  component: SymbolPanel,
  whileLookingBack: 'past',
};

function SymbolPanel({ panelId }: PanelProps) {
  const { symbols, market } = useServices();
  const [symbol, setSymbol] = useState(() => symbols.current ?? remembered(panelId) ?? '');
  const [isLinked, setLinked] = useState(true);
  useEffect(() => {
    if (!isLinked) return;
    return symbols.follow(setSymbol);
  }, [symbols, isLinked]);
  const link = (on: boolean): void => {
    setLinked(on);
    if (on && symbols.current !== undefined) setSymbol(symbols.current);
  };
  useEffect(() => remember(panelId, symbol), [panelId, symbol]);
  const pick = (name: string): void => {
    setSymbol(name);
    if (isLinked) symbols.pick(name);
  };
  // A page that was never told a symbol shows the first one of the market rather than nothing.
  useEffect(() => {
    if (symbol !== '') return;
    return market.follow(() => setSymbol((now) => (now === '' ? (market.mirror.names[0] ?? '') : now)));
  }, [symbol, market]);
  const host = useRef<HTMLElement>(null);
  useFit(host, layoutsOf);
  return (
    <section ref={host} className="symbol-page" data-testid="symbol-page" aria-label={`Symbol page ${symbol}`}>
      <SymbolPage
        symbol={symbol}
        head={
          <>
            <SymbolSearch symbol={symbol} onPick={pick} />
            <button
              type="button"
              className="icon-button"
              aria-pressed={isLinked}
              aria-label={isLinked ? 'Follows the symbol of the window' : 'Keeps its symbol'}
              title={
                isLinked
                  ? 'Follows the symbol picked anywhere in this window. Click to keep this one.'
                  : 'Keeps this symbol. Click to follow the window again.'
              }
              onClick={() => link(!isLinked)}
            >
              {isLinked ? <Link2 size={14} aria-hidden="true" /> : <Link2Off size={14} aria-hidden="true" />}
            </button>
          </>
        }
      />
    </section>
  );
}

/** Narrow pages stack; tall ones give the rules room. */
function layoutsOf({ width, height }: Size): readonly string[] {
  if (width <= 760) return height <= 560 ? ['medium', 'narrow', 'narrow-low'] : ['medium', 'narrow'];
  const across = width <= 1000 ? ['medium'] : [];
  return height <= 520 ? [...across, 'wide-low'] : height >= 1400 ? [...across, 'wide-tall'] : across;
}

function SymbolPage({ symbol, head }: { readonly symbol: string; readonly head: React.ReactNode }) {
  const { market, health, linkStatus } = useServices();
  const host = useRef<HTMLDivElement>(null);
  const isOnScreen = useInSight(host);
  const value = useSymbolValue(symbol, isOnScreen);
  const row = useMarketRow(symbol);
  const pastUs = useStore(market.past);
  const isPast = pastUs !== null;
  const pastTape = usePastTape(symbol, isOnScreen ? pastUs : null);
  const link = useStore(linkStatus, (status) => status.state);
  const hasFeedGap = useStore(health, (state) => state.value?.feed.openGap ?? false);
  const [count, setCount] = useState({ held: 0, total: 0, isPartial: false });
  const [kind, chooseKind] = useChartKind();
  const onCount = useCallback(
    (held: number, total: number, isPartial: boolean) =>
      setCount((before) =>
        before.held === held && before.total === total && before.isPartial === isPartial
          ? before
          : { held, total, isPartial },
      ),
    [],
  );
  const { columns } = market.mirror;
  const at = (name: 'flags' | 'bid' | 'ask' | 'luldLow' | 'luldHigh'): number =>
    row < 0 ? 0 : (columns[name][row] as number);
  const truth = symbolTruth({
    link,
    isPast,
    hasFeedGap,
    flags: at('flags'),
    halt: value?.halt ?? '',
    haltReason: value?.haltReason ?? '',
  });
  const isConnected = link === 'live';
  return (
    <>
      <div className="symbol-head" data-past={isPast || undefined}>
        {head}
        <SymbolFacts row={row} truth={truth} phase={value?.phase ?? ''} />
      </div>
      <div ref={host} className="symbol-body" data-kind={truth.kind}>
        {value === null ? (
          <div className="empty">
            <h2>No symbol {symbol}</h2>
            <p>The engine does not know it. Type another one above, or pick a row of the market.</p>
          </div>
        ) : (
          <>
            <div className="symbol-main">
              <div className="sp-chart-bar">
                <select
                  className="sp-chart-kind"
                  data-testid="chart-kind"
                  aria-label="Kind of bars"
                  title={
                    isStandard(kind)
                      ? 'Bars of 100 counted trades each, the bars strategies see. Bars that share a time keep their own places.'
                      : 'Made from today’s trades for this chart. They know neither the quotes between trades nor gaps and halts; the bars of 100 trades do.'
                  }
                  value={kindKey(kind)}
                  onChange={(event) => chooseKind(event.target.value)}
                >
                  {CHART_KINDS.map((one) => (
                    <option key={kindKey(one)} value={kindKey(one)}>
                      {kindWords(one)}
                    </option>
                  ))}
                </select>
                <span
                  className="sp-legend"
                  data-series="vwap"
                  title="Volume-weighted average price of the day, from the bars. Shown once every bar of the day is loaded."
                >
                  VWAP
                </span>
                <span
                  className="sp-legend"
                  data-series="band"
                  title="Limit up-limit down band since this page shows the symbol"
                >
                  LULD
                </span>
                <span className="bar-space" />
                <span
                  className="quiet"
                  data-testid="bar-count"
                  title={
                    count.isPartial
                      ? 'Closed bars loaded. The trades before a restart of the engine are on disk only: these bars begin after it.'
                      : 'Closed bars loaded, of all closed today. Older ones load when you scroll left.'
                  }
                >
                  {count.isPartial ? 'since the restart: ' : ''}
                  {count.held === count.total
                    ? `${countText(count.total)} bars`
                    : `${countText(count.held)} of ${countText(count.total)} bars`}
                </span>
              </div>
              <SymbolChart
                key={`${symbol} ${kindKey(kind)}`}
                symbol={symbol}
                kind={kind}
                total={count.total}
                value={value}
                luldLow={at('luldLow')}
                luldHigh={at('luldHigh')}
                truth={chartTruth(truth, pastUs)}
                pastUs={pastUs}
                onCount={onCount}
              />
            </div>
            <aside className="symbol-side">
              <QuotesList quotes={value?.quotes ?? []} past={pastTape} />
              <TimeAndSales value={value} past={pastTape} />
            </aside>
            <div className="symbol-foot">
              <StrategyRules
                strategies={value?.strategies ?? []}
                liveNote={isPast ? besidePast('Judged', pastUs) : ''}
              />
              <div className="symbol-hands">
                <BuyTicket
                  key={symbol}
                  symbol={symbol}
                  bid={at('bid')}
                  ask={at('ask')}
                  obstacle={obstacleOf(isConnected, isPast, truth.kind)}
                />
                <OwnTrades
                  symbol={symbol}
                  positions={value?.positions ?? []}
                  orders={value?.orders ?? []}
                  isConnected={isConnected}
                  liveNote={isPast ? besidePast('Held and working', pastUs) : ''}
                />
              </div>
            </div>
          </>
        )}
      </div>
    </>
  );
}

function obstacleOf(isConnected: boolean, isPast: boolean, kind: string): string {
  if (!isConnected) return 'Nothing can be sent while the engine is not connected.';
  if (isPast) return 'These figures are of the past: go back to live to buy.';
  if (kind === 'halted') return 'Trading in this symbol is halted.';
  return '';
}

const KIND_KEY = 'drover.symbol-page.bars';

/** The kind of bars chosen last, in whatever symbol page. */
function useChartKind(): readonly [ChartKind, (key: string) => void] {
  const [kind, setKind] = useState(() => kindOf(browserStorage().load(KIND_KEY)));
  return [
    kind,
    (key) => {
      setKind(kindOf(key));
      browserStorage().save(KIND_KEY, key);
    },
  ];
}

/** A page keeps its symbol over a restart of its window. */
const KEY = 'drover.symbol-page';

function remembered(panelId: string): string | undefined {
  try {
    return localStorage.getItem(`${KEY}.${panelId}`) ?? undefined;
  } catch {
    return undefined;
  }
}

function remember(panelId: string, symbol: string): void {
  try {
    if (symbol !== '') localStorage.setItem(`${KEY}.${panelId}`, symbol);
  } catch {
    // A private window: the symbol lasts as long as the page.
  }
}
