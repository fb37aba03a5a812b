/** One small chart of the wall: symbol, last, result if held, the next exit and its distance. Follows only while in sight. */
import { Pin, PinOff } from 'lucide-react';
import { memo, useCallback, useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { PositionRow, SymbolValue } from '#protocol';
import { useServices } from '../../app/services.ts';
import { createBarFeed, type BarFeed } from '../../charts/bar-feed.ts';
import type { ChartLine } from '../../charts/chart-marks.ts';
import type { TickChart } from '../../charts/tick-chart.ts';
import { TickChartView } from '../../charts/tick-chart-view.tsx';
import { exitDistance, nextExit, tradeLines } from '../../charts/trade-lines.ts';
import { fixedText, priceText, signedText } from '../../format/number.ts';
import { LiveTag } from '../../parts/live-note.tsx';
import { MARKET_FIELDS } from '../../stores/market-fields.ts';
import { exitWords } from '../../format/exit-words.ts';
import { besidePast, symbolTruth } from '../symbol/symbol-truth.ts';
import { useInSight, useMarketRow } from '../symbol/use-symbol-value.ts';
import type { WallTile } from './wall-order.ts';

interface WallTileProps {
  readonly tile: WallTile;
  readonly positions: readonly PositionRow[];
  readonly isPinned: boolean;
  readonly onPin: (symbol: string) => void;
  readonly onOpen: (symbol: string) => void;
}

export const WallTileView = memo(function WallTileView({ tile, positions, isPinned, onPin, onOpen }: WallTileProps) {
  const { market } = useServices();
  const { symbol } = tile;
  const host = useRef<HTMLElement>(null);
  const isInSight = useInSight(host);
  const row = useMarketRow(symbol);
  const pastUs = useStore(market.past);
  const m = market.mirror;
  const read = (name: 'last' | 'changePct' | 'flags'): number => (row < 0 ? Number.NaN : MARKET_FIELDS[name](m, row));
  const changePct = read('changePct');
  const truth = symbolTruth({
    link: 'live',
    isPast: pastUs !== null,
    hasFeedGap: false,
    flags: read('flags') || 0,
    halt: '',
    haltReason: '',
  });
  return (
    <article
      ref={host}
      className="wall-tile"
      data-testid="wall-tile"
      data-symbol={symbol}
      data-reason={tile.reason}
      data-kind={truth.kind}
      aria-label={`${symbol}, ${tile.reason}`}
    >
      <header>
        <button
          type="button"
          className="wall-open"
          title={`Open the symbol page of ${symbol}`}
          onClick={() => onOpen(symbol)}
        >
          {symbol}
        </button>
        <span className="wall-reason" title={tile.text}>
          {tile.reason === 'held' ? tile.text : tile.reason === 'pinned' ? '' : tile.text}
        </span>
        {truth.label !== '' && (
          <span className="truth-badge" data-kind={truth.kind} title={truth.text}>
            {truth.label}
          </span>
        )}
        <span className="wall-last">{priceText(read('last'))}</span>
        <span className="wall-change" data-sign={Math.sign(changePct) || undefined}>
          {signedText(changePct)} %
        </span>
        <button
          type="button"
          className="icon-button wall-pin"
          aria-pressed={isPinned}
          aria-label={isPinned ? `Unpin ${symbol}` : `Pin ${symbol}`}
          title={isPinned ? 'Pinned: it stays. Click to let it go.' : 'Pin: it stays on the wall'}
          onClick={() => onPin(symbol)}
        >
          {isPinned ? <PinOff size={12} aria-hidden="true" /> : <Pin size={12} aria-hidden="true" />}
        </button>
      </header>
      <button
        type="button"
        className="wall-chart"
        aria-label={`Open the symbol page of ${symbol}`}
        onClick={() => onOpen(symbol)}
        tabIndex={-1}
      >
        {isInSight && <TileChart symbol={symbol} />}
        {pastUs !== null && (
          <LiveTag className="wall-live" text={besidePast('The chart and what is held are of', pastUs)} />
        )}
      </button>
      {positions.map((position) => (
        <TilePosition key={position.tradeId} position={position} />
      ))}
    </article>
  );
});

function TilePosition({ position }: { readonly position: PositionRow }) {
  const result = position.pnlNet / 1e6;
  const next = nextExit(position);
  const distance = next ? exitDistance(position, next) : null;
  return (
    <footer className="wall-position">
      <b className="wall-entry">
        {position.quantity} @ {priceText(position.entry / 1e6)}
      </b>
      <span
        className="wall-result"
        data-sign={result > 0.005 ? 1 : result < -0.005 ? -1 : undefined}
        title="Net of every cost if sold at the bid now"
      >
        {signedText(result)}
      </span>
      {next && (
        <span className="wall-next" title="The exit nearest to firing, and how far the bid is from it">
          {exitWords(next.rule)} {next.price === null ? '' : priceText(next.price / 1e6)}
          {distance !== null && (
            <small>
              {' '}
              {fixedText(distance, 2)}
              <i> away</i>
            </small>
          )}
        </span>
      )}
    </footer>
  );
}

/** Mounted only in sight: leaving the screen ends its topic and its chart. */
function TileChart({ symbol }: { readonly symbol: string }) {
  const { link } = useServices();
  const [hasBars, setHasBars] = useState<boolean>();
  const [lines, setLines] = useState<readonly ChartLine[]>([]);
  const parts = useRef<{ readonly feed: BarFeed }>(undefined);
  const onChart = useCallback(
    (chart: TickChart) => {
      const feed = createBarFeed({ commands: link.commands, symbol, chart, isMini: true });
      parts.current = { feed };
      return () => {
        parts.current = undefined;
        feed.stop();
      };
    },
    [link, symbol],
  );
  useEffect(() => {
    return link.value<SymbolValue | null>(
      'symbol',
      (value) => {
        if (!value || !parts.current) return;
        parts.current.feed.symbol(value);
        // The view sets them: it empties a chart of lines once it has made it, which may be after the first value is here.
        setLines((before) => tradeLines(value.positions, value.orders, before));
        setHasBars(value.barCount > 0 || value.forming !== null);
      },
      symbol,
    );
  }, [link, symbol]);
  return (
    <>
      <TickChartView
        testId="wall-chart"
        label={`${symbol}, small chart of tick bars`}
        isMini
        lines={lines}
        onChart={onChart}
      />
      {hasBars === false && <span className="wall-quiet">no trade yet</span>}
    </>
  );
}
