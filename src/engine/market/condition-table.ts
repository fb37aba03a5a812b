/**
 * The condition ids of US stock trades and quotes, with what they allow and mean. Ids are reused between trades and quotes,
 * so the two tables are separate. A starting point only: `mergeConditions` lets the feed's own table win.
 */

/** What a condition says beside its three answers; each is a bit in update-rules.ts. */
export type TradeMark =
  | 'openingCross'
  | 'closingCross'
  | 'officialOpen'
  | 'officialClose'
  | 'correctedClose'
  | 'reopening'
  | 'oddLot'
  | 'averagePrice'
  | 'shortSaleOn'
  | 'shortSaleOff';

export interface TradeCondition {
  readonly id: number;
  readonly name: string;
  /** May a print carrying it move high/low, set open/close (last), add volume? (consolidated rules) */
  readonly highLow: boolean;
  readonly openClose: boolean;
  readonly volume: boolean;
  /** In pre, post and overnight sessions the three answers are yes (Form T). */
  readonly yesOutsideRegular?: boolean;
  readonly mark?: TradeMark;
}

/** How far a quote carrying the condition may be trusted; the classes are our reading of the names. */
export type QuoteClass =
  | 'firm'
  | 'one-sided'
  | 'manual'
  | 'closed'
  | 'resume'
  | 'indicative'
  | 'non-firm'
  | 'halted'
  | 'auction'
  | 'settlement'
  | 'cancel'
  | 'crossed'
  | 'locked'
  | 'informational'
  | 'unknown';

export interface QuoteCondition {
  readonly id: number;
  readonly name: string;
  readonly class: QuoteClass;
  /** HALT_REASONS entry a halting condition stands for. */
  readonly haltReason?: 'LUDP' | 'MWC1' | 'MWC2' | 'MWC3' | 'quote';
}

export interface ConditionTable {
  readonly source: string;
  readonly updated: string;
  readonly trades: readonly TradeCondition[];
  readonly quotes: readonly QuoteCondition[];
}

const trade = (
  id: number,
  answers: string,
  name: string,
  extra: Pick<TradeCondition, 'yesOutsideRegular' | 'mark'> = {},
): TradeCondition => ({
  id,
  name,
  highLow: answers[0] === 'y',
  openClose: answers[1] === 'y',
  volume: answers[2] === 'y',
  ...extra,
});

const quote = (
  id: number,
  quoteClass: QuoteClass,
  name: string,
  haltReason?: NonNullable<QuoteCondition['haltReason']>,
): QuoteCondition =>
  haltReason === undefined ? { id, name, class: quoteClass } : { id, name, class: quoteClass, haltReason };

export const US_CONDITIONS: ConditionTable = {
  source: 'consolidated tape update rules as published by the data vendor (conditions endpoint, July and October 2026)',
  updated: '2026-11-22',
  // Answers in the order high/low, open/close, volume.
  trades: [
    trade(0, 'yyy', 'Regular Sale'),
    trade(1, 'yyy', 'Acquisition'),
    trade(2, 'nny', 'Average Price Trade', { mark: 'averagePrice' }),
    trade(3, 'yyy', 'Automatic Execution'),
    trade(4, 'yyy', 'Bunched Trade'),
    trade(5, 'yny', 'Bunched Sold Trade'),
    trade(6, 'yyy', 'CAP Election'),
    trade(7, 'nny', 'Cash Sale'),
    trade(8, 'yyy', 'Closing Prints', { mark: 'closingCross' }),
    trade(9, 'yyy', 'Cross Trade'),
    trade(10, 'yny', 'Derivatively Priced'),
    trade(11, 'yyy', 'Distribution'),
    trade(12, 'nny', 'Form T/Extended Hours', { yesOutsideRegular: true }),
    trade(13, 'nny', 'Extended Hours (Sold Out Of Sequence)'),
    trade(14, 'yyy', 'Intermarket Sweep'),
    trade(15, 'nnn', 'Market Center Official Close', { mark: 'officialClose' }),
    trade(16, 'nnn', 'Market Center Official Open', { mark: 'officialOpen' }),
    trade(17, 'yyy', 'Market Center Opening Trade', { mark: 'openingCross' }),
    trade(18, 'yyy', 'Market Center Reopening Trade', { mark: 'reopening' }),
    trade(19, 'yyy', 'Market Center Closing Trade', { mark: 'closingCross' }),
    trade(20, 'nny', 'Next Day'),
    trade(21, 'nny', 'Price Variation Trade'),
    trade(22, 'yny', 'Prior Reference Price'),
    trade(23, 'yyy', 'Rule 155 Trade (AMEX)'),
    trade(24, 'yyy', 'Rule 127 (NYSE Only)'),
    trade(25, 'yyy', 'Opening Prints', { mark: 'openingCross' }),
    trade(27, 'yyy', 'Stopped Stock (Regular Trade)'),
    trade(28, 'yyy', 'Re-Opening Prints', { mark: 'reopening' }),
    trade(29, 'nny', 'Seller'),
    trade(30, 'yyy', 'Sold Last'),
    trade(31, 'yyy', 'Sold Last and Stopped Stock'),
    trade(32, 'yny', 'Sold (Out Of Sequence)'),
    trade(33, 'yny', 'Sold (Out of Sequence) and Stopped Stock'),
    trade(34, 'yyy', 'Split Trade'),
    trade(35, 'yyy', 'Stock Option'),
    trade(36, 'yyy', 'Yellow Flag Regular Trade'),
    trade(37, 'nny', 'Odd Lot Trade', { mark: 'oddLot' }),
    trade(38, 'yyn', 'Corrected Consolidated Close (per listing market)', { mark: 'correctedClose' }),
    trade(41, 'yyy', 'Trade Thru Exempt'),
    trade(52, 'nny', 'Contingent Trade'),
    trade(53, 'nny', 'Qualified Contingent Trade'),
    trade(55, 'yyy', 'Opening Reopening Trade Detail'),
    trade(57, 'yyy', 'Short Sale Restriction Activated', { mark: 'shortSaleOn' }),
    trade(58, 'yyy', 'Short Sale Restriction Continued', { mark: 'shortSaleOn' }),
    trade(59, 'yyy', 'Short Sale Restriction Deactivated', { mark: 'shortSaleOff' }),
    trade(60, 'yyy', 'Short Sale Restriction In Effect', { mark: 'shortSaleOn' }),
    trade(62, 'yyy', 'Financial Status - Bankrupt'),
    trade(63, 'yyy', 'Financial Status - Deficient'),
    trade(64, 'yyy', 'Financial Status - Delinquent'),
    trade(65, 'yyy', 'Financial Status - Bankrupt and Deficient'),
    trade(66, 'yyy', 'Financial Status - Bankrupt and Delinquent'),
    trade(67, 'yyy', 'Financial Status - Deficient and Delinquent'),
    trade(68, 'yyy', 'Financial Status - Deficient, Delinquent, and Bankrupt'),
    trade(69, 'yyy', 'Financial Status - Liquidation'),
    trade(70, 'yyy', 'Financial Status - Creations Suspended'),
    trade(71, 'yyy', 'Financial Status - Redemptions Suspended'),
  ],
  quotes: [
    quote(1, 'firm', 'Regular Two-Sided Open'),
    quote(2, 'one-sided', 'Regular One-Sided Open'),
    quote(3, 'manual', 'Slow Ask'),
    quote(4, 'manual', 'Slow Bid'),
    quote(5, 'manual', 'Slow Bid and Ask'),
    quote(6, 'manual', 'Slow Due LRP Bid'),
    quote(7, 'manual', 'Slow Due LRP Ask'),
    quote(9, 'manual', 'Slow Due Set Slow List Bid Ask'),
    quote(10, 'manual', 'Manual Ask Automated Bid'),
    quote(11, 'manual', 'Manual Bid Automated Ask'),
    quote(12, 'manual', 'Manual Bid and Ask'),
    quote(13, 'firm', 'Opening'),
    quote(14, 'firm', 'Closing'),
    quote(15, 'closed', 'Closed'),
    quote(16, 'resume', 'Resume'),
    quote(17, 'firm', 'Fast Trading'),
    quote(18, 'indicative', 'Trading Range Indication'),
    quote(19, 'closed', 'Market Maker Quotes Closed'),
    quote(20, 'non-firm', 'Non-Firm'),
    quote(21, 'halted', 'News Dissemination', 'quote'),
    quote(22, 'halted', 'Order Influx', 'quote'),
    quote(23, 'halted', 'Order Imbalance', 'quote'),
    quote(26, 'halted', 'Additional Information', 'quote'),
    quote(27, 'halted', 'News Pending', 'quote'),
    quote(28, 'halted', 'Additional Information Due To Related Security', 'quote'),
    quote(29, 'halted', 'Due To Related Security', 'quote'),
    quote(30, 'halted', 'In View Of Common', 'quote'),
    quote(31, 'halted', 'Equipment Changeover', 'quote'),
    quote(32, 'halted', 'No Open No Resume', 'quote'),
    quote(35, 'informational', 'LULD Price Band'),
    quote(36, 'halted', 'Market-Wide Circuit Breaker Level 1', 'MWC1'),
    quote(37, 'halted', 'Market-Wide Circuit Breaker Level 2', 'MWC2'),
    quote(38, 'halted', 'Market-Wide Circuit Breaker Level 3', 'MWC3'),
    quote(39, 'informational', 'LULD Republished Price Band'),
    quote(40, 'auction', 'On Demand Auction'),
    quote(41, 'settlement', 'Cash Only Settlement'),
    quote(42, 'settlement', 'Next Day Settlement'),
    quote(43, 'halted', 'LULD Trading Pause', 'LUDP'),
    quote(71, 'manual', 'Slow Due LRP Bid and Ask'),
    quote(80, 'cancel', 'Cancel'),
    quote(81, 'informational', 'Corrected Price Indication'),
    quote(82, 'informational', 'SIP Generated'),
    quote(84, 'crossed', 'Crossed Market'),
    quote(85, 'locked', 'Locked Market'),
    quote(94, 'informational', 'CQS Generated'),
    quote(34, 'unknown', 'Undocumented (seen on one-sided quotes at 04:00)'),
  ],
};
