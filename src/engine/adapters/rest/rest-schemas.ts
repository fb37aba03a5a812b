/**
 * The answers of the vendor's reference endpoints as this program uses them. Unknown fields are ignored; a row that makes no
 * sense is dropped and the rest of the answer stands.
 */
import { z } from 'zod';

export interface TickerRow {
  readonly ticker: string;
  readonly name: string;
  /** The vendor's type code, for example CS or ETF; '' when not stated. */
  readonly type: string;
  /** MIC of the listing market, '' when not stated. */
  readonly mic: string;
}

export interface PreviousClose {
  readonly ticker: string;
  readonly close: number;
  readonly volume: number;
}

export interface SplitRow {
  readonly ticker: string;
  /** YYYY-MM-DD */
  readonly executionDate: string;
  readonly from: number;
  readonly to: number;
}

export interface ConditionRule {
  readonly id: number;
  readonly name: string;
  /** 'trade', 'nbbo', ... */
  readonly dataTypes: readonly string[];
  readonly updatesHighLow: boolean | null;
  readonly updatesOpenClose: boolean | null;
  readonly updatesVolume: boolean | null;
}

export interface ExchangeRow {
  readonly id: number;
  readonly name: string;
  readonly mic: string;
  readonly type: string;
}

export interface MarketStatus {
  readonly market: string;
  readonly serverTimeMs: number;
}

export interface HolidayRow {
  readonly date: string;
  readonly exchange: string;
  readonly status: string;
}

export interface SnapshotRow {
  readonly ticker: string;
  readonly last: number;
  readonly lastTimeMs: number;
  readonly bid: number;
  readonly ask: number;
  readonly previousClose: number;
  readonly dayVolume: number;
}

const text = z.string();
const count = z.number().finite();
const optionalText = z.string().optional().catch(undefined);

/** An array of which the rows that fit are kept. Null and absent are an empty array. */
function rowsOf<S extends z.ZodType>(row: S): z.ZodType<z.output<S>[]> {
  return z
    .array(z.unknown())
    .nullish()
    .transform((rows) =>
      (rows ?? []).flatMap((candidate) => {
        const parsed = row.safeParse(candidate);
        return parsed.success ? [parsed.data] : [];
      }),
    ) as unknown as z.ZodType<z.output<S>[]>;
}

function pageOf<S extends z.ZodType>(row: S): z.ZodType<{ rows: readonly z.output<S>[]; next: string | null }> {
  return z
    .object({ results: rowsOf(row), next_url: z.string().nullish() })
    .transform((page) => ({ rows: page.results, next: page.next_url ?? null })) as unknown as z.ZodType<{
    rows: readonly z.output<S>[];
    next: string | null;
  }>;
}

export const tickersPage = pageOf(
  z
    .object({ ticker: text.min(1), name: optionalText, type: optionalText, primary_exchange: optionalText })
    .transform((row): TickerRow => ({
      ticker: row.ticker,
      name: row.name ?? '',
      type: row.type ?? '',
      mic: row.primary_exchange ?? '',
    })),
);

export const groupedDaily = z
  .object({
    results: rowsOf(
      z
        .object({ T: text.min(1), c: count.positive(), v: count.nonnegative().catch(0) })
        .transform((row): PreviousClose => ({ ticker: row.T, close: row.c, volume: row.v })),
    ),
  })
  .transform((body): readonly PreviousClose[] => body.results);

export const splitsPage = pageOf(
  z
    .object({
      ticker: text.min(1),
      execution_date: text.regex(/^\d{4}-\d{2}-\d{2}$/),
      split_from: count.positive(),
      split_to: count.positive(),
    })
    .transform((row): SplitRow => ({
      ticker: row.ticker,
      executionDate: row.execution_date,
      from: row.split_from,
      to: row.split_to,
    })),
);

const rule = z
  .object({ updates_high_low: z.boolean(), updates_open_close: z.boolean(), updates_volume: z.boolean() })
  .optional()
  .catch(undefined);

export const conditionsPage = pageOf(
  z
    .object({
      id: z.number().int(),
      name: optionalText,
      data_types: z.array(text).catch([]),
      update_rules: z.object({ consolidated: rule }).optional().catch(undefined),
    })
    .transform((row): ConditionRule => {
      const rules = row.update_rules?.consolidated;
      return {
        id: row.id,
        name: row.name ?? '',
        dataTypes: row.data_types,
        updatesHighLow: rules?.updates_high_low ?? null,
        updatesOpenClose: rules?.updates_open_close ?? null,
        updatesVolume: rules?.updates_volume ?? null,
      };
    }),
);

export const exchangesPage = pageOf(
  z
    .object({ id: z.number().int(), name: optionalText, mic: optionalText, type: optionalText })
    .transform((row): ExchangeRow => ({ id: row.id, name: row.name ?? '', mic: row.mic ?? '', type: row.type ?? '' })),
);

/** No envelope around this one. */
export const marketStatus = z
  .object({ market: text, serverTime: text })
  .transform((body): MarketStatus => ({ market: body.market, serverTimeMs: Date.parse(body.serverTime) }))
  .refine((body) => Number.isFinite(body.serverTimeMs), 'serverTime is no time');

/** A bare array, one row an exchange. */
export const upcomingHolidays = rowsOf(
  z
    .object({ date: text, exchange: optionalText, status: text })
    .transform((row): HolidayRow => ({ date: row.date, exchange: row.exchange ?? '', status: row.status })),
) as z.ZodType<readonly HolidayRow[]>;

const price = z.number().finite().nonnegative().optional().catch(undefined);
const snapshotRow = z
  .object({
    ticker: text.min(1),
    lastTrade: z.object({ p: price, t: price }).optional().catch(undefined),
    lastQuote: z.object({ p: price, P: price }).optional().catch(undefined),
    prevDay: z.object({ c: price }).optional().catch(undefined),
    day: z.object({ v: price }).optional().catch(undefined),
    min: z.object({ av: price }).optional().catch(undefined),
  })
  .transform((row): SnapshotRow => ({
    ticker: row.ticker,
    last: row.lastTrade?.p ?? 0,
    lastTimeMs: Math.floor((row.lastTrade?.t ?? 0) / 1_000_000),
    bid: row.lastQuote?.p ?? 0,
    ask: row.lastQuote?.P ?? 0,
    previousClose: row.prevDay?.c ?? 0,
    // The day's bar is all zeros until the first regular trade; the minute's running volume is not.
    dayVolume: row.day?.v || row.min?.av || 0,
  }));

export const snapshots = z
  .object({ tickers: rowsOf(snapshotRow) })
  .transform((body): readonly SnapshotRow[] => body.tickers);
