/** A kernel without threads, windows or disk of its own: for replays, questions about the past, drills and backtests. */
import { compileStrategy, StepGuard } from '../../adapters/strategies/compile.ts';
import { Kernel } from '../../kernel/kernel.ts';
import type { KernelConfig } from '../../kernel/kernel-config.ts';
import { ConditionSets } from '../../model/conditions.ts';
import { SymbolTable } from '../../model/symbols.ts';
import type { JournalSink } from '../../ports/journal.ts';
import { SessionCalendar } from '../../time/calendar.ts';
import { withCalendarDays } from '../../time/calendar-days.ts';
import { SessionClock } from '../../time/session-clock.ts';
import { US_EQUITY_CALENDAR } from '../../time/us-calendar.ts';

export interface OfflineKernel {
  readonly kernel: Kernel;
  readonly symbols: SymbolTable;
  readonly conditions: ConditionSets;
}

/** `tapeTrades`: trades kept in memory; none unless asked for. */
export function createOfflineKernel(config: KernelConfig, journal: JournalSink, tapeTrades = 0): OfflineKernel {
  const symbols = new SymbolTable();
  const conditions = new ConditionSets();
  const guard = new StepGuard();
  const kernel = new Kernel({
    config,
    symbols,
    conditions,
    sessions: new SessionClock(new SessionCalendar(withCalendarDays(US_EQUITY_CALENDAR, config.calendarDays))),
    journal,
    tapeTrades,
    compile: (code, file) => compileStrategy(code, file, guard),
    guard,
    send: () => undefined,
  });
  return { kernel, symbols, conditions };
}
