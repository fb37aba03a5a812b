/** What became of the candidates of today: counts by outcome, and the latest per symbol. Bounded; the journal has them all. */
import type { WhyNotAnswer } from '#protocol';
import { refusalText } from '../../kernel/refusal-text.ts';
import type { Outcome } from '../../model/outcome.ts';
import type { JournalRecord } from '../../ports/journal.ts';

type Candidate = WhyNotAnswer['candidates'][number];

const PER_SYMBOL = 50;
const SYMBOLS_MAX = 20_000;

export class OutcomeLog {
  readonly counts = new Map<string, number>();
  readonly #bySymbol = new Map<string, Candidate[]>();

  record(record: JournalRecord): void {
    if (record.kind !== 'decision') return;
    const outcome = record.body as Partial<Outcome>;
    if (outcome.code === undefined) return;
    this.counts.set(outcome.code, (this.counts.get(outcome.code) ?? 0) + 1);
    let list = this.#bySymbol.get(record.symbol);
    if (list === undefined) {
      if (this.#bySymbol.size >= SYMBOLS_MAX) return;
      list = [];
      this.#bySymbol.set(record.symbol, list);
    }
    list.unshift({
      atUs: record.atUs,
      strategy: outcome.strategy ?? '',
      outcome: outcome.code,
      detail: refusalText(outcome.gate ?? '', outcome.value ?? null, outcome.limit ?? null),
      signalId: record.id,
    });
    if (list.length > PER_SYMBOL) list.pop();
  }

  of(symbol: string): readonly Candidate[] {
    return this.#bySymbol.get(symbol) ?? [];
  }
}
