/** A gateway around the small test market, with a clock that tests move; and windows that talk to it. */
import { afterEach, beforeEach, vi } from 'vitest';
import { z } from 'zod';
import { PROTOCOL_VERSION } from '#protocol';
import { baseCommands, createCommandTable } from '../hosts/gateway/command-table.ts';
import type { Gateway } from '../hosts/gateway/gateway.ts';
import { createGateway } from '../hosts/gateway/gateway.ts';
import { TICK_MS } from '../hosts/gateway/limits.ts';
import type { FakeEngine } from './fake-engine.ts';
import { createFakeEngine } from './fake-engine.ts';
import type { TestWindow } from './memory-channel.ts';
import { createTestWindow } from './memory-channel.ts';

export const TEST_SYMBOLS = 200;

export interface GatewayFixture {
  readonly engine: FakeEngine;
  readonly gateway: Gateway;
  /** Finishes the calls of the command `slow`. */
  readonly slow: readonly ((value: unknown) => void)[];
  /** A new engine and gateway, as after a restart. */
  open(epoch: string): void;
  /** A window that said hello and subscribed. */
  connect(...topics: string[]): TestWindow;
}

/** Call at the top of a test file: every test gets a fresh engine and stopped time. */
export function gatewayFixture(): GatewayFixture {
  let engine: FakeEngine;
  let gateway: Gateway;
  let slow: ((value: unknown) => void)[] = [];
  const open = (epoch: string): void => {
    engine = createFakeEngine({ symbols: TEST_SYMBOLS, capacity: 8192, epoch });
    slow = [];
    const nowUs = (): number => Date.now() * 1000;
    const commands = createCommandTable({ ...baseCommands(engine, nowUs), ...testCommands(slow) });
    gateway = createGateway({ runtime: engine, commands, nowUs, nowMs: () => Date.now(), log: () => undefined });
  };
  beforeEach(() => {
    vi.useFakeTimers({ now: 1_800_000_000_000 });
    open('epoch-1');
  });
  afterEach(() => {
    gateway.close('test over');
    vi.useRealTimers();
  });
  return {
    get engine() {
      return engine;
    },
    get gateway() {
      return gateway;
    },
    get slow() {
      return slow;
    },
    open,
    connect: (...topics) => {
      const window = createTestWindow();
      gateway.attach(window.channel);
      window.say({ kind: 'hello', version: PROTOCOL_VERSION });
      for (const topic of topics) window.say({ kind: 'subscribe', topic });
      return window;
    },
  };
}

export const wait = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

/** Lets time pass with a window that acknowledges everything at once. */
export async function live(window: TestWindow, ms: number): Promise<void> {
  for (let at = 0; at < ms; at += TICK_MS) {
    await wait(TICK_MS);
    window.ackAll();
  }
}

function testCommands(slow: ((value: unknown) => void)[]): Parameters<typeof createCommandTable>[0] {
  return {
    double: { args: z.strictObject({ n: z.number() }), run: (args) => (args as { n: number }).n * 2 },
    slow: { args: z.undefined(), run: () => new Promise((resolve) => slow.push(resolve)) },
    refuse: {
      args: z.undefined(),
      run: () => {
        throw Object.assign(new Error('not now'), { code: 'refused', context: { limit: 3, deep: {} } });
      },
    },
    explode: {
      args: z.undefined(),
      run: () => {
        throw new Error('a secret detail');
      },
    },
    cyclic: {
      args: z.undefined(),
      run: () => {
        const value: Record<string, unknown> = {};
        value['self'] = value;
        return value;
      },
    },
  };
}
