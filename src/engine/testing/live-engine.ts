/**
 * A whole engine (kernel, store and feed threads, from a bundle) under a test's hand: started on a folder, watched, stopped
 * in order or cut off. For tests of recovery, where threads and files must be the real ones.
 */
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ConsoleItem, HealthValue } from '#protocol';
import { startEngine } from '../hosts/kernel-host/engine-runtime.ts';
import type { EngineOptions, EngineRuntime } from '../hosts/runtime-port.ts';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');

/** Bundles the worker entries under node_modules/.cache/NAME and makes startEngine use them. Returns the way back. */
export async function useEngineBundle(name: string): Promise<() => void> {
  const folder = path.join(root, 'node_modules/.cache', `${name}-${process.pid}`);
  const { bundleEngine } = (await import(path.join(root, 'scripts/engine-bundle.mjs'))) as {
    bundleEngine: (outDir: string) => Promise<void>;
  };
  await bundleEngine(folder);
  process.env['DROVER_ENGINE_DIR'] = folder;
  return () => {
    delete process.env['DROVER_ENGINE_DIR'];
    rmSync(folder, { recursive: true, force: true });
  };
}

export interface LiveEngine {
  readonly engine: EngineRuntime;
  /** Every console line so far. */
  readonly lines: readonly ConsoleItem[];
  readonly health: () => HealthValue | undefined;
  /** The latest value of a topic that is watched. */
  value(topic: string): unknown;
  /** Resolves when the condition holds; rejects when the engine ends or the time is up. */
  until(what: string, holds: () => boolean, withinMs?: number): Promise<void>;
  text(): string;
  stop(): Promise<void>;
}

export async function startLiveEngine(options: EngineOptions): Promise<LiveEngine> {
  mkdirSync(options.dataDir, { recursive: true });
  const engine = await startEngine(options);
  const lines: ConsoleItem[] = [];
  const values = new Map<string, unknown>();
  let ended = '';
  engine.onEvent((topic, items) => {
    if (topic === 'console') lines.push(...(items as ConsoleItem[]));
  });
  engine.onValue((topic, _key, value) => void values.set(topic, value));
  engine.onExit((exit) => (ended = exit.message));
  return {
    engine,
    lines,
    health: () => values.get('health') as HealthValue | undefined,
    value: (topic) => values.get(topic),
    until: async (what, holds, withinMs = 120_000) => {
      const deadline = performance.now() + withinMs;
      while (!holds()) {
        if (ended !== '') throw new Error(`the engine ended while waiting for ${what}: ${ended}`);
        if (performance.now() > deadline) throw new Error(`waited too long for ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    text: () => lines.map((line) => `${line.severity} ${line.kind}: ${line.text}`).join('\n'),
    stop: () => engine.stop(),
  };
}

/** The folder as it stands this instant: what a power cut or a kill would leave. */
export function snapshotFolder(from: string, to: string): string {
  rmSync(to, { recursive: true, force: true });
  cpSync(from, to, { recursive: true });
  return to;
}

/** A copy of a folder in use: a file that is replaced while it is copied is copied again. */
export function snapshotLiving(from: string, to: string): string {
  for (let tries = 50; ; tries--) {
    try {
      return snapshotFolder(from, to);
    } catch (error) {
      if (tries === 0) throw error;
    }
  }
}
