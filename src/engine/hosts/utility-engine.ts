/** The engine process under Electron: a utility process that main forks, feeds with window ports, and stops. */
import { openDataFolder } from '../adapters/data-folder.ts';
import { electronPortChannel } from './transports/message-port.ts';
import type { ElectronPort } from './transports/message-port.ts';
import type { EngineService } from './engine-service.ts';
import { isStartFailure, openEngineService } from './engine-service.ts';
import type { EngineOptions, StartEngine } from './runtime-port.ts';
import { EngineExitCode } from './serve-messages.ts';
import { watchTrading } from './trading-news.ts';
import type { FromUtility, HostCommand, ParentPort, ToUtility } from './utility-messages.ts';

export function runUtilityEngine(parent: ParentPort, startEngine: StartEngine): void {
  let service: EngineService | undefined;
  let waiting: ElectronPort[] = [];
  const tell = (message: FromUtility): void => parent.postMessage(message);
  const crash = (message: string): void => {
    process.stderr.write(`drover: the engine ended: ${message}\n`);
    process.exit(EngineExitCode.crashed);
  };
  const start = async (options: EngineOptions): Promise<void> => {
    const folder = await openDataFolder(options.dataDir, process.ppid);
    if (!('release' in folder)) return tell({ kind: 'failed', message: folder.message });
    const standing: StartEngine = async (given) =>
      watchTrading(await startEngine(given), (news) => tell({ kind: 'trading', news }));
    const opened = await openEngineService(folder, options, standing, (exit) => crash(exit.message));
    if (isStartFailure(opened)) return tell({ kind: 'failed', message: opened.message });
    service = opened;
    for (const port of waiting) service.attach(electronPortChannel(port));
    waiting = [];
    tell({ kind: 'ready', pid: process.pid });
  };
  const obey = ({ name, args }: HostCommand): void => {
    const refuse = (why: string): void => tell({ kind: 'refused', message: why });
    if (service === undefined) return refuse('The engine is still starting; try again in a moment.');
    service.runtime.command(name, args).catch((error: unknown) => {
      const { message } = error as { readonly message?: string };
      refuse(message ?? 'The engine gave no reason.');
    });
  };
  const stop = async (): Promise<void> => {
    await service?.stop('Drover is closing.');
    tell({ kind: 'stopped' });
    process.exit(EngineExitCode.stopped);
  };
  parent.on('message', ({ data, ports }) => {
    const message = data as ToUtility;
    switch (message.kind) {
      case 'start':
        start(message.options).catch((error: unknown) =>
          crash(error instanceof Error ? (error.stack ?? error.message) : String(error)),
        );
        return;
      case 'window': {
        const port = ports[0];
        if (port === undefined) return;
        if (service === undefined) waiting.push(port);
        else service.attach(electronPortChannel(port));
        return;
      }
      case 'power':
        return service?.power(message.event);
      case 'command':
        return obey(message.command);
      case 'stop':
        void stop();
    }
  });
  // Main decides when this process ends; a Ctrl-C in the terminal reaches main as well.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => void stop());
  process.on('uncaughtException', (error) => crash(error.stack ?? error.message));
}
