/** The trading entries of the native menu: asked about, then given to the engine directly, past windows that may hang. */
import type { HostCommand } from '#host-kit';
import type { EngineProcess } from './engine-process.ts';
import { ask, tell } from './questions.ts';
import type { TradingAsk } from './trading-questions.ts';
import { tradingQuestion } from './trading-questions.ts';

const COMMANDS: Readonly<Record<TradingAsk, HostCommand>> = {
  'auto-on': { name: 'setAuto', args: { on: true } },
  'auto-off': { name: 'setAuto', args: { on: false } },
  'flatten-all': { name: 'flatten', args: { all: true } },
  kill: { name: 'kill' },
};

/** Resolves when it was given on or thought better of. One question at a time. */
export function createNativeTrading(engine: EngineProcess): (wanted: TradingAsk) => Promise<void> {
  let isAsking = false;
  engine.onRefused((message) => void tell('The engine did not do that.', message));
  return async (wanted) => {
    if (isAsking) return;
    const question = tradingQuestion(wanted, engine.trading());
    if (question !== undefined) {
      isAsking = true;
      const answer = await ask(question).finally(() => (isAsking = false));
      if (answer !== 0) return;
    }
    engine.command(COMMANDS[wanted]);
  };
}
