/** What a buy by hand would cost at the quote at hand. Pure. Dollars. The engine reckons anew, with fees, before it sends. */
export interface TicketCost {
  /** Price assumed: the limit, or the offer. */
  readonly price: number;
  readonly cash: number;
  /** Half of the spread, paid at once by buying at the offer. */
  readonly crossing: number;
  /** Loss if sold at the bid at once, before commission and fees. */
  readonly roundTrip: number;
}

export function ticketCost(shares: number, limit: number | null, bid: number, ask: number): TicketCost | undefined {
  const price = limit ?? ask;
  if (!(shares > 0) || !(price > 0)) return undefined;
  const hasQuote = bid > 0 && ask > 0;
  const paid = hasQuote ? Math.min(price, ask) : price;
  return {
    price,
    cash: shares * price,
    crossing: hasQuote ? shares * Math.max(0, paid - (bid + ask) / 2) : Number.NaN,
    roundTrip: hasQuote ? shares * (paid - bid) : Number.NaN,
  };
}

/** The number of shares in a text field, or why it is none. */
export function parseShares(text: string): { readonly shares: number } | { readonly fault: string } {
  const clean = text.replaceAll(',', '').trim();
  if (clean === '') return { fault: 'How many shares?' };
  if (!/^\d+$/.test(clean)) return { fault: 'Shares are a whole number.' };
  const shares = Number(clean);
  if (shares < 1) return { fault: 'At least one share.' };
  if (shares > 1_000_000) return { fault: 'At most 1,000,000 shares.' };
  return { shares };
}

/** A price in a text field as dollars, or why it is none. */
export function parsePrice(text: string): { readonly price: number } | { readonly fault: string } {
  const clean = text.replaceAll(',', '').trim();
  if (!/^\d*\.?\d{1,4}$/.test(clean)) return { fault: 'A price in dollars, such as 64.12.' };
  const price = Number(clean);
  return price > 0 ? { price } : { fault: 'A price above zero.' };
}
