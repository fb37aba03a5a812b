/** The newest quotes, newest on top: how bid and offer moved. A part that moved since the quote before is marked. */
import { useRef } from 'react';
import type { QuoteView } from '#protocol';
import { PastTag } from '../../parts/live-note.tsx';
import { compactText, priceText } from '../../format/number.ts';
import { timeExplained, timeText } from '../../format/time.ts';
import { useSize } from '../../parts/use-size.ts';
import { quotesMet } from './past-quotes.ts';
import type { PastTape } from './use-past-tape.ts';

const sign = (value: number): -1 | 0 | 1 => (value > 0 ? 1 : value < 0 ? -1 : 0);
const MOST = 40;
/** As in the style sheet. */
const LINE_HEIGHT = 18;

/** A line keeps its element while newer ones come above it: only what is new is written and laid out. */
function keysOf(quotes: readonly QuoteView[]): readonly string[] {
  const seen = new Map<string, number>();
  return quotes
    .toReversed()
    .map(({ atUs, bid, ask, bidSize, askSize }) => {
      const key = `${atUs} ${bid} ${ask} ${bidSize} ${askSize}`;
      const count = (seen.get(key) ?? 0) + 1;
      seen.set(key, count);
      return `${key} ${count}`;
    })
    .toReversed();
}

interface QuotesListProps {
  readonly quotes: readonly QuoteView[];
  /** The trades up to the instant the page shows, with the quote each one met; null: now. */
  readonly past: PastTape | null;
}

export function QuotesList({ quotes, past }: QuotesListProps) {
  const host = useRef<HTMLDivElement>(null);
  const { height } = useSize(host);
  const shown = past === null ? quotes : quotesMet(past.prints);
  const lines = shown.slice(0, Math.min(MOST, Math.ceil(height / LINE_HEIGHT)));
  const keys = keysOf(lines);
  return (
    <section className="sp-quotes" aria-label="Quotes">
      <header className="sp-side-head">
        <b>Quotes</b>
        {past === null ? (
          <span className="quiet">size, bid × ask, size</span>
        ) : (
          <PastTag us={past.atUs} text="The bid and ask that the trades up to then met; sizes are not kept." />
        )}
      </header>
      <div ref={host} className="sp-quote-lines" data-testid="quotes">
        {shown.length === 0 && (
          <p className="sp-side-empty">{past?.words ?? 'Changes of the best bid and offer appear here.'}</p>
        )}
        {lines.map((quote, i) => {
          const before = shown[i + 1];
          return (
            <div
              key={keys[i]}
              className="sp-quote-line"
              data-bad={quote.bid >= quote.ask && quote.ask > 0 ? true : undefined}
              title={timeExplained(quote.atUs)}
            >
              <time>{timeText(quote.atUs)}</time>
              <span className="sp-quote-size">{past === null ? compactText(quote.bidSize) : ''}</span>
              <span data-sign={before && sign(quote.bid - before.bid)}>{priceText(quote.bid)}</span>
              <span data-sign={before && sign(quote.ask - before.ask)}>{priceText(quote.ask)}</span>
              <span className="sp-quote-size">{past === null ? compactText(quote.askSize) : ''}</span>
            </div>
          );
        })}
      </div>
    </section>
  );
}
