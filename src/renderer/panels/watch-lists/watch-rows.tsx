/** The rows of a watch list: figures read from the window's market a few times a second, order by drag or Alt and arrows. */
import { GripVertical, X } from 'lucide-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useReducer, useRef, useState, type DragEvent, type KeyboardEvent } from 'react';
import { useStore } from 'zustand';
import { copyText } from '../../app/copy-text.ts';
import { useServices } from '../../app/services.ts';
import { bpsText, compactText, NONE, priceText, signedText } from '../../format/number.ts';
import { timeText } from '../../format/time.ts';
import { MARKET_FIELDS } from '../../stores/market-fields.ts';
import type { MarketMirror } from '../../stores/market-mirror.ts';
import { addSymbols, moveSymbol, removeSymbol, type WatchList } from '../../stores/watch-lists.ts';
import { SYMBOL_DRAG } from '../market/market-view.ts';

const REPAINT_EVERY_MS = 200;
const ROW_HEIGHT = { dense: 24, comfortable: 28 } as const;

const COLUMNS: readonly {
  readonly id: string;
  readonly title: string;
  readonly explain: string;
  readonly text: (mirror: MarketMirror, row: number) => string;
}[] = [
  {
    id: 'last',
    title: 'Last',
    explain: 'Price of the last trade, dollars',
    text: (m, r) => priceText(MARKET_FIELDS.last(m, r)),
  },
  {
    id: 'changePct',
    title: 'Chg %',
    explain: 'Last against the previous close',
    text: (m, r) => signedText(MARKET_FIELDS.changePct(m, r)),
  },
  {
    id: 'bid',
    title: 'Bid',
    explain: 'National best bid, dollars',
    text: (m, r) => priceText(MARKET_FIELDS.bid(m, r)),
  },
  {
    id: 'ask',
    title: 'Ask',
    explain: 'National best offer, dollars',
    text: (m, r) => priceText(MARKET_FIELDS.ask(m, r)),
  },
  {
    id: 'spread',
    title: 'Spread',
    explain: '(ask − bid) / middle, basis points',
    text: (m, r) => bpsText(MARKET_FIELDS.spreadBps(m, r)),
  },
  {
    id: 'volume',
    title: 'Volume',
    explain: 'Shares traded today',
    text: (m, r) => compactText(MARKET_FIELDS.volume(m, r)),
  },
];

/** A rerender a few times a second while the market moves. */
function useMarketPulse(): void {
  const { market } = useServices();
  const [, pulse] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    // The last frame counts too: a market looked back at sends no more.
    const leave = market.follow(() => {
      timer ??= setTimeout(() => {
        timer = undefined;
        pulse();
      }, REPAINT_EVERY_MS);
    });
    return () => {
      clearTimeout(timer);
      leave();
    };
  }, [market]);
}

export function WatchRows({ list }: { readonly list: WatchList }) {
  const { market, settings, watchLists, symbols, panels } = useServices();
  const density = useStore(settings, (state) => state.density);
  useMarketPulse();
  const pastUs = useStore(market.past);
  const scroller = useRef<HTMLDivElement>(null);
  const [cursor, setCursor] = useState<string>();
  const [dropAt, setDropAt] = useState<number>();
  const height = ROW_HEIGHT[density];
  const virtual = useVirtualizer({
    count: list.symbols.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 6,
  });
  useEffect(() => virtual.measure(), [virtual, height]);

  const place = (symbol: string): number => list.symbols.indexOf(symbol);
  const move = (symbol: string, to: number): void =>
    watchLists.setState(moveSymbol(watchLists.getState(), list.id, symbol, to));
  const goTo = (at: number): void => {
    const symbol = list.symbols[Math.max(0, Math.min(list.symbols.length - 1, at))];
    if (symbol === undefined) return;
    setCursor(symbol);
    symbols.pick(symbol);
    virtual.scrollToIndex(list.symbols.indexOf(symbol));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = cursor === undefined ? -1 : place(cursor);
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0 && event.altKey && cursor !== undefined) move(cursor, step > 0 ? at + 2 : at - 1);
    else if (step !== 0) goTo(at < 0 ? 0 : at + step);
    else if (event.key === 'Enter' && cursor !== undefined) panels.open('symbol');
    else if (event.key === 'Delete' && cursor !== undefined) {
      watchLists.setState(removeSymbol(watchLists.getState(), list.id, cursor));
      goTo(Math.min(at, list.symbols.length - 2));
    } else if (event.key.toLowerCase() === 'c' && (event.ctrlKey || event.metaKey) && cursor !== undefined)
      copyText(cursor);
    else return;
    event.preventDefault();
  };
  const drop = (event: DragEvent): void => {
    const symbol = event.dataTransfer.getData(SYMBOL_DRAG);
    const to = dropAt ?? list.symbols.length;
    setDropAt(undefined);
    if (symbol === '') return;
    event.preventDefault();
    watchLists.setState(moveSymbol(addSymbols(watchLists.getState(), list.id, [symbol]), list.id, symbol, to));
  };
  const dragOver = (event: DragEvent): void => {
    if (!event.dataTransfer.types.includes(SYMBOL_DRAG)) return;
    event.preventDefault();
    const top = scroller.current?.getBoundingClientRect().top ?? 0;
    const y = event.clientY - top + (scroller.current?.scrollTop ?? 0);
    setDropAt(Math.max(0, Math.min(list.symbols.length, Math.round(y / height))));
  };
  return (
    <>
      <div className="watch-row watch-head" aria-hidden="true">
        <span />
        <span>Symbol</span>
        {COLUMNS.map(({ id, title, explain }) => (
          <span key={id} className="n" title={explain}>
            {title}
          </span>
        ))}
        <span />
      </div>
      <div
        ref={scroller}
        className="watch-body"
        role={list.symbols.length === 0 ? 'group' : 'listbox'}
        aria-label={`Symbols of ${list.name}`}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onDragOver={dragOver}
        onDragLeave={() => setDropAt(undefined)}
        onDrop={drop}
      >
        <div role="presentation" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const symbol = list.symbols[index];
            if (symbol === undefined) return null;
            return (
              <WatchRow
                key={symbol}
                symbol={symbol}
                mirror={market.mirror}
                top={start}
                height={height}
                isCursor={symbol === cursor}
                onPick={() => goTo(index)}
                onOpen={() => panels.open('symbol')}
                onRemove={() => watchLists.setState(removeSymbol(watchLists.getState(), list.id, symbol))}
              />
            );
          })}
        </div>
        {dropAt !== undefined && <span className="watch-drop" role="presentation" style={{ top: dropAt * height }} />}
      </div>
      {pastUs !== null && <div className="past-label">PAST: these figures are of {timeText(pastUs, 'second')}</div>}
      {list.symbols.length === 0 && (
        <div className="empty watch-empty">
          <h2>Nothing on this list yet</h2>
          <p>Type symbols above, drag them here from the market, or press Ctrl+D on a row of the market.</p>
        </div>
      )}
    </>
  );
}

interface WatchRowProps {
  readonly symbol: string;
  readonly mirror: MarketMirror;
  readonly top: number;
  readonly height: number;
  readonly isCursor: boolean;
  readonly onPick: () => void;
  readonly onOpen: () => void;
  readonly onRemove: () => void;
}

function WatchRow({ symbol, mirror, top, height, isCursor, onPick, onOpen, onRemove }: WatchRowProps) {
  const row = mirror.rowOf(symbol);
  return (
    <div
      className="watch-row"
      role="option"
      aria-selected={isCursor}
      data-symbol={symbol}
      data-unknown={row === undefined || undefined}
      draggable
      style={{ transform: `translateY(${top}px)`, height, lineHeight: `${height}px` }}
      title={row === undefined ? `${symbol} is not in the market this engine sees` : undefined}
      onClick={onPick}
      onDoubleClick={onOpen}
      onDragStart={(event) => {
        event.dataTransfer.setData(SYMBOL_DRAG, symbol);
        event.dataTransfer.setData('text/plain', symbol);
      }}
    >
      <GripVertical className="watch-grip" size={12} aria-hidden="true" />
      <b>{symbol}</b>
      {COLUMNS.map(({ id, text }) => {
        const shown = row === undefined ? NONE : text(mirror, row);
        const tone =
          id !== 'changePct' ? undefined : shown.startsWith('+') ? 'up' : shown.startsWith('−') ? 'down' : 'flat';
        return (
          <span key={id} className="n" data-tone={tone}>
            {shown}
          </span>
        );
      })}
      <span
        className="watch-remove"
        aria-hidden="true"
        title={`Takes ${symbol} off the list (Delete)`}
        onClick={(event) => {
          event.stopPropagation();
          onRemove();
        }}
      >
        <X size={12} />
      </span>
    </div>
  );
}
