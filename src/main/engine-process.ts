/**
 * The engine process: forked, watched, started again when it ends by itself, stopped with a deadline. An exit (it ended in
 * order, though nobody asked) and a crash (it was killed or failed) are told apart in what windows are shown.
 */
import { app, utilityProcess } from 'electron';
import type { MessagePortMain, UtilityProcess } from 'electron';
import type { EngineHostState } from '#protocol';
import type { EngineOptions, FromUtility, HostCommand, PowerEvent, ToUtility, TradingNews } from '#host-kit';
import { createRestartPolicy } from '#host-kit';

/** An engine that was told to stop and has not ended by then is killed; the kernel needs 1.5 s at most. */
const STOP_WITHIN_MS = 3_000;
const SERVICE_NAME = 'Drover engine';

export interface EngineProcess {
  state(): EngineHostState;
  onState(listener: (state: EngineHostState) => void): void;
  start(): void;
  /** Ends it if it runs and starts it afresh; earlier crashes are forgotten. */
  restart(): Promise<void>;
  /** False when there is no running engine to take the port. */
  connect(port: MessagePortMain): boolean;
  power(event: PowerEvent): void;
  /** The newest news of trading, kept over a crash: positions stay open when the engine ends. Undefined before the first. */
  trading(): TradingNews | undefined;
  onTrading(listener: (news: TradingNews) => void): void;
  command(command: HostCommand): void;
  /** A command was refused; called with a sentence. */
  onRefused(listener: (message: string) => void): void;
  /** Ends it for good; resolves when it is gone. */
  stop(): Promise<void>;
}

export function createEngineProcess(
  modulePath: string,
  options: EngineOptions,
  note: (sentence: string) => void,
): EngineProcess {
  const policy = createRestartPolicy();
  const listeners: ((state: EngineHostState) => void)[] = [];
  const tradingListeners: ((news: TradingNews) => void)[] = [];
  const refusedListeners: ((message: string) => void)[] = [];
  let trading: TradingNews | undefined;
  const refused = (message: string): void => {
    for (const listener of refusedListeners) listener(message);
  };
  let state: EngineHostState = { kind: 'starting', message: '', pid: null, restarts: 0 };
  let child: UtilityProcess | undefined;
  let isWanted = false;
  let failure: string | undefined;
  let goneReason: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let restarts = 0;

  const become = (kind: EngineHostState['kind'], message: string, pid: number | null = null): void => {
    state = { kind, message, pid, restarts };
    for (const listener of listeners) listener(state);
  };
  const tell = (message: ToUtility, ports: MessagePortMain[] = []): void => child?.postMessage(message, ports);
  // Says how it went where the exit code alone does not: killed, crashed, out of memory.
  app.on('child-process-gone', (_event, details) => {
    if (details.type === 'Utility' && (details.name === SERVICE_NAME || details.serviceName === SERVICE_NAME))
      goneReason = details.reason;
  });

  const launch = (): void => {
    failure = undefined;
    goneReason = undefined;
    become('starting', restarts === 0 ? '' : 'The engine is starting again.');
    const started = utilityProcess.fork(modulePath, [], { serviceName: SERVICE_NAME, stdio: 'inherit' });
    child = started;
    started.on('message', (message: FromUtility) => {
      if (message.kind === 'ready') become('running', '', message.pid);
      else if (message.kind === 'trading') {
        trading = message.news;
        for (const listener of tradingListeners) listener(message.news);
      } else if (message.kind === 'refused') refused(message.message);
      else if (message.kind === 'failed') {
        failure = message.message;
        started.kill();
      }
    });
    started.once('exit', (code) => onExit(started, code));
    tell({ kind: 'start', options });
  };
  const onExit = (ended: UtilityProcess, code: number): void => {
    if (child !== ended) return;
    child = undefined;
    if (!isWanted) return become('stopped', 'The engine was stopped.');
    if (failure !== undefined) {
      note(failure);
      return become('stopped', `The engine cannot start: ${failure}`);
    }
    const isCrash = code !== 0 || (goneReason !== undefined && goneReason !== 'clean-exit');
    const how = isCrash
      ? `crashed (${goneReason === undefined || goneReason === 'clean-exit' ? `exit code ${code}` : goneReason})`
      : 'ended by itself';
    const next = policy.ended(performance.now());
    if (next.kind === 'give-up') {
      note(`The engine ${how} several times in a row and is not started again.`);
      return become(
        'crash-loop',
        `The engine ${how} several times in a row and is not started again by itself. Trading > Restart Engine tries again.`,
      );
    }
    note(`The engine ${how} and is started again.`);
    become('restarting', `The engine ${how} and is started again.`);
    restarts++;
    timer = setTimeout(launch, next.delayMs);
  };
  const end = async (): Promise<void> => {
    clearTimeout(timer);
    const ending = child;
    if (ending === undefined) return;
    const gone = new Promise<void>((resolve) => ending.once('exit', () => resolve()));
    const { pid } = ending;
    tell({ kind: 'stop' });
    const killer = setTimeout(() => killHard(pid), STOP_WITHIN_MS);
    await gone;
    clearTimeout(killer);
  };

  return {
    state: () => state,
    onState: (listener) => void listeners.push(listener),
    start: () => {
      isWanted = true;
      launch();
    },
    restart: async () => {
      isWanted = false;
      await end();
      policy.forget();
      isWanted = true;
      restarts++;
      launch();
    },
    connect: (port) => {
      if (child === undefined || state.kind !== 'running') return false;
      tell({ kind: 'window' }, [port]);
      return true;
    },
    power: (event) => tell({ kind: 'power', event }),
    trading: () => trading,
    onTrading: (listener) => void tradingListeners.push(listener),
    command: (command) => {
      if (child !== undefined && state.kind === 'running') tell({ kind: 'command', command });
      else refused('The engine does not run now.');
    },
    onRefused: (listener) => void refusedListeners.push(listener),
    stop: async () => {
      isWanted = false;
      await end();
      if (state.kind !== 'stopped') become('stopped', 'The engine was stopped.');
    },
  };
}

function killHard(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It went in the meantime.
  }
}
