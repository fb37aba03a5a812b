/** All commands, loaded only when asked for, so that `drover --help` stays instant. */
import type { CliCommand } from './command.ts';

export const COMMANDS: Readonly<Record<string, () => Promise<CliCommand>>> = {
  serve: async () => (await import('./commands/serve.ts')).serve,
  bars: async () => (await import('./commands/bars.ts')).barsCommand,
  market: async () => (await import('./commands/market.ts')).market,
  backtest: async () => (await import('./commands/backtest.ts')).backtest,
  soak: async () => (await import('./commands/soak.ts')).soak,
  replay: async () => (await import('./commands/replay.ts')).replay,
  report: async () => (await import('./commands/report.ts')).report,
  twin: async () => (await import('./commands/twin.ts')).twin,
  drill: async () => (await import('./commands/drill.ts')).drill,
  why: async () => (await import('./commands/why.ts')).why,
  export: async () => (await import('./commands/export.ts')).exportCommand,
  days: async () => (await import('./commands/days.ts')).days,
  tape: async () => (await import('./commands/tape.ts')).tapeCommand,
};
