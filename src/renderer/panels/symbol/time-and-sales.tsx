/** Time and sales: each print, newest on top, coloured by the side it hit. Long and virtual; holes are marked. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { SymbolValue } from '#protocol';
import { useServices } from '../../app/services.ts';
import { countText, priceText, significantText } from '../../format/number.ts';
import { timeExplained, timeText } from '../../format/time.ts';
import { PastTag } from '../../parts/live-note.tsx';
import { EMPTY_TAPE, growTape, type PrintTape, type TapeLine } from './print-tape.ts';
import type { PastTape } from './use-past-tape.ts';
import { venueExplained, venueName } from './venues.ts';

const ROW_HEIGHT = { dense: 18, comfortable: 22 } as const;
const SIDE_WORDS = { 1: 'at the ask or above', 0: 'between bid and ask', [-1]: 'at the bid or below' } as const;

interface Held {
  /** The snapshot taken in last. */
  readonly value: SymbolValue | undefined;
  readonly tape: PrintTape;
}
const NOTHING_HELD: Held = { value: undefined, tape: EMPTY_TAPE };

interface TimeAndSalesProps {
  readonly value: SymbolValue | undefined;
  /** What had been printed by the instant the page shows; null: now. Prints are taken in meanwhile, so that none is missing after. */
  readonly past: PastTape | null;
}

export function TimeAndSales({ value, past }: TimeAndSalesProps) {
  const { settings } = useServices();
  const density = useStore(settings, (state) => state.density);
  const [held, setHeld] = useState<Held>(NOTHING_HELD);
  if (value && value !== held.value) {
    const before = held.value?.symbol === value.symbol ? held.tape : EMPTY_TAPE;
    setHeld({ value, tape: growTape(before, value.prints) });
  }
  const pastLines = useMemo(
    () => past?.prints.map((print, i): TapeLine => ({ kind: 'print', id: past.prints.length - i, print })),
    [past],
  );
  const lines = pastLines ?? (held.value?.symbol === value?.symbol ? held.tape : EMPTY_TAPE).lines;
  const scroller = useRef<HTMLDivElement>(null);
  const height = ROW_HEIGHT[density];
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    getItemKey: (index) => lines[index]?.id ?? index,
    overscan: 8,
  });
  useEffect(() => virtual.measure(), [virtual, height]);
  return (
    <section className="sp-tape" aria-label="Time and sales">
      <header className="sp-side-head">
        <b>Time and sales</b>
        {past === null ? (
          <span className="quiet">{lines.length > 0 ? countText(lines.length) : ''}</span>
        ) : (
          <PastTag us={past.atUs} text="What had been printed by then, newest on top." />
        )}
      </header>
      <div
        ref={scroller}
        className="sp-tape-lines"
        data-testid="time-and-sales"
        role="log"
        aria-live="off"
        tabIndex={0}
      >
        {past !== null && lines.length === 0 && <p className="sp-side-empty">{past.words}</p>}
        {past === null && lines.length === 0 && (
          <p className="sp-side-empty">
            Each trade appears here as it is reported, with its venue and the side it hit.
          </p>
        )}
        <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const line = lines[index];
            return line && <Line key={line.id} line={line} top={start} height={height} />;
          })}
        </div>
      </div>
    </section>
  );
}

function Line({ line, top, height }: { readonly line: TapeLine; readonly top: number; readonly height: number }) {
  const style = { transform: `translateY(${top}px)`, height, lineHeight: `${height}px` };
  if (line.kind === 'missing')
    return (
      <div
        className="sp-tape-line sp-tape-missing"
        style={style}
        title="More prints came than a window is sent. The bars have them all."
      >
        prints not shown here
      </div>
    );
  const { print } = line;
  const words = `${SIDE_WORDS[print.side]}${print.counts ? '' : ', not counted in bars (its conditions exclude it)'}`;
  return (
    <div
      className="sp-tape-line"
      data-side={print.side}
      data-counts={print.counts}
      style={style}
      title={`${timeExplained(print.atUs)}\n${venueExplained(print.venue)}\n${words}`}
    >
      <time>{timeText(print.atUs)}</time>
      <span className="sp-tape-price">{priceText(print.price)}</span>
      <span className="sp-tape-size">{print.size >= 1 ? countText(print.size) : significantText(print.size, 2)}</span>
      <span className="sp-tape-venue">{venueName(print.venue)}</span>
    </div>
  );
}
