/**
 * How the program ends: what is at stake is asked about once, windows remember their places, the engine is stopped within
 * its deadline. Signals and a shutdown of the system do not ask.
 */
import { app, powerMonitor } from 'electron';
import type { EngineProcess } from './engine-process.ts';
import { ask } from './questions.ts';
import { lastCloseQuestion, quitQuestion } from './trading-questions.ts';
import type { LastCloseAnswer, Windows } from './windows.ts';

export interface Ending {
  /** For the last window: undefined lets it close. */
  readonly beforeLastClose: () => Promise<LastCloseAnswer> | undefined;
  /** Without asking again. */
  readonly quit: () => void;
  readonly start: (windows: Windows) => void;
}

const LAST_CLOSE: readonly LastCloseAnswer[] = ['stay', 'close', 'cancel'];

export function createEnding(engine: EngineProcess): Ending {
  let isCertain = false;
  const quit = (): void => {
    isCertain = true;
    app.quit();
  };
  return {
    beforeLastClose: () => {
      const question = isCertain ? undefined : lastCloseQuestion(engine.trading());
      return question && ask(question).then((answer) => LAST_CLOSE[answer] ?? 'cancel');
    },
    quit,
    start: (windows) => {
      let isEnding = false;
      let isAsking = false;
      const end = (): void => {
        isEnding = true;
        windows.saveForQuit();
        void engine.stop().then(() => app.exit(0));
      };
      app.on('window-all-closed', () => quit());
      app.on('before-quit', (event) => {
        event.preventDefault();
        if (isEnding || isAsking) return;
        const question = isCertain ? undefined : quitQuestion(engine.trading());
        if (question === undefined) return end();
        isAsking = true;
        void ask(question).then((answer) => {
          isAsking = false;
          if (answer === 0) end();
        });
      });
      // The system does not wait for an answer, and the engine must end in order.
      powerMonitor.on('shutdown', quit);
      let signals = 0;
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
        process.on(signal, () => {
          signals++;
          if (signals === 1) quit();
          else app.exit(1);
        });
      }
    },
  };
}
