/**
 * Exchange ids as they appear in trades (venue) and quotes (bid and ask venue). An id that is not here is an unknown venue,
 * never an error: venues come and go.
 */
export interface Exchange {
  readonly id: number;
  /** Market identifier code; '' where the feed gives none. */
  readonly mic: string;
  /** Letter of the tape's participant id; '' when it has none. */
  readonly letter: string;
  readonly kind: 'exchange' | 'TRF' | 'SIP' | 'ORF';
  readonly name: string;
  readonly isOffExchange: boolean;
}

export interface ExchangeTable {
  readonly source: string;
  readonly updated: string;
  readonly exchanges: readonly Exchange[];
  /** Tape number to its letter and the listings it carries. */
  readonly tapes: Readonly<Record<1 | 2 | 3, { readonly letter: string; readonly listed: string }>>;
}

const row = (
  id: number,
  mic: string,
  letter: string,
  kind: Exchange['kind'],
  name: string,
  isOffExchange = false,
): Exchange => ({
  id,
  mic,
  letter,
  kind,
  name,
  isOffExchange,
});

export const US_EXCHANGES: ExchangeTable = {
  source: 'exchange reference of the data vendor, stocks, locale us (27 rows)',
  updated: '2026-09-03',
  exchanges: [
    row(1, 'XASE', 'A', 'exchange', 'NYSE American, LLC'),
    row(2, 'XBOS', 'B', 'exchange', 'Nasdaq Texas, Inc. (was Nasdaq BX)'),
    row(3, 'XCIS', 'C', 'exchange', 'NYSE National, Inc.'),
    row(4, 'XADF', 'D', 'TRF', 'FINRA Alternative Display Facility (also carries every TRF print)', true),
    row(5, '', 'E', 'SIP', 'Unlisted Trading Privileges (UTP SIP)'),
    row(6, 'XISE', 'I', 'TRF', 'International Securities Exchange, LLC - Stocks'),
    row(7, 'EDGA', 'J', 'exchange', 'Cboe EDGA'),
    row(8, 'EDGX', 'K', 'exchange', 'Cboe EDGX'),
    row(9, 'XCHI', 'M', 'exchange', 'NYSE Texas, Inc. (was NYSE Chicago)'),
    row(10, 'XNYS', 'N', 'exchange', 'New York Stock Exchange'),
    row(11, 'ARCX', 'P', 'exchange', 'NYSE Arca, Inc.'),
    row(12, 'XNAS', 'T', 'exchange', 'Nasdaq'),
    row(13, '', 'S', 'SIP', 'Consolidated Tape Association (CTA SIP)'),
    row(14, 'LTSE', 'L', 'exchange', 'Long-Term Stock Exchange'),
    row(15, 'IEXG', 'V', 'exchange', 'Investors Exchange'),
    row(16, 'CBSX', 'W', 'TRF', 'Cboe Stock Exchange'),
    row(17, 'XPHL', 'X', 'exchange', 'Nasdaq Philadelphia Exchange LLC (PSX)'),
    row(18, 'BATY', 'Y', 'exchange', 'Cboe BYX'),
    row(19, 'BATS', 'Z', 'exchange', 'Cboe BZX'),
    row(20, 'EPRL', 'H', 'exchange', 'MIAX Pearl'),
    row(21, 'MEMX', 'U', 'exchange', 'Members Exchange'),
    row(22, '24EQ', 'G', 'exchange', '24X National Exchange LLC'),
    row(23, 'TXSE', 'F', 'exchange', 'Texas Stock Exchange LLC'),
    row(62, 'OOTC', '', 'ORF', 'OTC Equity Security'),
    row(201, 'FINY', '', 'TRF', 'FINRA NYSE TRF', true),
    row(202, 'FINN', '', 'TRF', 'FINRA Nasdaq TRF Carteret', true),
    row(203, 'FINC', '', 'TRF', 'FINRA Nasdaq TRF Chicago', true),
  ],
  tapes: {
    1: { letter: 'A', listed: 'NYSE' },
    2: { letter: 'B', listed: 'NYSE American, NYSE Arca, Cboe BZX and other listings' },
    3: { letter: 'C', listed: 'Nasdaq' },
  },
};

/** The exchange of an id, or a stand-in that says it is unknown. */
export function exchangeOf(id: number, table: ExchangeTable = US_EXCHANGES): Exchange {
  return table.exchanges.find((exchange) => exchange.id === id) ?? row(id, '', '', 'exchange', `unknown venue ${id}`);
}
