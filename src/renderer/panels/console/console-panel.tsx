/** The console: every event the engine tells, in order, none missing; follows the newest until one scrolls up or pauses. */
import { ArrowDown, Download, Pause, Play, Terminal } from 'lucide-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState, useSyncExternalStore, type KeyboardEvent } from 'react';
import { useStore } from 'zustand';
import type { ConsoleItem } from '#protocol';
import { copyText } from '../../app/copy-text.ts';
import { useServices } from '../../app/services.ts';
import { csvText, downloadText } from '../../format/csv.ts';
import { countText } from '../../format/number.ts';
import { dateText, timeExplained, timeText } from '../../format/time.ts';
import type { PanelDefinition } from '../panel.ts';
import { ConsoleFilters } from './console-filters.tsx';
import { createConsoleView, matcher, NO_FILTER, type ConsoleFilter, type ConsoleView } from './console-view.ts';
import './console-panel.css';

export const consolePanel: PanelDefinition = {
  kind: 'console',
  title: 'Console',
  explain: 'Everything the engine says, in order: halts, signals, orders, faults',
  icon: Terminal,
  component: ConsolePanel,
};

const ROW_HEIGHT = { dense: 20, comfortable: 24 } as const;
/** Pixels from the end within which the list counts as being at its end. */
const END_SLACK = 8;
/** More pixels than the list can have; the browser stops at its end. */
const FAR_DOWN = 1e8;

function ConsolePanel() {
  const { console: list, settings, symbols, trades } = useServices();
  const density = useStore(settings, (state) => state.density);
  const [filter, setFilter] = useState<ConsoleFilter>(NO_FILTER);
  const view = useMemo(() => createConsoleView(list, filter), [list, filter]);
  useEffect(() => view.dispose, [view]);
  const revision = useSyncExternalStore(view.subscribe, () => view.revision);
  const scroller = useRef<HTMLDivElement>(null);
  const [isFollowing, setFollowing] = useState(true);
  const [isPaused, setPaused] = useState(false);
  const height = ROW_HEIGHT[density];
  const virtual = useVirtualizer({
    count: view.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 6,
  });
  useEffect(() => virtual.measure(), [virtual, height]);
  useEffect(() => view.pause(isPaused), [view, isPaused]);
  useEffect(() => {
    if (!isFollowing || isPaused) return;
    // Scrolling needs a layout. At the start of the next frame, before the grid writes its figures, that one is cheap.
    const frame = requestAnimationFrame(() => {
      if (scroller.current) scroller.current.scrollTop = FAR_DOWN;
    });
    return () => cancelAnimationFrame(frame);
  }, [isFollowing, isPaused, revision, view]);

  const onScroll = (): void => {
    const element = scroller.current;
    if (element) setFollowing(element.scrollHeight - element.scrollTop - element.clientHeight < END_SLACK);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const selected = getSelection()?.toString() ?? '';
    if (event.key === 'End') setFollowing(true);
    else if (event.key === 'p' && !event.ctrlKey && !event.metaKey) setPaused(!isPaused);
    else if (event.key === 'c' && (event.ctrlKey || event.metaKey) && selected === '') copyText(shownText(view));
    else return;
    event.preventDefault();
  };
  return (
    <section className="console-panel" aria-label="Console">
      <div className="panel-bar console-bar">
        <ConsoleFilters list={list} filter={filter} onChange={setFilter} />
        <span className="row-count" title="Lines shown, of all that are kept">
          <b>{countText(view.length)}</b>
          {view.length === list.length ? ' lines' : ` of ${countText(list.length)}`}
        </span>
        <span className="bar-space" />
        {!isFollowing && !isPaused && (
          <button type="button" className="icon-button labelled" onClick={() => setFollowing(true)}>
            <ArrowDown size={13} aria-hidden="true" />
            <span>Follow the newest</span>
          </button>
        )}
        <button
          type="button"
          className="icon-button labelled console-pause"
          data-testid="console-pause"
          aria-pressed={isPaused}
          title={isPaused ? 'Shows what came meanwhile and goes on (P)' : 'Holds the lines still; nothing is lost (P)'}
          onClick={() => setPaused(!isPaused)}
        >
          {isPaused ? <Play size={13} aria-hidden="true" /> : <Pause size={13} aria-hidden="true" />}
          <span>{isPaused ? `Go on, ${countText(view.waiting)} waiting` : 'Pause'}</span>
        </button>
        <button
          type="button"
          className="icon-button labelled"
          title="Saves the lines shown as a CSV file"
          onClick={() => downloadText('console.csv', consoleCsv(view))}
        >
          <Download size={13} aria-hidden="true" />
          <span>Export</span>
        </button>
      </div>
      <div
        ref={scroller}
        className="console-lines"
        data-testid="console"
        data-paused={isPaused || undefined}
        role="log"
        aria-label="Events"
        aria-live="off"
        tabIndex={0}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
      >
        {view.length === 0 && <EmptyConsole isFiltered={matcher(filter) !== undefined && list.length > 0} />}
        <div className="console-sheet" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const item = view.at(index);
            return (
              item && (
                <ConsoleLine
                  key={view.keyOf(index)}
                  item={item}
                  top={start}
                  height={height}
                  onSymbol={(symbol) => symbols.pick(symbol)}
                  onTrade={(tradeId) => trades.pick(tradeId)}
                />
              )
            );
          })}
        </div>
      </div>
    </section>
  );
}

function consoleCsv(view: ConsoleView): string {
  const rows = Array.from({ length: view.length }, (_, index) => view.at(index)).filter((item) => item !== undefined);
  return csvText(
    ['date', 'time', 'kind', 'severity', 'symbol', 'strategy', 'trade', 'text'],
    rows.map((item) => [
      dateText(item.atUs),
      timeText(item.atUs),
      item.kind,
      item.severity,
      item.symbol ?? '',
      item.strategy ?? '',
      item.tradeId ?? '',
      item.text,
    ]),
  );
}

const LINES_COPIED = 1_000;

/** The newest lines as text. */
function shownText(view: ConsoleView): string {
  const first = Math.max(0, view.length - LINES_COPIED);
  return Array.from({ length: view.length - first }, (_, at) => view.at(first + at))
    .map((item) => (item ? `${timeText(item.atUs)} ${item.kind} ${item.symbol ?? ''} ${item.text}` : ''))
    .join('\n');
}

interface ConsoleLineProps {
  readonly item: ConsoleItem;
  readonly top: number;
  readonly height: number;
  readonly onSymbol: (symbol: string) => void;
  readonly onTrade: (tradeId: string) => void;
}

function ConsoleLine({ item, top, height, onSymbol, onTrade }: ConsoleLineProps) {
  const { symbol, tradeId } = item;
  return (
    <div
      className="console-line"
      data-severity={item.severity}
      style={{ transform: `translateY(${top}px)`, height, lineHeight: `${height}px` }}
    >
      <time title={timeExplained(item.atUs)}>{timeText(item.atUs)}</time>
      <span className="console-kind" title={`Severity: ${item.severity}`}>
        {item.kind}
      </span>
      {symbol === undefined ? (
        <span className="console-symbol" />
      ) : (
        <button
          type="button"
          className="console-symbol"
          tabIndex={-1}
          title={`Look at ${symbol}`}
          onClick={() => onSymbol(symbol)}
        >
          {symbol}
        </button>
      )}
      {tradeId === undefined ? (
        <span className="console-text" title={item.text}>
          {item.text}
        </span>
      ) : (
        <button
          type="button"
          className="console-text console-trade"
          tabIndex={-1}
          title={`${item.text}\nOpens trade ${tradeId}`}
          onClick={() => onTrade(tradeId)}
        >
          {item.text}
        </button>
      )}
    </div>
  );
}

function EmptyConsole({ isFiltered }: { readonly isFiltered: boolean }) {
  return isFiltered ? (
    <div className="empty">
      <h2>No line matches</h2>
      <p>Lines that match appear here as they come. Clear the filters to see the others.</p>
    </div>
  ) : (
    <div className="empty">
      <h2>Nothing was said yet</h2>
      <p>Halts, signals, orders, fills and faults appear here the moment they happen, each with its time and symbol.</p>
    </div>
  );
}
