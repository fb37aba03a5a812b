/** Questions windows ask that change nothing: bars, trades, why not. They are no inputs and leave no trace in the recording. */
import type { ClosedTrade, EngineCommands, PlainError } from '#protocol';
import type { Kernel } from '../../kernel/kernel.ts';
import type { JournalRecord } from '../../ports/journal.ts';
import { ChartBars } from './chart-bars.ts';
import { closedTradeView } from './narrator.ts';
import { OutcomeLog } from './outcome-log.ts';
import { printsAtAnswer } from './past-prints.ts';
import { barsAnswer, whyNotNow } from './symbol-view.ts';
import { TradeHistory } from './trade-history.ts';
import { tradeDetail } from './trade-view.ts';

export type Answer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: PlainError & { code: 'not-found' | 'refused' } };

type Args<K extends keyof EngineCommands> = Parameters<EngineCommands[K]>[0];

export class QueryDesk {
  readonly #kernel: Kernel;
  readonly outcomes = new OutcomeLog();
  readonly #history = new TradeHistory();
  readonly #chartBars = new ChartBars();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  /** Every journal record, those of a recovery included: the day's history is whole after a restart. */
  record(record: JournalRecord): void {
    this.outcomes.record(record);
    this.#history.record(record);
  }

  /** Undefined when the name is not a question. */
  ask(name: string, args: unknown): Answer | undefined {
    switch (name) {
      case 'keepTrials': {
        // Told at every start: it is an input only when it changes something, or a restart would not repeat the day.
        const { files } = args as { readonly files: readonly string[] };
        return this.#kernel.shelf.trialsWithout(files).length === 0 ? { ok: true, value: null } : undefined;
      }
      case 'bars':
        return found(
          barsAnswer(this.#kernel, this.#chartBars, args as Args<'bars'>),
          `there is no symbol '${(args as Args<'bars'>).symbol}'`,
        );
      case 'printsAt':
        return found(
          printsAtAnswer(this.#kernel, args as Args<'printsAt'>),
          `there is no symbol '${(args as Args<'printsAt'>).symbol}'`,
        );
      case 'trade':
        return found(
          tradeDetail(this.#kernel, this.#history, (args as Args<'trade'>).tradeId),
          `there is no trade ${(args as Args<'trade'>).tradeId}`,
        );
      case 'closedTrades':
        return { ok: true, value: this.#closedTrades(args as Args<'closedTrades'>) };
      case 'whyNot': {
        const ask = args as Args<'whyNot'>;
        if (ask.atUs !== null)
          return {
            ok: false,
            error: {
              code: 'refused',
              message: 'past moments are answered by the command line: drover why --symbol S --at TIME',
            },
          };
        return found(whyNotNow(this.#kernel, this.outcomes, ask.symbol), `there is no symbol '${ask.symbol}'`);
      }
      default:
        return undefined;
    }
  }

  #closedTrades(ask: Args<'closedTrades'>): { total: number; trades: ClosedTrade[] } {
    const { main, shadow } = this.#kernel;
    const all = [
      ...main.desk.summaries.closedTrades().map((trade) => closedTradeView(trade, false)),
      ...shadow.desk.summaries.closedTrades().map((trade) => closedTradeView(trade, true)),
    ].sort((a, b) => b.closedUs - a.closedUs);
    return { total: all.length, trades: all.slice(ask.from, ask.from + ask.count) };
  }
}

function found(value: unknown, missing: string): Answer {
  return value === null ? { ok: false, error: { code: 'not-found', message: missing } } : { ok: true, value };
}
