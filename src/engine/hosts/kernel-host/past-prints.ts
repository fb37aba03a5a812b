/** The trades of a symbol as they stood at an instant of today, from the tape in memory: time and sales of a past second. */
import type { EngineCommands, PastPrint } from '#protocol';
import type { Kernel } from '../../kernel/kernel.ts';
import { printView } from './symbol-view.ts';

type Ask = Parameters<EngineCommands['printsAt']>[0];
type Reply = Awaited<ReturnType<EngineCommands['printsAt']>>;

/** Null for a symbol that is not known. Trades stand in the order they came; one printed later than the instant is left out. */
export function printsAtAnswer(kernel: Kernel, { symbol: name, atUs, count }: Ask): Reply | null {
  const symbol = kernel.symbols.get(name);
  if (symbol === undefined) return null;
  const { tape } = kernel;
  if (tape === null) return { prints: [], isPartial: true };
  const prints: PastPrint[] = [];
  const oldest = tape.oldest(symbol);
  // All trades from the first one that is later on are later, but for late reports, which nobody had at the instant.
  let n = tape.findByTime(symbol, atUs + 1) - 1;
  for (; n >= oldest && prints.length < count; n--) {
    const trade = tape.at(symbol, n);
    if (trade !== undefined) prints.push({ ...printView(trade), bid: trade.bid, ask: trade.ask });
  }
  return { prints, isPartial: n < oldest && (oldest > 0 || tape.isPartial) };
}
