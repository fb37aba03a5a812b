/** The market panel: every symbol, live, with its quick filter, count and columns. */
import { LayoutGrid } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { useServices } from '../../app/services.ts';
import { countText } from '../../format/number.ts';
import { MARKET_FIELDS, type MarketFieldName } from '../../stores/market-fields.ts';
import { parseFilter } from '../../stores/market-filter.ts';
import { columnsThatFit, COLUMN_SCALE, marketColumn, SCROLLBAR_WIDTH } from '../../grids/market-columns.ts';
import { SETTINGS_DEFAULT, type Density } from '../../stores/settings-store.ts';
import type { RowSort } from '../../stores/row-order.ts';
import type { PanelDefinition } from '../panel.ts';
import { ColumnChooser } from './column-chooser.tsx';
import { createGridController } from './grid-controller.ts';
import { MarketGrid } from './market-grid.tsx';
import { QuickFilter } from './quick-filter.tsx';
import { useTypeJump } from './type-jump.ts';
import './market-panel.css';

export const marketPanel: PanelDefinition = {
  kind: 'market',
  title: 'Market',
  explain: 'Every symbol of the market, live: sort, filter, jump by typing',
  icon: LayoutGrid,
  component: MarketPanel,
};

function usePanelWidth(): readonly [React.RefObject<HTMLDivElement | null>, number] {
  const host = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.round(entry?.contentRect.width ?? 0)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [host, width];
}

function MarketPanel() {
  const { market, perf, settings, linkStatus, symbols } = useServices();
  const chosen = useStore(settings, (state) => state.market);
  const density = useStore(settings, (state) => state.density);
  const linkState = useStore(linkStatus, (status) => status.state);
  const [host, width] = usePanelWidth();
  const [filter, setFilter] = useState('');
  const [count, setCount] = useState({ shown: 0, known: 0 });
  const [isPast, setPast] = useState(false);
  const isPicking = useRef(false);

  const controller = useMemo(() => {
    const pick = (symbol: string): void => {
      isPicking.current = true;
      symbols.pick(symbol);
      isPicking.current = false;
    };
    return createGridController(market, perf, { sort: firstSort(chosen.sort), onCursor: pick });
    // The saved sort is only where the grid starts from.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [market, perf, symbols]);

  useEffect(() => controller.onCount((shown, known) => setCount({ shown, known })), [controller]);
  useEffect(() => market.follow(() => setPast(market.mirror.isPast)), [market]);
  useEffect(
    () =>
      symbols.follow((symbol) => {
        if (isPicking.current) return;
        if (!controller.jump(symbol, true) && market.mirror.rowOf(symbol) !== undefined) setFilter('');
      }),
    [symbols, controller, market],
  );
  const parsed = useMemo(() => parseFilter(filter), [filter]);
  const test = parsed.ok ? parsed.test : undefined;
  useEffect(() => {
    // While a condition is half typed the rows stay as they are.
    if (parsed.ok) controller.setFilter(test);
  }, [controller, parsed.ok, test]);
  const jump = useTypeJump(market.mirror, controller);

  const shownColumns = useShownColumns(chosen.columns, width, density);
  const saveMarket = (change: Partial<typeof chosen>): void =>
    settings.setState(({ market: before }) => ({ market: { ...before, ...change } }));
  return (
    <section className="market-panel" data-link={linkState} data-past={isPast || undefined} aria-label="Market">
      <div className="panel-bar">
        <QuickFilter
          value={filter}
          error={parsed.ok ? '' : parsed.message}
          onChange={setFilter}
          onLeave={() => controller.step(0)}
        />
        <span className="row-count" title="Symbols shown, of all that are known">
          <b data-testid="row-count">{countText(count.shown)}</b>
          {count.shown === count.known ? ' symbols' : ` of ${countText(count.known)}`}
        </span>
        <span className="bar-space" />
        <ColumnChooser chosen={chosen.columns} shown={shownColumns} onChange={(columns) => saveMarket({ columns })} />
      </div>
      <div
        ref={host}
        className="market-grid"
        data-testid="market-grid"
        role="presentation"
        onKeyDown={jump.onKeyDown}
        tabIndex={-1}
      >
        {width > 0 && (
          <MarketGrid
            controller={controller}
            mirror={market.mirror}
            columns={shownColumns}
            density={density}
            sort={controller.order.sort()}
            onSort={(sort) => saveMarket({ sort })}
            onColumnsMoved={(columns) => saveMarket({ columns })}
          />
        )}
        {count.shown === 0 && <EmptyMarket known={count.known} onClear={() => setFilter('')} />}
        {jump.typed !== '' && (
          <output className="jump-chip" data-missing={jump.isMissing || undefined}>
            {jump.typed}
          </output>
        )}
        {isPast && <div className="past-label">PAST: this is the market as it was, not as it is</div>}
      </div>
    </section>
  );
}

/** The chosen columns, or as many as fit; the same array for as long as they are the same columns. */
function useShownColumns(chosen: readonly string[] | null, width: number, density: Density): readonly string[] {
  const known = chosen?.filter((id) => marketColumn(id) !== undefined) ?? [];
  const ids =
    known.length > 0 ? known : columnsThatFit(width - SCROLLBAR_WIDTH, COLUMN_SCALE[density]).map(({ id }) => id);
  const joined = ids.join();
  return useMemo(() => joined.split(','), [joined]);
}

function EmptyMarket({ known, onClear }: { readonly known: number; readonly onClear: () => void }) {
  if (known === 0) {
    return (
      <div className="empty">
        <h2>No symbols yet</h2>
        <p>
          Every symbol of the market appears here as soon as the engine has connected to its feed, with last, bid, ask,
          spread and volume, live.
        </p>
      </div>
    );
  }
  return (
    <div className="empty">
      <h2>Nothing passes the filter</h2>
      <p>
        All {countText(known)} symbols are watched; none meets every condition right now. Rows appear by themselves when
        one does.
      </p>
      <button type="button" className="button" onClick={onClear}>
        Clear the filter
      </button>
    </div>
  );
}

function firstSort(saved: { readonly field: string; readonly isDescending: boolean }): RowSort {
  const field = Object.hasOwn(MARKET_FIELDS, saved.field) ? saved.field : SETTINGS_DEFAULT.market.sort.field;
  return { field: field as MarketFieldName, isDescending: saved.isDescending };
}
