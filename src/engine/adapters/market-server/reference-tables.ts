/**
 * The vendor's tables of conditions and exchanges, as its reference endpoints state them: facts, re-tabulated. Ids are used again
 * across data types, so (data type, id) is the key.
 */
export interface ConditionRow {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly dataType: 'trade' | 'quote' | 'luld';
  /** May the print set high/low, open/close, volume? Null where the vendor states no rule. */
  readonly updates: readonly [highLow: boolean, openClose: boolean, volume: boolean] | null;
}

type Packed = readonly [id: number, name: string, type: string, rules: string];

const TRADE: readonly Packed[] = [
  [1, 'Acquisition', 'sale_condition', 'yyy'],
  [2, 'Average Price Trade', 'sale_condition', 'nny'],
  [3, 'Automatic Execution', 'sale_condition', 'yyy'],
  [4, 'Bunched Trade', 'sale_condition', 'yyy'],
  [5, 'Bunched Sold Trade', 'sale_condition', 'yny'],
  [6, 'CAP Election', 'sale_condition', 'yyy'],
  [7, 'Cash Sale', 'sale_condition', 'nny'],
  [8, 'Closing Prints', 'sale_condition', 'yyy'],
  [9, 'Cross Trade', 'sale_condition', 'yyy'],
  [10, 'Derivatively Priced', 'sale_condition', 'yny'],
  [11, 'Distribution', 'sale_condition', 'yyy'],
  [12, 'Form T/Extended Hours', 'sale_condition', 'nny'],
  [13, 'Extended Hours (Sold Out Of Sequence)', 'sale_condition', 'nny'],
  [14, 'Intermarket Sweep', 'sale_condition', 'yyy'],
  [15, 'Market Center Official Close', 'sale_condition', 'nnn'],
  [16, 'Market Center Official Open', 'sale_condition', 'nnn'],
  [17, 'Market Center Opening Trade', 'sale_condition', 'yyy'],
  [18, 'Market Center Reopening Trade', 'sale_condition', 'yyy'],
  [19, 'Market Center Closing Trade', 'sale_condition', 'yyy'],
  [20, 'Next Day', 'sale_condition', 'nny'],
  [21, 'Price Variation Trade', 'sale_condition', 'nny'],
  [22, 'Prior Reference Price', 'sale_condition', 'yny'],
  [23, 'Rule 155 Trade (AMEX)', 'sale_condition', 'yyy'],
  [24, 'Rule 127 (NYSE Only)', 'sale_condition', 'yyy'],
  [25, 'Opening Prints', 'sale_condition', 'yyy'],
  [27, 'Stopped Stock (Regular Trade)', 'sale_condition', 'yyy'],
  [28, 'Re-Opening Prints', 'sale_condition', 'yyy'],
  [29, 'Seller', 'sale_condition', 'nny'],
  [30, 'Sold Last', 'sale_condition', 'yyy'],
  [31, 'Sold Last and Stopped Stock', 'sale_condition', 'yyy'],
  [32, 'Sold (Out Of Sequence)', 'sale_condition', 'yny'],
  [33, 'Sold (Out of Sequence) and Stopped Stock', 'sale_condition', 'yny'],
  [34, 'Split Trade', 'sale_condition', 'yyy'],
  [35, 'Stock Option', 'sale_condition', 'yyy'],
  [36, 'Yellow Flag Regular Trade', 'sale_condition', 'yyy'],
  [37, 'Odd Lot Trade', 'sale_condition', 'nny'],
  [38, 'Corrected Consolidated Close (per listing market)', 'sale_condition', 'yyn'],
  [41, 'Trade Thru Exempt', 'trade_thru_exempt', 'yyy'],
  [52, 'Contingent Trade', 'sale_condition', 'nny'],
  [53, 'Qualified Contingent Trade', 'sale_condition', 'nny'],
  [55, 'Opening Reopening Trade Detail', 'sale_condition', 'yyy'],
  [57, 'Short Sale Restriction Activated', 'short_sale_restriction_indicator', ''],
  [58, 'Short Sale Restriction Continued', 'short_sale_restriction_indicator', ''],
  [59, 'Short Sale Restriction Deactivated', 'short_sale_restriction_indicator', ''],
  [60, 'Short Sale Restriction In Effect', 'short_sale_restriction_indicator', ''],
  [62, 'Financial Status - Bankrupt', 'financial_status_indicator', ''],
  [63, 'Financial Status - Deficient', 'financial_status_indicator', ''],
  [64, 'Financial Status - Delinquent', 'financial_status_indicator', ''],
  [65, 'Financial Status - Bankrupt and Deficient', 'financial_status_indicator', ''],
  [66, 'Financial Status - Bankrupt and Delinquent', 'financial_status_indicator', ''],
  [67, 'Financial Status - Deficient and Delinquent', 'financial_status_indicator', ''],
  [68, 'Financial Status - Deficient, Delinquent, and Bankrupt', 'financial_status_indicator', ''],
  [69, 'Financial Status - Liquidation', 'financial_status_indicator', ''],
  [70, 'Financial Status - Creations Suspended', 'financial_status_indicator', ''],
  [71, 'Financial Status - Redemptions Suspended', 'financial_status_indicator', ''],
];
const QUOTE: readonly Packed[] = [
  [1, 'Regular Two-Sided Open', 'quote_condition', ''],
  [2, 'Regular One-Sided Open', 'quote_condition', ''],
  [3, 'Slow Ask', 'quote_condition', ''],
  [4, 'Slow Bid', 'quote_condition', ''],
  [5, 'Slow Bid and Ask', 'quote_condition', ''],
  [6, 'Slow Due LRP Bid', 'quote_condition', ''],
  [7, 'Slow Due LRP Ask', 'quote_condition', ''],
  [9, 'Slow Due Set Slow List Bid Ask', 'quote_condition', ''],
  [10, 'Manual Ask Automated Bid', 'quote_condition', ''],
  [11, 'Manual Bid Automated Ask', 'quote_condition', ''],
  [12, 'Manual Bid and Ask', 'quote_condition', ''],
  [13, 'Opening', 'quote_condition', ''],
  [14, 'Closing', 'quote_condition', ''],
  [15, 'Closed', 'quote_condition', ''],
  [16, 'Resume', 'quote_condition', ''],
  [17, 'Fast Trading', 'quote_condition', ''],
  [18, 'Trading Range Indication', 'quote_condition', ''],
  [19, 'Market Maker Quotes Closed', 'quote_condition', ''],
  [20, 'Non-Firm', 'quote_condition', ''],
  [21, 'News Dissemination', 'quote_condition', ''],
  [22, 'Order Influx', 'quote_condition', ''],
  [23, 'Order Imbalance', 'quote_condition', ''],
  [26, 'Additional Information', 'quote_condition', ''],
  [27, 'News Pending', 'quote_condition', ''],
  [28, 'Additional Information Due To Related Security', 'quote_condition', ''],
  [29, 'Due To Related Security', 'quote_condition', ''],
  [30, 'In View Of Common', 'quote_condition', ''],
  [31, 'Equipment Changeover', 'quote_condition', ''],
  [32, 'No Open No Resume', 'quote_condition', ''],
  [35, 'LULD Price Band (retired glossary)', 'quote_condition', ''],
  [36, 'Market-Wide Circuit Breaker Level 1', 'quote_condition', ''],
  [37, 'Market-Wide Circuit Breaker Level 2', 'quote_condition', ''],
  [38, 'Market-Wide Circuit Breaker Level 3', 'quote_condition', ''],
  [39, 'LULD Republished Price Band (retired glossary)', 'quote_condition', ''],
  [40, 'On Demand Auction', 'quote_condition', ''],
  [41, 'Cash Only Settlement', 'quote_condition', ''],
  [42, 'Next Day Settlement', 'quote_condition', ''],
  [43, 'LULD Trading Pause', 'quote_condition', ''],
  [71, 'Slow Due LRP Bid and Ask', 'quote_condition', ''],
  [80, 'Cancel (retired glossary)', 'quote_condition', ''],
  [81, 'Corrected Price Indication', 'quote_condition', ''],
  [82, 'SIP Generated', 'quote_condition', ''],
  [84, 'Crossed Market', 'quote_condition', ''],
  [85, 'Locked Market', 'quote_condition', ''],
  [94, 'CQS Generated', 'quote_condition', ''],
  [34, 'Unnamed', 'quote_condition', ''],
  [1, '(uninterpreted: present on about 94 % of quotes before June 2026)', 'nbbo_condition', ''],
  [501, 'Retail interest on bid', 'nbbo_condition', ''],
  [502, 'Retail interest on ask', 'nbbo_condition', ''],
  [503, 'Retail interest on bid and ask', 'nbbo_condition', ''],
  [601, 'No NBBO change', 'nbbo_condition', ''],
  [602, 'Quote is the NBBO', 'nbbo_condition', ''],
  [603, 'No best bid / no best offer', 'nbbo_condition', ''],
  [604, 'NBBO short appendage', 'nbbo_condition', ''],
  [605, 'NBBO long appendage', 'nbbo_condition', ''],
];
const LULD: readonly Packed[] = [
  [15, 'Limit Up-Limit Down (intraday update)', 'luld_indicator', ''],
  [16, 'Restated value', 'luld_indicator', ''],
  [17, 'Suspended / halt / pause', 'luld_indicator', ''],
  [18, 'Reopening update', 'luld_indicator', ''],
  [19, 'Outside price-band rule hours', 'luld_indicator', ''],
  [21, 'Price band', 'luld_indicator', ''],
  [22, 'Republished price band', 'luld_indicator', ''],
];

const unpack =
  (dataType: ConditionRow['dataType']) =>
  ([id, name, type, rules]: Packed): ConditionRow => ({
    id,
    name,
    type,
    dataType,
    updates: rules === '' ? null : [rules[0] === 'y', rules[1] === 'y', rules[2] === 'y'],
  });

export const CONDITIONS: readonly ConditionRow[] = [
  ...TRADE.map(unpack('trade')),
  ...QUOTE.map(unpack('quote')),
  ...LULD.map(unpack('luld')),
];

export interface ExchangeRow {
  readonly id: number;
  readonly type: string;
  readonly name: string;
  readonly mic: string | null;
  readonly operatingMic: string | null;
  readonly participant: string | null;
}

export const EXCHANGES: readonly ExchangeRow[] = [
  { id: 1, type: 'exchange', name: 'NYSE American, LLC', mic: 'XASE', operatingMic: 'XNYS', participant: 'A' },
  {
    id: 2,
    type: 'exchange',
    name: 'Nasdaq Texas, Inc. (was Nasdaq BX)',
    mic: 'XBOS',
    operatingMic: 'XNAS',
    participant: 'B',
  },
  { id: 3, type: 'exchange', name: 'NYSE National, Inc.', mic: 'XCIS', operatingMic: 'XNYS', participant: 'C' },
  {
    id: 4,
    type: 'TRF',
    name: 'FINRA Alternative Display Facility (also carries every TRF print)',
    mic: 'XADF',
    operatingMic: 'FINR',
    participant: 'D',
  },
  {
    id: 5,
    type: 'SIP',
    name: 'Unlisted Trading Privileges (UTP SIP)',
    mic: null,
    operatingMic: 'XNAS',
    participant: 'E',
  },
  {
    id: 6,
    type: 'TRF',
    name: 'International Securities Exchange, LLC - Stocks',
    mic: 'XISE',
    operatingMic: 'XNAS',
    participant: 'I',
  },
  { id: 7, type: 'exchange', name: 'Cboe EDGA', mic: 'EDGA', operatingMic: 'XCBO', participant: 'J' },
  { id: 8, type: 'exchange', name: 'Cboe EDGX', mic: 'EDGX', operatingMic: 'XCBO', participant: 'K' },
  {
    id: 9,
    type: 'exchange',
    name: 'NYSE Texas, Inc. (was NYSE Chicago)',
    mic: 'XCHI',
    operatingMic: 'XNYS',
    participant: 'M',
  },
  { id: 10, type: 'exchange', name: 'New York Stock Exchange', mic: 'XNYS', operatingMic: 'XNYS', participant: 'N' },
  { id: 11, type: 'exchange', name: 'NYSE Arca, Inc.', mic: 'ARCX', operatingMic: 'XNYS', participant: 'P' },
  { id: 12, type: 'exchange', name: 'Nasdaq', mic: 'XNAS', operatingMic: 'XNAS', participant: 'T' },
  {
    id: 13,
    type: 'SIP',
    name: 'Consolidated Tape Association (CTA SIP)',
    mic: null,
    operatingMic: 'XNYS',
    participant: 'S',
  },
  { id: 14, type: 'exchange', name: 'Long-Term Stock Exchange', mic: 'LTSE', operatingMic: 'LTSE', participant: 'L' },
  { id: 15, type: 'exchange', name: 'Investors Exchange', mic: 'IEXG', operatingMic: 'IEXG', participant: 'V' },
  { id: 16, type: 'TRF', name: 'Cboe Stock Exchange', mic: 'CBSX', operatingMic: 'XCBO', participant: 'W' },
  {
    id: 17,
    type: 'exchange',
    name: 'Nasdaq Philadelphia Exchange LLC (PSX)',
    mic: 'XPHL',
    operatingMic: 'XNAS',
    participant: 'X',
  },
  { id: 18, type: 'exchange', name: 'Cboe BYX', mic: 'BATY', operatingMic: 'XCBO', participant: 'Y' },
  { id: 19, type: 'exchange', name: 'Cboe BZX', mic: 'BATS', operatingMic: 'XCBO', participant: 'Z' },
  { id: 20, type: 'exchange', name: 'MIAX Pearl', mic: 'EPRL', operatingMic: 'MIHI', participant: 'H' },
  { id: 21, type: 'exchange', name: 'Members Exchange', mic: 'MEMX', operatingMic: 'MEMX', participant: 'U' },
  { id: 22, type: 'exchange', name: '24X National Exchange LLC', mic: '24EQ', operatingMic: '24EQ', participant: 'G' },
  { id: 23, type: 'exchange', name: 'Texas Stock Exchange LLC', mic: 'TXSE', operatingMic: 'TXSE', participant: 'F' },
  { id: 62, type: 'ORF', name: 'OTC Equity Security', mic: 'OOTC', operatingMic: 'FINR', participant: null },
  { id: 201, type: 'TRF', name: 'FINRA NYSE TRF', mic: 'FINY', operatingMic: 'FINR', participant: null },
  { id: 202, type: 'TRF', name: 'FINRA Nasdaq TRF Carteret', mic: 'FINN', operatingMic: 'FINR', participant: null },
  { id: 203, type: 'TRF', name: 'FINRA Nasdaq TRF Chicago', mic: 'FINC', operatingMic: 'FINR', participant: null },
];
