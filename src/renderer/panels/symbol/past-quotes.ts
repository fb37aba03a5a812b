/** How bid and ask moved in the past, from the trades of then: each knows the quote it met. Pure. */
import type { PastPrint, QuoteView } from '#protocol';

/** Newest first, one for each change; at the time of the first trade that met it. Sizes are not known: 0. */
export function quotesMet(prints: readonly PastPrint[]): readonly QuoteView[] {
  const quotes: QuoteView[] = [];
  for (const { atUs, bid, ask } of prints) {
    if (bid === 0 && ask === 0) continue;
    const last = quotes.at(-1);
    const quote = { atUs, bid, bidSize: 0, ask, askSize: 0 };
    if (last?.bid === bid && last.ask === ask) quotes[quotes.length - 1] = quote;
    else quotes.push(quote);
  }
  return quotes;
}
