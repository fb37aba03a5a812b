/** The console: every event the engine tells, in order, none missing; follows the newest until one scrolls up. */
import { ArrowDown, Terminal } from 'lucide-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import type { ConsoleItem, Severity } from '#protocol';
import { useServices } from '../../app/services.ts';
import { countText } from '../../format/number.ts';
import { timeExplained, timeText } from '../../format/time.ts';
import type { PanelDefinition } from '../panel.ts';
import { createConsoleView } from './console-view.ts';
import './console-panel.css';

export const consolePanel: PanelDefinition = {
  kind: 'console',
  title: 'Console',
  explain: 'Everything the engine says, in order: halts, signals, orders, faults',
  icon: Terminal,
  component: ConsolePanel,
};

const LEVELS: readonly { readonly value: Severity; readonly label: string }[] = [
  { value: 'debug', label: 'All' },
  { value: 'info', label: 'Info and up' },
  { value: 'notice', label: 'Notice and up' },
  { value: 'warn', label: 'Warnings and up' },
  { value: 'danger', label: 'Danger only' },
];
const ROW_HEIGHT = { dense: 20, comfortable: 24 } as const;
/** Pixels from the end within which the list counts as being at its end. */
const END_SLACK = 8;
/** More pixels than the list can have; the browser stops at its end. */
const FAR_DOWN = 1e8;

function ConsolePanel() {
  const { console: list, settings, symbols } = useServices();
  const density = useStore(settings, (state) => state.density);
  const [level, setLevel] = useState<Severity>('debug');
  const [text, setText] = useState('');
  const view = useMemo(() => createConsoleView(list, level, text), [list, level, text]);
  useEffect(() => view.dispose, [view]);
  const revision = useSyncExternalStore(view.subscribe, () => view.revision);
  const scroller = useRef<HTMLDivElement>(null);
  const [isFollowing, setFollowing] = useState(true);
  const height = ROW_HEIGHT[density];
  const virtual = useVirtualizer({
    count: view.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 6,
  });
  useEffect(() => virtual.measure(), [virtual, height]);
  useEffect(() => {
    if (!isFollowing) return;
    // Scrolling needs a layout. At the start of the next frame, before the grid writes its figures, that one is cheap.
    const frame = requestAnimationFrame(() => {
      if (scroller.current) scroller.current.scrollTop = FAR_DOWN;
    });
    return () => cancelAnimationFrame(frame);
  }, [isFollowing, revision, view]);

  const onScroll = (): void => {
    const element = scroller.current;
    if (element) setFollowing(element.scrollHeight - element.scrollTop - element.clientHeight < END_SLACK);
  };
  return (
    <section className="console-panel" aria-label="Console">
      <div className="panel-bar">
        <input
          className="text-input"
          value={text}
          placeholder="Find in the console"
          aria-label="Find in the console"
          spellCheck={false}
          onChange={(event) => setText(event.target.value)}
        />
        <select
          className="text-input"
          value={level}
          aria-label="Least severity shown"
          onChange={(event) => setLevel(event.target.value as Severity)}
        >
          {LEVELS.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
        <span className="row-count" title="Lines shown, of all that are kept">
          <b>{countText(view.length)}</b>
          {view.length === list.length ? ' lines' : ` of ${countText(list.length)}`}
        </span>
        <span className="bar-space" />
        {!isFollowing && (
          <button type="button" className="icon-button labelled" onClick={() => setFollowing(true)}>
            <ArrowDown size={13} aria-hidden="true" />
            <span>Follow the newest</span>
          </button>
        )}
      </div>
      <div
        ref={scroller}
        className="console-lines"
        data-testid="console"
        role="log"
        aria-live="off"
        tabIndex={0}
        onScroll={onScroll}
      >
        {view.length === 0 && <EmptyConsole isFiltered={list.length > 0} />}
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
                  onPick={(symbol) => symbols.pick(symbol)}
                />
              )
            );
          })}
        </div>
      </div>
    </section>
  );
}

interface ConsoleLineProps {
  readonly item: ConsoleItem;
  readonly top: number;
  readonly height: number;
  readonly onPick: (symbol: string) => void;
}

function ConsoleLine({ item, top, height, onPick }: ConsoleLineProps) {
  const { symbol } = item;
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
          title={`Show ${symbol} in the market`}
          onClick={() => onPick(symbol)}
        >
          {symbol}
        </button>
      )}
      <span className="console-text" title={item.text}>
        {item.text}
      </span>
    </div>
  );
}

function EmptyConsole({ isFiltered }: { readonly isFiltered: boolean }) {
  return isFiltered ? (
    <div className="empty">
      <h2>No line matches</h2>
      <p>Lines that match appear here as they come. Clear the text or lower the severity to see the others.</p>
    </div>
  ) : (
    <div className="empty">
      <h2>Nothing was said yet</h2>
      <p>Halts, signals, orders, fills and faults appear here the moment they happen, each with its time and symbol.</p>
    </div>
  );
}
