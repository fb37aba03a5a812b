/**
 * Watches over the engine process of the browser host: starts it, starts it again when it ends by itself (same port, same
 * token, so that open pages find it), gives up on a crash loop, and ends it when asked.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { workerFile } from './kernel-host/worker-files.ts';
import { createRestartPolicy } from './restart-policy.ts';
import type { FromServeEngine, ServeOptions, ToServeEngine } from './serve-messages.ts';

/** Stopping is over within two seconds: what has not ended by then is killed. */
const KILL_AFTER_MS = 1_900;

export interface Serving {
  readonly url: string;
  readonly port: number;
  readonly enginePid: number;
}

export interface SupervisorEvents {
  /** The engine is up for the first time. */
  readonly onServing: (serving: Serving) => void;
  /** A sentence for the log. */
  readonly onNote: (sentence: string) => void;
}

export type SupervisorEnd = { readonly exitCode: 0 | 1 | 2; readonly message: string };

export interface Supervisor {
  readonly ended: Promise<SupervisorEnd>;
  stop(): void;
  /** Ends everything this instant. */
  kill(): void;
}

export function superviseServe(options: ServeOptions, events: SupervisorEvents): Supervisor {
  const policy = createRestartPolicy();
  let port = options.port;
  let child: ChildProcess | undefined;
  let isStopping = false;
  let isServing = false;
  let failure: { exitCode: 1 | 2; message: string } | undefined;
  let restartTimer: NodeJS.Timeout | undefined;
  let killTimer: NodeJS.Timeout | undefined;
  let resolve: (end: SupervisorEnd) => void = () => undefined;
  const ended = new Promise<SupervisorEnd>((done) => (resolve = done));

  const launch = (): void => {
    const started = fork(workerFile('serve-engine'), [], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      serialization: 'json',
    });
    child = started;
    started.on('message', (message: FromServeEngine) => hear(message));
    started.on('error', (error) => events.onNote(`The engine process could not be started: ${error.message}.`));
    started.once('exit', (code, signal) => onExit(code, signal));
    started.send({ kind: 'start', options: { ...options, port } } satisfies ToServeEngine);
  };
  const hear = (message: FromServeEngine): void => {
    if (message.kind === 'failed') {
      failure = message;
      return;
    }
    port = message.port;
    if (isServing) events.onNote(`The engine runs again (process ${message.pid}).`);
    else events.onServing({ url: message.url, port, enginePid: message.pid });
    isServing = true;
  };
  const onExit = (code: number | null, signal: NodeJS.Signals | null): void => {
    child = undefined;
    clearTimeout(killTimer);
    if (isStopping) return resolve({ exitCode: 0, message: '' });
    if (failure !== undefined) return resolve(failure);
    const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
    const next = policy.ended(performance.now());
    if (next.kind === 'give-up')
      return resolve({
        exitCode: 1,
        message: `the engine ended again and again (the last time with ${how}); what it said is above.`,
      });
    events.onNote(`The engine ended by itself (${how}) and is started again.`);
    restartTimer = setTimeout(launch, next.delayMs);
  };

  launch();
  return {
    ended,
    stop: () => {
      if (isStopping) return;
      isStopping = true;
      clearTimeout(restartTimer);
      if (child === undefined) return resolve({ exitCode: 0, message: '' });
      if (child.connected) child.send({ kind: 'stop' } satisfies ToServeEngine);
      killTimer = setTimeout(() => child?.kill('SIGKILL'), KILL_AFTER_MS);
    },
    kill: () => child?.kill('SIGKILL'),
  };
}
