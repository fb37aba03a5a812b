/** Exchange numbers of the market data vendor in words: a short name for the tape and a full one for the tooltip. */
const VENUES: Readonly<Record<number, readonly [string, string]>> = {
  1: ['AMEX', 'NYSE American'],
  2: ['NQTX', 'Nasdaq Texas'],
  3: ['NSX', 'NYSE National'],
  4: ['TRF', 'FINRA trade reporting facility: made away from the exchanges'],
  5: ['UTP', 'UTP securities information processor'],
  6: ['ISE', 'International Securities Exchange'],
  7: ['EDGA', 'Cboe EDGA'],
  8: ['EDGX', 'Cboe EDGX'],
  9: ['NYTX', 'NYSE Texas'],
  10: ['NYSE', 'New York Stock Exchange'],
  11: ['ARCA', 'NYSE Arca'],
  12: ['NSDQ', 'Nasdaq'],
  13: ['CTA', 'CTA securities information processor'],
  14: ['LTSE', 'Long-Term Stock Exchange'],
  15: ['IEX', 'Investors Exchange'],
  16: ['CBSX', 'Cboe Stock Exchange'],
  17: ['PSX', 'Nasdaq PSX'],
  18: ['BYX', 'Cboe BYX'],
  19: ['BZX', 'Cboe BZX'],
  20: ['MIAX', 'MIAX Pearl'],
  21: ['MEMX', 'Members Exchange'],
  22: ['24X', '24X National Exchange'],
  23: ['TXSE', 'Texas Stock Exchange'],
  62: ['OTC', 'Over the counter'],
  201: ['TRFN', 'FINRA/NYSE trade reporting facility'],
  202: ['TRFQ', 'FINRA/Nasdaq trade reporting facility, Carteret'],
  203: ['TRFC', 'FINRA/Nasdaq trade reporting facility, Chicago'],
};

export function venueName(venue: number): string {
  return VENUES[venue]?.[0] ?? String(venue);
}

export function venueExplained(venue: number): string {
  return VENUES[venue]?.[1] ?? `Exchange number ${venue}, not in the table`;
}
