/**
 * The engine process, whatever host it runs under: data folder, kernel, gateway, in this order, and back in the other.
 * The two hosts differ only in how windows reach `attach`.
 */
import type { DataFolder } from '../adapters/data-folder.ts';
import { FailureError, UsageError } from '../cli/command.ts';
import type { ByteChannel } from './gateway/byte-channel.ts';
import { baseCommands, createCommandTable, forwarded } from './gateway/command-table.ts';
import { createGateway } from './gateway/gateway.ts';
import { KERNEL_COMMAND_SCHEMAS } from './kernel-host/command-schemas.ts';
import type { EngineExit, EngineOptions, EngineRuntime, PowerEvent, StartEngine } from './runtime-port.ts';

export interface EngineService {
  readonly runtime: EngineRuntime;
  attach(channel: ByteChannel): void;
  power(event: PowerEvent): void;
  health(): Readonly<Record<string, unknown>>;
  /** Windows are told, the kernel is stopped, the folder is given back. Safe to call twice. */
  stop(reason: string): Promise<void>;
}

/** A start that failed for a reason the user can do something about. */
export interface StartFailure {
  readonly exitCode: 1 | 2;
  readonly message: string;
}

export const isStartFailure = (value: EngineService | StartFailure): value is StartFailure => 'exitCode' in value;

/** Starts the engine on a folder that is ours; the folder is given back when it cannot start and when it is stopped. */
export async function openEngineService(
  folder: DataFolder,
  options: EngineOptions,
  startEngine: StartEngine,
  onEnd: (exit: EngineExit) => void,
): Promise<EngineService | StartFailure> {
  let runtime: EngineRuntime;
  try {
    runtime = await startEngine(options);
  } catch (error) {
    folder.release();
    if (error instanceof UsageError) return { exitCode: 2, message: error.message };
    if (error instanceof FailureError) return { exitCode: 1, message: error.message };
    throw error;
  }
  return createService(runtime, folder, onEnd);
}

function createService(runtime: EngineRuntime, folder: DataFolder, onEnd: (exit: EngineExit) => void): EngineService {
  const nowUs = (): number => Date.now() * 1000;
  const kernelCommands = Object.entries(KERNEL_COMMAND_SCHEMAS).map(
    ([name, schema]) => [name, forwarded(runtime, name, schema)] as const,
  );
  const gateway = createGateway({
    runtime,
    commands: createCommandTable({ ...Object.fromEntries(kernelCommands), ...baseCommands(runtime, nowUs) }),
    nowUs,
    nowMs: () => performance.now(),
    log: (line) => void process.stderr.write(`${line}\n`),
  });
  let stopping: Promise<void> | undefined;
  runtime.onExit((exit) => {
    if (stopping !== undefined) return;
    gateway.close('The engine ended.');
    onEnd(exit);
  });
  return {
    runtime,
    attach: (channel) => gateway.attach(channel),
    power: (event) => runtime.power?.(event),
    health: () => ({
      state: stopping === undefined ? 'running' : 'stopping',
      pid: process.pid,
      epoch: runtime.epoch,
      version: runtime.info.version,
      symbols: runtime.symbolCount(),
      ...gateway.stats(),
    }),
    stop: (reason) => {
      stopping ??= (async () => {
        gateway.close(reason);
        await runtime.stop();
        folder.release();
      })();
      return stopping;
    },
  };
}
