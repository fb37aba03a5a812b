/**
 * Cash to the micro-dollar, from the fills and commissions alone (docs/specs/orders.md, ACC1 to ACC6): what is settled, what
 * moved today, how many shares this month (tiers), and the marks a day's loss is measured from.
 */
import type { FeeTables } from '../economics/fee-tables.ts';
import { settlementDays } from '../economics/fee-tables.ts';
import { decodeJson, encodeJson } from '../lib/json-bytes.ts';
import type { Fill } from '../model/fill.ts';
import { cashOf } from '../model/fill.ts';
import type { Sessions } from '../model/sessions.ts';
import type { EpochUs, Micros } from '../model/units.ts';
import type { Checkpointable, CheckpointReader, CheckpointWriter } from '../ports/checkpoint.ts';

interface LedgerState {
  account: string;
  isOpen: boolean;
  openingCash: Micros;
  cash: Micros;
  /** Proceeds not settled yet, by settlement date. */
  unsettled: { date: string; amount: Micros }[];
  month: string;
  monthShares: number;
  date: string;
  dayStartEquity: Micros;
  dayPeakPnl: Micros;
  chargesToday: Micros;
}

export class AccountLedger implements Checkpointable {
  readonly #fees: FeeTables;
  readonly #sessions: Sessions;
  #state: LedgerState = {
    account: '',
    isOpen: false,
    openingCash: 0,
    cash: 0,
    unsettled: [],
    month: '',
    monthShares: 0,
    date: '',
    dayStartEquity: 0,
    dayPeakPnl: 0,
    chargesToday: 0,
  };

  constructor(fees: FeeTables, sessions: Sessions) {
    this.#fees = fees;
    this.#sessions = sessions;
  }

  get account(): string {
    return this.#state.account;
  }

  get isOpen(): boolean {
    return this.#state.isOpen;
  }

  get cash(): Micros {
    return this.#state.cash;
  }

  get openingCash(): Micros {
    return this.#state.openingCash;
  }

  get monthShares(): number {
    return this.#state.monthShares;
  }

  get dayPeakPnl(): Micros {
    return this.#state.dayPeakPnl;
  }

  get chargesToday(): Micros {
    return this.#state.chargesToday;
  }

  /** Cash that has settled as of `date`. Negative unsettled amounts do not exist: purchases leave settled cash at once. */
  settledCash(date: string): Micros {
    let waiting = 0;
    for (const entry of this.#state.unsettled) if (entry.date > date) waiting += entry.amount;
    return this.#state.cash - waiting;
  }

  /**
   * First sight of the account: the books start from the broker's cash. Fills booked before it (taken over from the journal)
   * are in that cash: the day began with what there was before them.
   */
  open(account: string, cash: Micros, nowUs: EpochUs): void {
    const opening = cash - this.#state.cash;
    this.#state.account = account;
    this.#state.isOpen = true;
    this.#state.openingCash = opening;
    this.#state.cash = cash;
    this.#state.date = this.#sessions.dateAt(nowUs);
    this.#state.dayStartEquity = opening;
  }

  /** Books a fill that is new (previous undefined) or has changed. */
  applyFill(fill: Fill, previous: Fill | undefined): void {
    const state = this.#state;
    const before = previous === undefined ? 0 : cashOf(previous) - (previous.commission ?? 0);
    const after = cashOf(fill) - (fill.commission ?? 0);
    state.cash += after - before;
    state.chargesToday += (fill.commission ?? 0) - (previous?.commission ?? 0);
    const date = this.#sessions.dateAt(fill.atUs);
    const month = date.slice(0, 7);
    if (month > state.month) {
      state.month = month;
      state.monthShares = 0;
    }
    if (month === state.month) state.monthShares += fill.quantity - (previous?.quantity ?? 0);
    if (fill.side === 'sell') {
      const proceeds = cashOf(fill) - (previous === undefined ? 0 : cashOf(previous));
      this.#addUnsettled(this.#sessions.addTradingDays(date, settlementDays(this.#fees, date)), proceeds);
    }
  }

  #addUnsettled(date: string, amount: Micros): void {
    const entry = this.#state.unsettled.find((one) => one.date === date);
    if (entry === undefined) this.#state.unsettled.push({ date, amount });
    else entry.amount += amount;
  }

  /** Starts a new day when the date has changed; true when it did. */
  rollDay(nowUs: EpochUs, equity: Micros): boolean {
    const state = this.#state;
    const date = this.#sessions.dateAt(nowUs);
    if (!state.isOpen || date <= state.date) return false;
    state.date = date;
    state.dayStartEquity = equity;
    state.dayPeakPnl = 0;
    state.chargesToday = 0;
    state.unsettled = state.unsettled.filter((entry) => entry.date > date);
    return true;
  }

  get date(): string {
    return this.#state.date;
  }

  dayPnl(equity: Micros): Micros {
    return this.#state.isOpen ? equity - this.#state.dayStartEquity : 0;
  }

  /** Raises the day's high-water mark. */
  notePnl(pnl: Micros): void {
    if (pnl > this.#state.dayPeakPnl) this.#state.dayPeakPnl = pnl;
  }

  save(writer: CheckpointWriter): void {
    writer.section('positions/account', encodeJson(this.#state));
  }

  restore(reader: CheckpointReader): void {
    const bytes = reader.section('positions/account');
    if (bytes !== undefined) this.#state = decodeJson<LedgerState>(bytes);
  }
}
