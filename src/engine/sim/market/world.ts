/** The state of a simulated market, shared by the parts that move it: one row a symbol in one buffer, few numbers beside. */
import type { ColumnsOf } from '../../lib/columns.ts';
import { columnsByteLength, createColumns } from '../../lib/columns.ts';
import type { ConditionSets } from '../../model/conditions.ts';
import { Agenda } from './agenda.ts';
import { Draw } from './draw.ts';
import type { MarketDay } from './event-sink.ts';
import type { SymbolTraits } from './symbol-traits.ts';
import { SECTORS } from './symbol-traits.ts';

export const STATE_COLUMNS = {
  /** What the price "really" is, dollars, off the grid: quotes stand around it, trades happen at the quotes. */
  fair: 'f64',
  fairUs: 'f64',
  marketSeen: 'f64',
  sectorSeen: 'f64',
  /** Natural logarithm of the official close this day is heading for. */
  targetLog: 'f64',
  previousClose: 'f64',
  /** Log return per microsecond of a momentum burst under way, else 0. */
  drift: 'f64',
  // The NBBO as last sent: micro-dollars and shares, 0 = no such side.
  bid: 'f64',
  ask: 'f64',
  bidShares: 'i32',
  askShares: 'i32',
  bidVenue: 'u8',
  askVenue: 'u8',
  // Limit up, limit down: micro-dollars
  reference: 'f64',
  referenceUs: 'f64',
  bandReference: 'f64',
  bandLow: 'f64',
  bandHigh: 'f64',
  bandUs: 'f64',
  limitSinceUs: 'f64',
  quoteSequence: 'f64',
  tradeSequence: 'f64',
  luldSequence: 'f64',
  tradeId: 'f64',
  /** BOOK_EMPTY, BOOK_ONE_SIDED, BOOK_OPEN. */
  book: 'u8',
  isHalted: 'u8',
} as const;

export const BOOK_EMPTY = 0;
export const BOOK_ONE_SIDED = 1;
export const BOOK_OPEN = 2;

export type MarketState = ColumnsOf<typeof STATE_COLUMNS>;

export const AgendaKind = {
  open: 1,
  close: 2,
  bands: 3,
  resume: 4,
  limitCheck: 5,
  emptyBook: 6,
  jump: 7,
  newsHalt: 8,
  firstQuote: 9,
} as const;

export interface World {
  readonly seed: number;
  readonly traits: SymbolTraits;
  readonly state: MarketState;
  readonly stateBuffer: ArrayBuffer;
  readonly draw: Draw;
  readonly drawWords: Int32Array;
  readonly agenda: Agenda;
  readonly sectorLog: Float64Array;
  readonly sets: KnownSets;
  day: MarketDay;
  /** Events sent so far. */
  events: number;
  marketLog: number;
  /** 'regular' prints carry no Form T; the rest of the day does. */
  isRegular: boolean;
  /** Of this moment; see day-curve.ts. */
  volatility: number;
  spread: number;
}

/** ConditionSets ids of the sets the simulated tape uses. */
export type KnownSets = Readonly<Record<keyof typeof SETS, number>>;

const SETS = {
  odd: [37],
  sweep: [14, 41],
  sweepOdd: [14, 37, 41],
  formT: [12],
  formTOdd: [12, 37],
  formTSweep: [12, 14, 41],
  formTSweepOdd: [12, 14, 37, 41],
  openCross: [17, 41],
  officialOpen: [16],
  closeCross: [8, 41],
  officialClose: [15],
  reopenUtp: [28],
  reopenCta: [18],
  averagePrice: [2],
  derivative: [10],
  priorReference: [22],
  contingent: [52],
  qualifiedContingent: [53],
  cash: [7],
  nextDay: [20],
} as const;

export function createWorld(seed: number, traits: SymbolTraits, day: MarketDay, conditions: ConditionSets): World {
  const stateBuffer = new ArrayBuffer(columnsByteLength(STATE_COLUMNS, traits.count));
  const drawWords = new Int32Array(4);
  const draw = new Draw(drawWords);
  draw.seed(seed);
  const sets = Object.fromEntries(Object.entries(SETS).map(([name, ids]) => [name, conditions.intern(ids)])) as Record<
    keyof typeof SETS,
    number
  >;
  return {
    seed,
    traits,
    state: createColumns(STATE_COLUMNS, traits.count, stateBuffer),
    stateBuffer,
    draw,
    drawWords,
    agenda: new Agenda(traits.count * 6 + 4096),
    sectorLog: new Float64Array(SECTORS),
    sets,
    day,
    events: 0,
    marketLog: 0,
    isRegular: false,
    volatility: 1,
    spread: 1,
  };
}

/** Exchanges by their usual share of quotes and prints, for one masked random draw. */
export const VENUES: Uint8Array = Uint8Array.from([
  ...repeat(12, 14),
  ...repeat(11, 11),
  ...repeat(8, 9),
  ...repeat(19, 8),
  ...repeat(10, 8),
  ...repeat(21, 5),
  ...repeat(15, 2),
  ...repeat(7, 2),
  ...repeat(18, 1),
  ...repeat(20, 1),
  ...repeat(2, 1),
  ...repeat(17, 1),
  ...repeat(3, 1),
]);

function repeat(venue: number, times: number): number[] {
  return Array.from({ length: times }, () => venue);
}
