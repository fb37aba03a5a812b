/** The newest quotes, newest on top: how bid and offer moved. A part that moved since the quote before is marked. */
import type { QuoteView } from '#protocol';
import { compactText, priceText } from '../../format/number.ts';
import { timeExplained, timeText } from '../../format/time.ts';

const sign = (value: number): -1 | 0 | 1 => (value > 0 ? 1 : value < 0 ? -1 : 0);
const MOST = 40;

interface QuotesListProps {
  readonly quotes: readonly QuoteView[];
  /** The instant the page shows; null: now. What quotes there were then is not known here. */
  readonly pastUs: number | null;
}

export function QuotesList({ quotes, pastUs }: QuotesListProps) {
  return (
    <section className="sp-quotes" aria-label="Quotes">
      <header className="sp-side-head">
        <b>Quotes</b>
        <span className="quiet">size, bid × ask, size</span>
      </header>
      <div className="sp-quote-lines" data-testid="quotes">
        {pastUs === null && quotes.length === 0 && (
          <p className="sp-side-empty">Changes of the best bid and offer appear here.</p>
        )}
        {pastUs !== null && (
          <p className="sp-side-empty" data-testid="past-hidden">
            The live quotes are hidden while the page shows {timeText(pastUs, 'second')}.
          </p>
        )}
        {(pastUs === null ? quotes : []).slice(0, MOST).map((quote, i) => {
          const before = quotes[i + 1];
          return (
            <div
              key={i}
              className="sp-quote-line"
              data-bad={quote.bid >= quote.ask && quote.ask > 0 ? true : undefined}
              title={timeExplained(quote.atUs)}
            >
              <time>{timeText(quote.atUs)}</time>
              <span className="sp-quote-size">{compactText(quote.bidSize)}</span>
              <span data-sign={before && sign(quote.bid - before.bid)}>{priceText(quote.bid)}</span>
              <span data-sign={before && sign(quote.ask - before.ask)}>{priceText(quote.ask)}</span>
              <span className="sp-quote-size">{compactText(quote.askSize)}</span>
            </div>
          );
        })}
      </div>
    </section>
  );
}
