/** What a day's journal says about trading: each signal with what became of it, trades that are over, orders, gaps, notes. */
import type { Outcome } from '../../model/outcome.ts';
import type { Signal } from '../../model/signal.ts';
import type { ClosedTrade } from '../../model/trade.ts';
import type { JournalRecord } from '../../ports/journal.ts';

/** A signal, or a purchase by hand, and its one terminal outcome. */
export interface Attempt {
  readonly signalId: string;
  readonly strategy: string;
  readonly ticker: string;
  readonly atUs: number;
  /** Outcome code, '' when the day ended before it was known. */
  code: string;
  gate: string;
  tradeId: string;
  /** How the entry ended when nothing was bought. */
  notEntered: string;
  trade: ClosedTrade | null;
}

export interface GapSpan {
  readonly id: string;
  readonly reason: string;
  readonly startUs: number;
  endUs: number | null;
}

export interface DayTrading {
  readonly run: string;
  /** In the order of the signals. */
  readonly attempts: readonly Attempt[];
  readonly gaps: readonly GapSpan[];
  /** Locks, limits, kill switch, recoveries; faults of strategies. */
  readonly risks: readonly { readonly atUs: number; readonly code: string; readonly text: string }[];
  readonly notes: readonly { readonly atUs: number; readonly text: string }[];
  readonly orders: number;
  readonly fills: number;
  readonly rejected: number;
  readonly unknown: number;
}

/** Trades of the shadow desk are left out. Records come in journal order; a trade told again replaces what was told first. */
export function readDayTrading(records: Iterable<JournalRecord>): DayTrading {
  const reader = new Reader();
  for (const record of records) reader.take(record);
  return reader.day;
}

class Reader {
  readonly #attempts = new Map<string, Attempt>();
  readonly #byTrade = new Map<string, Attempt>();
  readonly #gaps = new Map<string, GapSpan>();
  readonly #risks: { atUs: number; code: string; text: string }[] = [];
  readonly #notes: { atUs: number; text: string }[] = [];
  readonly #counts = { orders: 0, fills: 0, rejected: 0, unknown: 0 };
  #run = '';
  readonly #runs = new Set<string>();

  get day(): DayTrading {
    return {
      run: this.#run,
      attempts: [...this.#attempts.values()],
      gaps: [...this.#gaps.values()],
      risks: this.#risks,
      notes: this.#notes,
      ...this.#counts,
    };
  }

  take(record: JournalRecord): void {
    switch (record.kind) {
      case 'config':
        this.#run = record.id;
        this.#runs.add(record.id);
        return;
      case 'signal':
        return this.#signal(record);
      case 'decision':
        return this.#decision(record);
      case 'trade':
        return this.#trade(record);
      case 'intent':
        if (!this.#isShadow(record)) this.#counts.orders++;
        return;
      case 'fill':
        if (!this.#isShadow(record)) this.#counts.fills++;
        return;
      case 'order': {
        const { from, state } = record.body as { from?: string; state?: string };
        if (this.#isShadow(record) || from === state) return;
        if (state === 'rejected') this.#counts.rejected++;
        if (state === 'unknown') this.#counts.unknown++;
        return;
      }
      case 'gap':
        return this.#gap(record);
      case 'risk': {
        const { code = '', reason, text } = record.body as { code?: string; reason?: string; text?: string };
        this.#risks.push({ atUs: record.atUs, code, text: reason ?? text ?? '' });
        return;
      }
      case 'note': {
        const { message, code } = record.body as { message?: string; code?: string };
        this.#notes.push({ atUs: record.atUs, text: message ?? code ?? '' });
        return;
      }
      case 'run':
      case 'position':
      case 'command':
      case 'broker':
        return;
    }
  }

  #isShadow({ id, cause }: JournalRecord): boolean {
    for (const run of this.#runs) if (id.startsWith(`${run}S-`) || cause.startsWith(`${run}S-`)) return true;
    return false;
  }

  #attempt(id: string, strategy: string, ticker: string, atUs: number): Attempt {
    const known = this.#attempts.get(id);
    if (known !== undefined) return known;
    const made = { signalId: id, strategy, ticker, atUs, code: '', gate: '', tradeId: '', notEntered: '', trade: null };
    this.#attempts.set(id, made);
    return made;
  }

  #signal(record: JournalRecord): void {
    const { signal } = record.body as { signal: Signal };
    if (!this.#isShadow(record)) this.#attempt(record.id, signal.strategy, record.symbol, record.atUs);
  }

  #decision(record: JournalRecord): void {
    const outcome = record.body as Partial<Outcome>;
    if (outcome.code === undefined || this.#isShadow(record)) return;
    const attempt = this.#attempt(record.id, outcome.strategy ?? record.cause, record.symbol, record.atUs);
    attempt.code = outcome.code;
    attempt.gate = outcome.gate ?? '';
    attempt.tradeId = outcome.tradeId ?? '';
    if (attempt.tradeId !== '') this.#byTrade.set(attempt.tradeId, attempt);
  }

  #trade(record: JournalRecord): void {
    if (this.#isShadow(record)) return;
    const body = record.body as ClosedTrade & { notEntered?: string };
    const strategy = body.strategy ?? 'carried';
    const attempt =
      this.#byTrade.get(record.id) ?? this.#attempt(record.cause || record.id, strategy, record.symbol, record.atUs);
    this.#byTrade.set(record.id, attempt);
    if (body.notEntered === undefined) attempt.trade = body;
    else attempt.notEntered = body.notEntered;
  }

  #gap(record: JournalRecord): void {
    const { reason, startUs, endUs } = record.body as { reason: string; startUs: number; endUs: number | null };
    const known = this.#gaps.get(record.id);
    if (known === undefined) this.#gaps.set(record.id, { id: record.id, reason, startUs, endUs });
    else known.endUs = endUs;
  }
}
