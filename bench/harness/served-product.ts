/** Starts the built product for a bench: `drover serve` on the simulated market in a folder of its own, and its health. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';
import type { ConflatedFrame, HealthValue } from '#protocol';
import { FrameType, jsonFrame, PROTOCOL_VERSION, readJsonFrame } from '#protocol';
import { FailureError } from '../../src/engine/cli/command.ts';
import { textCodec } from '../../src/engine/hosts/gateway/text-frames.ts';

export interface ServedProduct {
  readonly url: string;
  readonly token: string;
  /** Process of the engine as it began. */
  readonly enginePid: number;
  readonly dataDir: string;
  /** Ends it and leaves its folder. */
  halt(): Promise<void>;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}

/** `DROVER_BENCH_OUT` names another folder of builds than `out`. */
export async function serveProduct(args: readonly string[]): Promise<ServedProduct> {
  const program = path.resolve(process.env['DROVER_BENCH_OUT'] ?? 'out', 'engine/drover.js');
  if (!existsSync(program)) throw new FailureError(`${program} is not built; run 'npm run build' first.`);
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'drover-bench-'));
  const feed = args.includes('--feed') ? [] : ['--feed', 'sim'];
  const child = spawn(
    process.execPath,
    [program, 'serve', '--json', '--port', '0', '--data-dir', dataDir, '--broker', 'paper', ...feed, ...args],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const ended = new Promise<string>((resolve) => child.once('exit', (code, signal) => resolve(String(signal ?? code))));
  const line = await Promise.race([
    new Promise<string>((resolve) => createInterface({ input: child.stdout }).once('line', resolve)),
    ended.then((how) =>
      Promise.reject(new FailureError(`serve ended with ${how} before it said its address: ${errors}`)),
    ),
  ]);
  const { url, token, enginePid } = JSON.parse(line) as {
    readonly url: string;
    readonly token: string;
    readonly enginePid: number;
  };
  const end = (): Promise<void> => halt(child, ended);
  return {
    url,
    token,
    enginePid,
    dataDir,
    halt: end,
    stop: async () => {
      await end();
      await rm(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

async function halt(child: ChildProcess, ended: Promise<string>): Promise<void> {
  child.kill('SIGTERM');
  const cut = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await ended;
  clearTimeout(cut);
}

export interface HealthWatch {
  /** Every health value so far. */
  readonly seen: readonly HealthValue[];
  close(): void;
}

/** Follows the engine's health as a window without a screen. */
export async function watchHealth({ url, token }: ServedProduct): Promise<HealthWatch> {
  const address = new URL('/link', url);
  address.protocol = 'ws:';
  address.searchParams.set('token', token);
  const socket = new WebSocket(address, { origin: new URL(url).origin });
  socket.binaryType = 'arraybuffer';
  const seen: HealthValue[] = [];
  const say = (message: object): void => socket.send(jsonFrame(FrameType.control, message, textCodec));
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.once('open', () => {
      say({ kind: 'hello', version: PROTOCOL_VERSION });
      say({ kind: 'subscribe', topic: 'health', hz: 4 });
      resolve();
    });
  });
  socket.on('message', (data: ArrayBuffer) => {
    const frame = new Uint8Array(data);
    if (frame[0] !== FrameType.value) return;
    const value = readJsonFrame(frame, textCodec) as ConflatedFrame<HealthValue>;
    seen.push(value.value);
    say({ kind: 'ack', frame: value.frame });
  });
  return { seen, close: () => socket.terminate() };
}
