/** The market panel: every symbol, live, with its quick filter, count and columns. */
import { Download, LayoutGrid } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { useServices } from '../../app/services.ts';
import { downloadText } from '../../format/csv.ts';
import { countText } from '../../format/number.ts';
import { timeText } from '../../format/time.ts';
import { MARKET_FIELDS, type MarketFieldName } from '../../stores/market-fields.ts';
import { parseFilter } from '../../stores/market-filter.ts';
import { columnsThatFit, COLUMN_SCALE, marketColumn, SCROLLBAR_WIDTH } from '../../grids/market-columns.ts';
import { SETTINGS_DEFAULT, type Density } from '../../stores/settings-store.ts';
import type { RowOrder, RowSort } from '../../stores/row-order.ts';
import { MarketScrub } from '../market-scrub/market-scrub.tsx';
import type { PanelDefinition } from '../panel.ts';
import { BreadthLine } from './breadth-line.tsx';
import { ColumnChooser } from './column-chooser.tsx';
import { createGridController } from './grid-controller.ts';
import { marketCsv } from './market-export.ts';
import { MarketGrid } from './market-grid.tsx';
import { LIST_VIEW, livingView, testOfView, viewOf } from './market-view.ts';
import { QuickFilter } from './quick-filter.tsx';
import { useRowHands } from './row-hands.ts';
import { useTypeJump } from './type-jump.ts';
import { ViewTabs } from './view-tabs.tsx';
import './market-panel.css';

export const marketPanel: PanelDefinition = {
  kind: 'market',
  title: 'Market',
  explain: 'Every symbol of the market, live: sort, filter, jump by typing',
  icon: LayoutGrid,
  component: MarketPanel,
  whileLookingBack: 'past',
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
  const { market, perf, settings, linkStatus, symbols, views, watchLists } = useServices();
  const chosen = useStore(settings, (state) => state.market);
  const density = useStore(settings, (state) => state.density);
  const linkState = useStore(linkStatus, (status) => status.state);
  const [host, width] = usePanelWidth();
  const own = useStore(views, (state) => state.views);
  const lists = useStore(watchLists);
  const view = livingView(chosen.view, own, lists);
  const [filter, setFilter] = useState(() => viewOf(view, own)?.filter ?? '');
  // A view may be chosen elsewhere: in the palette, in a watch list.
  useEffect(() => setFilter(viewOf(view, views.getState().views)?.filter ?? ''), [view, views]);
  const [count, setCount] = useState({ shown: 0, known: 0 });
  const pastUs = useStore(market.past);
  const isPast = pastUs !== null;
  const isPicking = useRef(false);

  const controller = useMemo(() => {
    const pick = (symbol: string): void => {
      isPicking.current = true;
      symbols.pick(symbol);
      isPicking.current = false;
    };
    return createGridController(market, perf, { sort: firstSort(chosen.sort), onCursor: pick });
    // The saved sort is only where the grid starts from.
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the saved sort is only where the grid starts from
  }, [market, perf, symbols]);

  useEffect(() => controller.onCount((shown, known) => setCount({ shown, known })), [controller]);
  useEffect(
    () =>
      symbols.follow((symbol) => {
        if (isPicking.current) return;
        if (!controller.jump(symbol, true) && market.mirror.rowOf(symbol) !== undefined) setFilter('');
      }),
    [symbols, controller, market],
  );
  const parsed = useMemo(() => parseFilter(filter), [filter]);
  const filterTest = parsed.ok ? parsed.test : undefined;
  const test = useMemo(() => testOfView(view, lists, filterTest), [view, lists, filterTest]);
  useEffect(() => {
    // While a condition is half typed the rows stay as they are.
    if (parsed.ok) controller.setFilter(test);
  }, [controller, parsed.ok, test]);
  const jump = useTypeJump(market.mirror, controller);

  const shownColumns = useShownColumns(chosen.columns, width, density);
  const saveMarket = (change: Partial<typeof chosen>): void =>
    settings.setState(({ market: before }) => ({ market: { ...before, ...change } }));
  const chooseView = (id: string): void => {
    const next = viewOf(id, views.getState().views);
    if (id.startsWith(LIST_VIEW)) watchLists.setState({ activeId: id.slice(LIST_VIEW.length) });
    setFilter(next?.filter ?? '');
    saveMarket(next ? { view: id, sort: next.sort, columns: next.columns } : { view: id });
  };
  const exportRows = (): void =>
    downloadText(fileNameOf(pastUs), marketCsv(market.mirror, shownRows(controller.order), shownColumns));
  const hands = useRowHands(controller, market.mirror, shownColumns, exportRows);
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
        <BreadthLine />
        <button
          type="button"
          className="icon-button labelled"
          title="Saves the rows shown, in this order, as a CSV file"
          onClick={exportRows}
        >
          <Download size={13} aria-hidden="true" />
          <span>Export</span>
        </button>
        <ColumnChooser chosen={chosen.columns} shown={shownColumns} onChange={(columns) => saveMarket({ columns })} />
      </div>
      <ViewTabs view={view} shown={{ filter, sort: chosen.sort, columns: chosen.columns }} onChoose={chooseView} />
      <div
        ref={host}
        className="market-grid"
        data-testid="market-grid"
        role="presentation"
        onKeyDown={(event) => {
          if (!hands.onKeyDown(event)) jump.onKeyDown(event);
        }}
        onContextMenu={hands.onContextMenu}
        onDoubleClick={hands.onDoubleClick}
        onDragStart={hands.onDragStart}
        tabIndex={-1}
      >
        {width > 0 && (
          <MarketGrid
            controller={controller}
            mirror={market.mirror}
            columns={shownColumns}
            density={density}
            sort={firstSort(chosen.sort)}
            onSort={(sort) => saveMarket({ sort })}
            onColumnsMoved={(columns) => saveMarket({ columns })}
          />
        )}
        {count.shown === 0 && (
          <EmptyMarket
            known={count.known}
            isList={view.startsWith(LIST_VIEW) && filter === ''}
            onClear={() => chooseView('all')}
          />
        )}
        {jump.typed !== '' && (
          <output className="jump-chip" data-missing={jump.isMissing || undefined}>
            {jump.typed}
          </output>
        )}
        {hands.menu}
        {isPast && <div className="past-label">PAST: this is the market as it was, not as it is</div>}
      </div>
      <MarketScrub />
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

function* shownRows(order: RowOrder): Iterable<number> {
  for (let slot = 0; slot < order.length; slot++) yield order.rowAt[slot] as number;
}

interface EmptyMarketProps {
  readonly known: number;
  readonly isList: boolean;
  readonly onClear: () => void;
}

function EmptyMarket({ known, isList, onClear }: EmptyMarketProps) {
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
  if (isList) {
    return (
      <div className="empty">
        <h2>This watch list is empty</h2>
        <p>
          Go to a symbol in the market and press Ctrl+D, use its menu, or drag it onto the list’s tab. It then appears
          here, live.
        </p>
        <button type="button" className="button" onClick={onClear}>
          Show all symbols
        </button>
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

/** Rows of the past must not pass for those of now in a file either. */
function fileNameOf(pastUs: number | null): string {
  return pastUs === null ? 'market.csv' : `market-at-${timeText(pastUs, 'second').replaceAll(':', '')}.csv`;
}

function firstSort(saved: { readonly field: string; readonly isDescending: boolean }): RowSort {
  const field = Object.hasOwn(MARKET_FIELDS, saved.field) ? saved.field : SETTINGS_DEFAULT.market.sort.field;
  return { field: field as MarketFieldName, isDescending: saved.isDescending };
}
