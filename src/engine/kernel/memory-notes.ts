/**
 * What strategies remember of symbols is in checkpoints. What they remembered of a symbol they wanted to buy is in the journal as
 * well, so that a start without a checkpoint does not buy once more what is bought once a day (docs/specs/recovery.md, AFR8).
 */
import type { Signal } from '../model/signal.ts';
import type { SymbolTable } from '../model/symbols.ts';
import type { EpochUs } from '../model/units.ts';
import type { StrategyHost } from '../strategies/strategy-host.ts';
import type { LostRecord, MemoryNote } from './adoption.ts';
import { MEMORY_NOTE } from './adoption.ts';
import type { JournalWriter } from './trading/journal-writer.ts';

/** At every candidate of a strategy that keeps anything of the symbol. */
export function noteMemory(
  signal: Signal,
  strategies: StrategyHost,
  symbols: SymbolTable,
  journal: JournalWriter,
  nowUs: EpochUs,
): void {
  const memory = strategies.memoryOf(signal.strategy, signal.symbol);
  if (memory.length === 0) return;
  const body: MemoryNote = { code: 'strategy-memory', strategy: signal.strategy, memory };
  const symbol = symbols.name(signal.symbol);
  journal.write({ kind: 'note', atUs: nowUs, id: MEMORY_NOTE, cause: signal.id, symbol, body });
}

export function takeMemories(records: readonly LostRecord[], strategies: StrategyHost, symbols: SymbolTable): void {
  for (const { id, symbol, body } of records) {
    if (id !== MEMORY_NOTE) continue;
    const { strategy, memory } = body as MemoryNote;
    strategies.remember(strategy, symbols.intern(symbol), memory);
  }
}
