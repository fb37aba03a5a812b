/** Sleep, battery and shutdown, told to the engine; and the wish not to be put to sleep while it runs. */
import { powerMonitor, powerSaveBlocker } from 'electron';
import type { EngineProcess } from './engine-process.ts';

const EVENTS = ['suspend', 'resume', 'on-battery', 'on-ac', 'shutdown'] as const;

export function watchPower(engine: EngineProcess, keepAwake: boolean): void {
  for (const event of EVENTS) powerMonitor.on(event as 'suspend', () => engine.power(event));
  if (!keepAwake) return;
  let blocker: number | undefined;
  engine.onState((state) => {
    if (state.kind === 'running') blocker ??= powerSaveBlocker.start('prevent-app-suspension');
    else if (state.kind === 'stopped' || state.kind === 'crash-loop') {
      if (blocker !== undefined) powerSaveBlocker.stop(blocker);
      blocker = undefined;
    }
  });
}
