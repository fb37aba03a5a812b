/**
 * Commands: what a window may ask of the engine. Plain data in, plain data out. The engine exposes exactly these names on
 * a frozen table without a prototype and checks every argument at run time before acting.
 */
export interface EngineCommands {
  /** Round trip, for latency. */
  ping(): Promise<{ readonly atUs: number }>;
  /** Writes a line to the engine's log (window errors). */
  report(line: { readonly severity: 'info' | 'warn' | 'danger'; readonly text: string }): Promise<void>;
}

export const COMMAND_NAMES = ['ping', 'report'] as const satisfies readonly (keyof EngineCommands)[];
