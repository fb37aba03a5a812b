/** Columns a market grid can show: what they are called, mean, measure, and how their figures are written. */
import { bpsText, compactText, countText, fixedText, priceText, signedText } from '../format/number.ts';
import type { MarketFieldName } from '../stores/market-fields.ts';

export interface MarketColumn {
  /** Stable id: scripts, tests and saved settings depend on it. */
  readonly id: string;
  readonly label: string;
  /** Tooltip of the header: what it is, how it is reckoned, in what unit. */
  readonly explain: string;
  readonly field: MarketFieldName;
  /** Least width in pixels at 12.5 px figures; spare room is shared out in proportion. */
  readonly width: number;
  readonly kind: 'symbol' | 'figure' | 'range' | 'marks' | 'spark';
  /** Figures: the text, whose part from the decimal point on gets a fixed width so that points align. */
  readonly text?: (value: number) => string;
  readonly tail?: 'price' | 'two' | 'one' | 'compact';
  readonly isSigned?: boolean;
  /** The cell's background fades shortly after a change. */
  readonly isFading?: boolean;
  /** The cell's background is the warmer the further the figure is from zero. */
  readonly isHeated?: boolean;
  /** Sums and averages of the day: nobody reads them ten times a second, so they are written a few times less often than prices. */
  readonly isSlow?: boolean;
}

/** Comfortable figures are larger, and so are their columns. */
export const COLUMN_SCALE = { dense: 1, comfortable: 1.08 } as const;
export const SCROLLBAR_WIDTH = 10;

const one = (value: number): string => fixedText(value, 1);
const two = (value: number): string => fixedText(value, 2);
const figure = { kind: 'figure' } as const;

/** In the order they stand in. */
export const MARKET_COLUMNS: readonly MarketColumn[] = [
  {
    id: 'symbol',
    label: 'Symbol',
    explain: 'Ticker. Type letters to jump to one.',
    field: 'symbol',
    width: 72,
    kind: 'symbol',
  },
  {
    id: 'marks',
    label: 'Marks',
    explain:
      'HALT halted, LULD limit up-limit down pause, BLIND no trustworthy data, HELD we own it, ORDER an order works, OLD the price is of an earlier day, CROSS bid over ask, LOCK bid equals ask, SSR short-sale restriction.',
    field: 'marks',
    width: 74,
    kind: 'marks',
  },
  {
    ...figure,
    id: 'last',
    label: 'Last',
    explain: 'Price of the last trade that may set the last price, in dollars.',
    field: 'last',
    width: 84,
    text: priceText,
    tail: 'price',
    isFading: true,
  },
  {
    ...figure,
    id: 'changePct',
    label: 'Chg %',
    explain: 'Last against the previous close, in percent.',
    field: 'changePct',
    width: 66,
    text: signedText,
    tail: 'two',
    isSigned: true,
    isHeated: true,
  },
  {
    id: 'spark',
    label: 'Trail',
    explain:
      'The last price over the last five minutes, noted every five seconds since this window looks at the market.',
    field: 'changePct',
    width: 68,
    kind: 'spark',
    isSlow: true,
  },
  {
    ...figure,
    id: 'bid',
    label: 'Bid',
    explain: 'National best bid, in dollars.',
    field: 'bid',
    width: 82,
    text: priceText,
    tail: 'price',
  },
  {
    ...figure,
    id: 'ask',
    label: 'Ask',
    explain: 'National best offer, in dollars.',
    field: 'ask',
    width: 82,
    text: priceText,
    tail: 'price',
  },
  {
    ...figure,
    id: 'spreadBps',
    label: 'Spread',
    explain: '(ask − bid) / middle, in basis points (hundredths of a percent).',
    field: 'spreadBps',
    width: 64,
    text: bpsText,
    tail: 'one',
  },
  {
    ...figure,
    id: 'volume',
    label: 'Volume',
    explain: 'Shares traded today, all sessions.',
    field: 'volume',
    width: 82,
    text: compactText,
    tail: 'compact',
    isSlow: true,
  },
  {
    ...figure,
    id: 'trades',
    label: 'Trades',
    explain: 'Trades reported today, all sessions.',
    field: 'trades',
    width: 72,
    text: countText,
    isSlow: true,
  },
  {
    ...figure,
    id: 'tickRate',
    label: 'Ticks/s',
    explain: 'Trades a second, weighted towards the last ten seconds.',
    field: 'tickRate',
    width: 68,
    text: one,
    tail: 'one',
    isSlow: true,
  },
  {
    ...figure,
    id: 'relativeVolume',
    label: 'Rvol ×',
    explain: 'Volume so far against what is usual by this minute of the day.',
    field: 'relativeVolume',
    width: 68,
    text: two,
    tail: 'two',
    isSlow: true,
  },
  {
    ...figure,
    id: 'spreadRatio',
    label: 'Spread ×',
    explain: 'Spread against this symbol’s own typical spread.',
    field: 'spreadRatio',
    width: 78,
    text: one,
    tail: 'one',
    isSlow: true,
  },
  {
    ...figure,
    id: 'vwapPct',
    label: 'VWAP %',
    explain: 'Last against the volume-weighted average price of the day, in percent.',
    field: 'vwapPct',
    width: 78,
    text: signedText,
    tail: 'two',
    isSigned: true,
    isSlow: true,
  },
  {
    id: 'dayRange',
    label: 'Day range',
    explain: 'Where last stands between the low (left) and the high (right) of the day.',
    field: 'dayRange',
    width: 92,
    kind: 'range',
    isSlow: true,
  },
  {
    ...figure,
    id: 'bidSize',
    label: 'Bid size',
    explain: 'Shares at the national best bid.',
    field: 'bidSize',
    width: 76,
    text: countText,
  },
  {
    ...figure,
    id: 'askSize',
    label: 'Ask size',
    explain: 'Shares at the national best offer.',
    field: 'askSize',
    width: 76,
    text: countText,
  },
  {
    ...figure,
    id: 'volatility',
    label: 'Volat.',
    explain: 'Standard deviation of one-minute returns over about 30 minutes, in basis points.',
    field: 'volatility',
    width: 70,
    text: one,
    tail: 'one',
    isSlow: true,
  },
  {
    ...figure,
    id: 'previousClose',
    label: 'Prev close',
    explain: 'Official close of the previous session, in dollars.',
    field: 'previousClose',
    width: 92,
    text: priceText,
    tail: 'price',
    isSlow: true,
  },
];

const byId = new Map(MARKET_COLUMNS.map((column) => [column.id, column]));
/** In the order of their weight: a narrow panel shows the first ones, and scrolls sideways rather than drop a core one. */
const CORE = ['symbol', 'last', 'changePct', 'bid', 'ask', 'spreadBps', 'volume', 'trades', 'tickRate'];
const BY_WEIGHT = [
  ...CORE,
  'marks',
  'spark',
  'relativeVolume',
  'spreadRatio',
  'vwapPct',
  'dayRange',
  'bidSize',
  'askSize',
  'volatility',
  'previousClose',
];

export function marketColumn(id: string): MarketColumn | undefined {
  return byId.get(id);
}

/** As many columns as fit in `width` pixels, at least the core ones, in the order they stand in. */
export function columnsThatFit(width: number, scale: number): readonly MarketColumn[] {
  let used = 0;
  const fitting = new Set<string>();
  for (const id of BY_WEIGHT) {
    used += (byId.get(id)?.width ?? 0) * scale;
    if (used > width && !CORE.includes(id)) break;
    fitting.add(id);
  }
  return MARKET_COLUMNS.filter(({ id }) => fitting.has(id));
}
