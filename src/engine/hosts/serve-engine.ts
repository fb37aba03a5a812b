/**
 * The engine process of the browser host. It is told what to run by its supervisor, ends when told to, and never outlives
 * it: when the supervisor is gone there is nobody left to restart it or to answer for it.
 */
import path from 'node:path';
import { openDataFolder } from '../adapters/data-folder.ts';
import type { BrowserHost } from './browser-host.ts';
import { startBrowserHost } from './browser-host.ts';
import { CloseCode } from './gateway/byte-channel.ts';
import type { EngineService } from './engine-service.ts';
import { isStartFailure, openEngineService } from './engine-service.ts';
import { workerFile } from './kernel-host/worker-files.ts';
import type { StartEngine } from './runtime-port.ts';
import type { FromServeEngine, ServeOptions, ToServeEngine } from './serve-messages.ts';
import { EngineExitCode } from './serve-messages.ts';

/** Everything has to be over by then; the supervisor's own limit is a little later. */
const STOP_WITHIN_MS = 1_700;

export function runServeEngine(startEngine: StartEngine): void {
  let service: EngineService | undefined;
  let host: BrowserHost | undefined;
  let isStopping = false;

  const stop = async (reason: string): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    setTimeout(() => process.exit(EngineExitCode.failed), STOP_WITHIN_MS);
    await service?.stop(reason);
    await host?.close();
    process.exit(EngineExitCode.stopped);
  };
  const crash = (message: string): void => {
    process.stderr.write(`drover: the engine ended: ${message}\n`);
    process.exit(EngineExitCode.crashed);
  };
  const start = async (options: ServeOptions): Promise<void> => {
    // The folder first: a predecessor that is still going down gives back both, and the port with it.
    const folder = await openDataFolder(options.engine.dataDir, process.ppid);
    if (!('release' in folder)) return fail({ kind: 'failed', exitCode: 1, message: folder.message });
    try {
      host = await startBrowserHost({
        host: options.host,
        port: options.port,
        token: options.token,
        rendererDir: path.join(path.dirname(workerFile('serve-engine')), '..', 'renderer'),
        attach: (channel) =>
          service === undefined ? channel.close(CloseCode.tryAgain, 'starting') : service.attach(channel),
        health: () => service?.health() ?? { state: 'starting', pid: process.pid },
      });
    } catch (error) {
      folder.release();
      return fail({ kind: 'failed', exitCode: 1, message: listenProblem(error, options) });
    }
    const opened = await openEngineService(folder, options.engine, startEngine, (exit) => crash(exit.message));
    if (isStartFailure(opened)) return fail({ kind: 'failed', ...opened });
    service = opened;
    if (isStopping) return;
    tell({ kind: 'ready', url: host.url, port: host.port, pid: process.pid });
  };

  process.on('message', (message: ToServeEngine) => {
    if (message.kind === 'stop') void stop('Drover was stopped.');
    else
      start(message.options).catch((error: unknown) =>
        crash(error instanceof Error ? (error.stack ?? error.message) : String(error)),
      );
  });
  process.on('disconnect', () => void stop('Drover was stopped.'));
  // Ctrl-C reaches the whole group; the supervisor gets it too and says what to do.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => void stop('The engine was stopped.'));
  process.on('uncaughtException', (error) => crash(error.stack ?? error.message));
}

function tell(message: FromServeEngine): void {
  process.send?.(message);
}

function fail(message: Extract<FromServeEngine, { kind: 'failed' }>): void {
  process.send?.(message, () => process.exit(EngineExitCode.failed));
}

function listenProblem(error: unknown, options: ServeOptions): string {
  const code = (error as NodeJS.ErrnoException).code;
  switch (code) {
    case 'EADDRINUSE':
      return `port ${options.port} on ${options.host} is in use by another program; choose another with --port N (0 picks a free one).`;
    case 'EACCES':
      return `port ${options.port} may not be opened by this account; choose one above 1023 with --port N.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `this machine has no address ${options.host}; choose one of its own with --host ADDRESS.`;
    default:
      return `the browser host cannot listen on ${options.host}:${options.port} (${code ?? String(error)}).`;
  }
}
