/** Day-trade and wash-sale notes: information by date, never a gate and never advice (docs/specs/orders.md, ACC7, ACC8). */
import type { FeeTables } from '../economics/fee-tables.ts';
import { rowOn } from '../economics/fee-tables.ts';
import { decodeJson, encodeJson } from '../lib/json-bytes.ts';
import type { Checkpointable, CheckpointReader, CheckpointWriter } from '../ports/checkpoint.ts';
import type { EpochUs } from '../model/units.ts';

const WASH_WINDOW_US = 30 * 86_400_000_000;
const LOSSES_MAX = 20_000;

export class AccountNotes implements Checkpointable {
  readonly #fees: FeeTables;
  /** Ticker to the time of its last losing sale. */
  readonly #losses = new Map<string, EpochUs>();
  /** Date to day trades closed on it; the last five dates are kept. */
  readonly #dayTrades = new Map<string, number>();

  constructor(fees: FeeTables) {
    this.#fees = fees;
  }

  closed(ticker: string, date: string, isDayTrade: boolean, isLoss: boolean, nowUs: EpochUs): void {
    if (isLoss) {
      this.#losses.delete(ticker);
      this.#losses.set(ticker, nowUs);
      if (this.#losses.size > LOSSES_MAX) this.#losses.delete(this.#losses.keys().next().value as string);
    }
    if (!isDayTrade) return;
    this.#dayTrades.set(date, (this.#dayTrades.get(date) ?? 0) + 1);
    while (this.#dayTrades.size > 5) this.#dayTrades.delete(this.#dayTrades.keys().next().value as string);
  }

  dayTradesOn(date: string): number {
    return this.#dayTrades.get(date) ?? 0;
  }

  /** A note when a purchase now falls within 30 days after a losing sale of the same ticker. */
  onPurchase(ticker: string, nowUs: EpochUs): string {
    const lossUs = this.#losses.get(ticker);
    if (lossUs === undefined || nowUs - lossUs > WASH_WINDOW_US) return '';
    return 'wash sale: bought within 30 days after a loss in the same stock; the loss is added to the new cost basis';
  }

  /** What the pattern-day-trader rule says on `date`, for the account page. */
  dayTradingNote(date: string): string {
    let count = 0;
    for (const trades of this.#dayTrades.values()) count += trades;
    if (!rowOn(this.#fees.dayTradingRule.rows, date).stands) {
      return 'day-trade counting ended on 2026-06-04; brokers may keep the old rule until 2027-10-20, see DayTradesRemaining';
    }
    return `${count} day trades in the last 5 trading days; 4 in 5 days with less than $25,000 are blocked`;
  }

  save(writer: CheckpointWriter): void {
    writer.section('positions/notes', encodeJson({ losses: [...this.#losses], dayTrades: [...this.#dayTrades] }));
  }

  restore(reader: CheckpointReader): void {
    this.#losses.clear();
    this.#dayTrades.clear();
    const bytes = reader.section('positions/notes');
    if (bytes === undefined) return;
    const kept = decodeJson<{ losses: [string, number][]; dayTrades: [string, number][] }>(bytes);
    for (const [ticker, atUs] of kept.losses) this.#losses.set(ticker, atUs);
    for (const [date, count] of kept.dayTrades) this.#dayTrades.set(date, count);
  }
}
