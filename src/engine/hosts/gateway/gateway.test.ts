import { wrap } from 'comlink';
import type { Endpoint } from 'comlink';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { CREDIT_FRAMES, epochNumber, LOSSLESS_KEEP, PROTOCOL_VERSION, ROW_FLAGS } from '#protocol';
import { HaltState, HALT_REASONS } from '../../market/view-columns.ts';
import type { FakeEngine } from '../../testing/fake-engine.ts';
import { createFakeEngine, fakeHealth } from '../../testing/fake-engine.ts';
import type { TestWindow } from '../../testing/memory-channel.ts';
import { createTestWindow } from '../../testing/memory-channel.ts';
import { baseCommands, createCommandTable } from './command-table.ts';
import type { Gateway } from './gateway.ts';
import { createGateway } from './gateway.ts';
import { BAD_MESSAGES_MAX, BUFFERED_CLOSE_MS, BUFFERED_STALL_BYTES, COMMANDS_IN_FLIGHT_MAX, EVENTS_PER_FRAME, HELLO_WITHIN_MS, SUBSCRIPTIONS_MAX, TICK_MS } from './limits.ts';

const SYMBOLS = 200;
let engine: FakeEngine;
let gateway: Gateway;
let slow: ((value: unknown) => void)[];

beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000 });
  open('epoch-1');
});
afterEach(() => {
  gateway.close('test over');
  vi.useRealTimers();
});

function open(epoch: string): void {
  engine = createFakeEngine({ symbols: SYMBOLS, capacity: 8192, epoch });
  slow = [];
  const commands = createCommandTable({
    ...baseCommands(engine, () => Date.now() * 1000),
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
  });
  gateway = createGateway({ runtime: engine, commands, nowUs: () => Date.now() * 1000, nowMs: () => Date.now(), log: () => undefined });
}

function connect(...topics: string[]): TestWindow {
  const window = createTestWindow();
  gateway.attach(window.channel);
  window.say({ kind: 'hello', version: PROTOCOL_VERSION });
  for (const topic of topics) window.say({ kind: 'subscribe', topic });
  return window;
}

const wait = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
/** Lets time pass with a window that acknowledges everything at once. */
async function live(window: TestWindow, ms: number): Promise<void> {
  for (let at = 0; at < ms; at += TICK_MS) {
    await wait(TICK_MS);
    window.ackAll();
  }
}

describe('handshake', () => {
  it('welcomes with the engine, then names every symbol before any row', () => {
    const window = connect('market');
    const [welcome, symbols] = window.notices();
    expect(welcome).toMatchObject({ kind: 'welcome', version: PROTOCOL_VERSION, epoch: 'epoch-1', engine: { broker: 'paper' } });
    expect(symbols).toMatchObject({ kind: 'symbols', first: 0 });
    expect(symbols?.kind === 'symbols' && symbols.names.length).toBe(SYMBOLS);
    expect(window.rows()[0]).toMatchObject({ snapshot: true, past: false, epoch: epochNumber('epoch-1') });
    expect(window.rows()[0]?.rows.length).toBe(SYMBOLS);
  });

  it('refuses another version and closes', () => {
    const window = createTestWindow();
    gateway.attach(window.channel);
    window.say({ kind: 'hello', version: PROTOCOL_VERSION + 1, newField: 1 });
    expect(window.notices()[0]).toMatchObject({ kind: 'error', code: 'version-mismatch' });
    expect(window.isOpen).toBe(false);
    expect(gateway.stats().sessions).toBe(0);
  });

  it('takes nothing before hello and closes a window that never says it', async () => {
    const window = createTestWindow();
    gateway.attach(window.channel);
    window.say({ kind: 'subscribe', topic: 'market' });
    window.rpc({ id: 'a', type: 'APPLY', path: ['ping'], argumentList: [] });
    expect(window.notices().map((notice) => notice.kind === 'error' && notice.code)).toEqual(['bad-message', 'bad-message']);
    await wait(HELLO_WITHIN_MS + 2 * TICK_MS);
    expect(window.isOpen).toBe(false);
  });

  it('announces names that appear later, before their rows', async () => {
    const window = connect('market');
    window.forget();
    engine.addSymbols(3);
    await wait(400);
    expect(window.notices()).toEqual([{ kind: 'symbols', epoch: 'epoch-1', first: SYMBOLS, names: ['S200', 'S201', 'S202'] }]);
    expect([...(window.rows()[0]?.rows ?? [])]).toEqual([200, 201, 202]);
  });
});

describe('market rows', () => {
  it('sends exactly the rows that changed, with their values', async () => {
    const window = connect('market');
    window.ackAll();
    // Long enough for every tick rate to have faded.
    await live(window, 120_000);
    window.forget();
    engine.touch(7, 123.45);
    engine.touch(3, 50);
    engine.view.halt[3] = HaltState.halted;
    engine.view.haltReason[3] = HALT_REASONS.indexOf('LUDP');
    await live(window, 250);
    const rows = window.rows();
    expect(rows.length).toBe(1);
    expect([...(rows[0]?.rows ?? [])]).toEqual([3, 7]);
    expect(rows[0]?.snapshot).toBe(false);
    expect(rows[0]?.columns.last[1]).toBe(123.45);
    expect(rows[0]?.columns.vwap[0]).toBeCloseTo(75, 10);
    expect(rows[0]?.columns.flags[0]).toBe(2 | ROW_FLAGS.halted | ROW_FLAGS.luldPause);
  });

  it('goes out at 5 Hz by default, at the asked rate otherwise, never above 20', async () => {
    const counts: number[] = [];
    for (const hz of [undefined, 10, 1000]) {
      const window = connect();
      window.say({ kind: 'subscribe', topic: 'market', ...(hz === undefined ? {} : { hz }) });
      window.ackAll();
      window.forget();
      for (let at = 0; at < 10_000; at += TICK_MS) {
        engine.touch(1, 100 + at);
        await wait(TICK_MS);
        window.ackAll();
      }
      counts.push(window.rows().length);
      window.hangUp();
    }
    expect(counts[0]).toBeGreaterThanOrEqual(49);
    expect(counts[0]).toBeLessThanOrEqual(51);
    expect(counts[1]).toBeGreaterThanOrEqual(99);
    expect(counts[1]).toBeLessThanOrEqual(101);
    expect(counts[2]).toBeGreaterThanOrEqual(199);
    expect(counts[2]).toBeLessThanOrEqual(201);
  });

  it('costs a stalled window its credit and no more; one frame catches it up with every row that changed', async () => {
    const window = connect('market');
    for (let i = 0; i < 400; i++) {
      engine.touch(i % 50, 100 + i);
      await wait(TICK_MS);
    }
    expect(window.rows().length).toBe(CREDIT_FRAMES);
    expect(gateway.stats().inFlight).toBe(CREDIT_FRAMES);
    window.ackAll();
    window.forget();
    await wait(300);
    const [frame] = window.rows();
    expect(frame?.rows.length).toBe(50);
    const at = [...(frame?.rows ?? [])].indexOf(49);
    expect(frame?.columns.last[at]).toBe(100 + 399);
  });

  it('lets the tick rate of a symbol fade that went silent', async () => {
    const window = connect('market');
    await live(window, 100_000);
    const shown = window.rows().flatMap((frame) => [...frame.rows].map((row, i) => (row === 5 ? (frame.columns.tickRate[i] as number) : -1))).filter((rate) => rate >= 0);
    expect(shown[0]).toBeCloseTo(2, 3);
    expect(shown.at(-1)).toBeLessThan(0.05);
    expect(shown.length).toBeLessThan(12);
  });

  it('starts over with a snapshot when subscribed again', () => {
    const window = connect('market');
    window.ackAll();
    window.forget();
    window.say({ kind: 'subscribe', topic: 'market' });
    expect(window.rows()[0]).toMatchObject({ snapshot: true });
    expect(engine.watched.get('market')).toBe(1);
  });

  it('shows two windows the same market', async () => {
    const windows = [connect('market'), connect('market')];
    engine.touch(9, 77);
    await wait(400);
    for (const window of windows) {
      const prices = new Map<number, number>();
      for (const frame of window.rows()) frame.rows.forEach((row, i) => prices.set(row, frame.columns.last[i] as number));
      expect(prices.size).toBe(SYMBOLS);
      expect(prices.get(9)).toBe(77);
    }
  });
});

describe('lossless topics', () => {
  it('numbers every item and loses none, in order, whatever the pace of acks', async () => {
    const window = connect('console');
    let made = 0;
    for (let step = 0; step < 300; step++) {
      engine.emit('console', Array.from({ length: step % 40 }, () => ({ n: ++made })));
      await wait(TICK_MS);
      if (step % 7 === 0) window.ackAll();
    }
    await live(window, 10_000);
    const frames = window.events();
    expect(frames[0]).toMatchObject({ snapshot: true, first: 1, items: [] });
    expect(frames.filter((frame) => frame.snapshot).length).toBe(1);
    let expected = 1;
    for (const frame of frames) {
      if (frame.items.length > 0) expect(frame.first).toBe(expected);
      for (const item of frame.items) expect(item).toEqual({ n: expected++ });
    }
    expect(expected - 1).toBe(made);
    expect(made).toBeGreaterThan(5000);
  });

  it('resumes after a sequence of the same epoch, and snapshots for another epoch or one too old', () => {
    engine.emit('console', [1, 2, 3, 4, 5]);
    const resumed = connect();
    resumed.say({ kind: 'subscribe', topic: 'console', epoch: 'epoch-1', after: 3 });
    expect(resumed.events()[0]).toMatchObject({ snapshot: false, first: 4, items: [4, 5] });
    const foreign = connect();
    foreign.say({ kind: 'subscribe', topic: 'console', epoch: 'epoch-0', after: 3 });
    expect(foreign.events()[0]).toMatchObject({ snapshot: true, first: 1, items: [1, 2, 3, 4, 5] });
    const future = connect();
    future.say({ kind: 'subscribe', topic: 'console', epoch: 'epoch-1', after: 6 });
    expect(future.events()[0]).toMatchObject({ snapshot: true, first: 1 });
    engine.emit('alerts', Array.from({ length: LOSSLESS_KEEP.alerts + 10 }, (_, i) => i + 1));
    const old = connect();
    old.say({ kind: 'subscribe', topic: 'alerts', epoch: 'epoch-1', after: 5 });
    expect(old.events()[0]).toMatchObject({ snapshot: true, first: 11 });
    const edge = connect();
    edge.say({ kind: 'subscribe', topic: 'alerts', epoch: 'epoch-1', after: 10 });
    expect(edge.events()[0]).toMatchObject({ snapshot: false, first: 11 });
  });

  it('resnapshots a window that stalled beyond what is kept, and holds nothing for it meanwhile', async () => {
    const window = connect('alerts', 'market');
    for (let i = 0; i < 10; i++) {
      engine.touch(1, i);
      await wait(300);
    }
    const inFlight = gateway.stats().inFlight;
    for (let i = 0; i < LOSSLESS_KEEP.alerts * 3; i++) engine.emit('alerts', [i + 1]);
    await wait(60_000);
    expect(gateway.stats().inFlight).toBe(inFlight);
    const newest = window.newestFrame();
    window.forget();
    window.say({ kind: 'ack', frame: newest });
    await live(window, 5_000);
    const frames = window.events();
    expect(frames[0]).toMatchObject({ snapshot: true, first: LOSSLESS_KEEP.alerts * 2 + 1 });
    expect(frames.flatMap((frame) => frame.items)).toEqual(Array.from({ length: LOSSLESS_KEEP.alerts }, (_, i) => LOSSLESS_KEEP.alerts * 2 + 1 + i));
    expect(frames[0]?.items.length).toBe(EVENTS_PER_FRAME);
  });
});

describe('small values', () => {
  it('sends the newest value only, and nothing while nothing changed', async () => {
    const window = connect('health');
    engine.set('health', undefined, { ...fakeHealth(1, 5, 6), symbols: 1 });
    engine.set('health', undefined, { ...fakeHealth(1, 5, 6), symbols: 2 });
    await live(window, 1000);
    expect(window.values().length).toBe(1);
    expect(window.values()[0]).toMatchObject({ topic: 'health', epoch: 'epoch-1', value: { symbols: 2, clients: 1 } });
  });

  it('tells the engine once which key anybody looks at, and when nobody does', () => {
    const [a, b] = [connect(), connect()];
    a.say({ kind: 'subscribe', topic: 'symbol', key: 'AAPL' });
    b.say({ kind: 'subscribe', topic: 'symbol', key: 'AAPL' });
    b.say({ kind: 'subscribe', topic: 'symbol', key: 'AAPL' });
    expect(engine.watched.get('symbol/AAPL')).toBe(1);
    engine.set('symbol', 'AAPL', { last: 1 });
    engine.set('symbol', 'MSFT', { last: 2 });
    a.say({ kind: 'unsubscribe', topic: 'symbol', key: 'AAPL' });
    expect(engine.watched.get('symbol/AAPL')).toBe(1);
    b.hangUp();
    expect(engine.watched.get('symbol/AAPL')).toBe(0);
    expect(gateway.stats().watched).toBe(0);
  });

  it('limits subscriptions of one window', () => {
    const window = connect();
    for (let i = 0; i < SUBSCRIPTIONS_MAX + 5; i++) window.say({ kind: 'subscribe', topic: 'symbol', key: `S${i}` });
    expect(window.notices().filter((notice) => notice.kind === 'error' && notice.code === 'busy').length).toBe(5);
    expect(gateway.stats().watched).toBe(SUBSCRIPTIONS_MAX);
    window.hangUp();
    expect(gateway.stats().watched).toBe(0);
  });
});

describe('commands', () => {
  const call = (id: string, name: string, value?: unknown): unknown => ({ id, type: 'APPLY', path: [name], argumentList: value === undefined ? [] : [{ type: 'RAW', value }] });

  it('answers what comlink expects', async () => {
    const window = connect();
    window.rpc(call('1', 'double', { n: 21 }));
    window.rpc(call('2', 'ping'));
    window.rpc(call('3', 'report', { severity: 'warn', text: 'hello' }));
    await wait(0);
    expect(window.answers()).toEqual([
      { id: '1', type: 'RAW', value: 42 },
      { id: '2', type: 'RAW', value: { atUs: expect.any(Number) } },
      { id: '3', type: 'RAW' },
    ]);
    expect(engine.calls).toEqual([{ name: 'report', args: { severity: 'warn', text: 'hello' } }]);
  });

  it('is understood by comlink itself', async () => {
    const window = connect();
    const listeners = new Set<(event: MessageEvent) => void>();
    const endpoint: Endpoint = {
      postMessage: (message: unknown) => {
        window.forget();
        window.rpc(message);
        void Promise.resolve().then(async () => {
          await wait(0);
          for (const data of window.answers()) for (const listener of listeners) listener({ data } as MessageEvent);
        });
      },
      addEventListener: (_type, listener) => void listeners.add(listener as (event: MessageEvent) => void),
      removeEventListener: (_type, listener) => void listeners.delete(listener as (event: MessageEvent) => void),
    };
    const commands = wrap<{ double(ask: { n: number }): number; refuse(): void }>(endpoint);
    expect(await commands.double({ n: 4 })).toBe(8);
    await expect(commands.refuse()).rejects.toEqual({ code: 'refused', message: 'not now', context: { limit: 3 } });
  });

  it('tells the asker what may be told of a failure, and no more', async () => {
    const window = connect();
    for (const name of ['refuse', 'explode', 'cyclic', 'nothing']) window.rpc(call(name, name));
    window.rpc(call('args', 'double', { n: 'x' }));
    window.rpc(call('extra', 'double', { n: 1, m: 2 }));
    await wait(0);
    const errors = Object.fromEntries(window.answers().map((answer) => [answer.id, (answer.value as { value: { code: string } }).value]));
    expect(errors['refuse']).toEqual({ code: 'refused', message: 'not now', context: { limit: 3 } });
    expect(errors['explode']).toMatchObject({ code: 'internal' });
    expect(JSON.stringify(errors)).not.toContain('secret');
    expect(errors['cyclic']).toMatchObject({ code: 'internal' });
    expect(errors['nothing']).toMatchObject({ code: 'unknown-command' });
    expect(errors['args']).toMatchObject({ code: 'bad-arguments' });
    expect(errors['extra']).toMatchObject({ code: 'bad-arguments' });
  });

  it.each([
    ['a longer path', { id: 'x', type: 'APPLY', path: ['ping', 'call'], argumentList: [] }],
    ['an empty path', { id: 'x', type: 'APPLY', path: [], argumentList: [] }],
    ['GET', { id: 'x', type: 'GET', path: ['ping'] }],
    ['SET', { id: 'x', type: 'SET', path: ['ping'], value: { type: 'RAW', value: 1 } }],
    ['CONSTRUCT', { id: 'x', type: 'CONSTRUCT', path: ['ping'], argumentList: [] }],
    ['ENDPOINT', { id: 'x', type: 'ENDPOINT' }],
    ['a transferred value', { id: 'x', type: 'APPLY', path: ['ping'], argumentList: [{ type: 'HANDLER', name: 'proxy', value: {} }] }],
    ['two arguments', { id: 'x', type: 'APPLY', path: ['ping'], argumentList: [{ type: 'RAW', value: 1 }, { type: 'RAW', value: 2 }] }],
  ])('refuses %s', (_name, message) => {
    const window = connect();
    window.forget();
    window.rpc(message);
    expect(window.answers()[0]).toMatchObject({ id: 'x', type: 'HANDLER', name: 'throw', value: { isError: false, value: { code: 'bad-message' } } });
    expect(window.notices()[0]).toMatchObject({ kind: 'error', code: 'bad-message' });
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'])('knows no command %s', async (name) => {
    const window = connect();
    window.rpc(call('x', name));
    await wait(0);
    expect(window.answers()[0]).toMatchObject({ value: { value: { code: 'unknown-command' } } });
  });

  it('answers a release harmlessly', () => {
    const window = connect();
    window.forget();
    window.rpc({ id: 'r', type: 'RELEASE' });
    expect(window.answers()).toEqual([{ id: 'r', type: 'RAW' }]);
    expect(window.notices()).toEqual([]);
  });

  it('is busy beyond the commands it has under way, and drops answers of a window that left', async () => {
    const window = connect();
    for (let i = 0; i < COMMANDS_IN_FLIGHT_MAX + 3; i++) window.rpc(call(`s${i}`, 'slow'));
    await wait(0);
    expect(window.answers().length).toBe(3);
    window.hangUp();
    for (const resolve of slow) resolve(1);
    await wait(0);
    expect(window.answers().length).toBe(3);
  });
});

describe('a window that misbehaves', () => {
  it('is told, then closed', () => {
    const window = connect();
    for (let i = 0; i <= BAD_MESSAGES_MAX; i++) window.raw(new Uint8Array([9, i]));
    expect(window.isOpen).toBe(false);
    expect(gateway.stats().sessions).toBe(0);
  });

  it('cannot acknowledge what it was never sent, subscribe to what is not there, or send a huge frame', () => {
    const window = connect();
    window.forget();
    window.say({ kind: 'ack', frame: 5 });
    window.say({ kind: 'subscribe', topic: 'constructor' });
    window.say({ kind: 'subscribe', topic: 'console', key: 'x' });
    window.raw('text');
    expect(window.notices().map((notice) => notice.kind === 'error' && notice.code)).toEqual(['bad-message', 'unknown-topic', 'bad-message', 'bad-message']);
    window.raw(new Uint8Array(300 * 1024));
    expect(window.isOpen).toBe(false);
  });

  it('is not written to while its transport is choked, and closed when that lasts', async () => {
    const window = connect('market', 'console');
    window.ackAll();
    window.forget();
    window.buffered = BUFFERED_STALL_BYTES;
    engine.emit('console', [1]);
    engine.touch(1, 1);
    await live(window, 5_000);
    expect(window.frames.length).toBe(0);
    await wait(BUFFERED_CLOSE_MS);
    expect(window.isOpen).toBe(false);
    expect(gateway.stats()).toMatchObject({ sessions: 0, watched: 1 });
  });

  it('cannot make it throw or grow with random bytes or random messages', () => {
    const kinds = fc.constantFrom('hello', 'subscribe', 'unsubscribe', 'ack', '__proto__', 'toString');
    const message = fc.oneof(
      fc.record({ kind: kinds, topic: fc.oneof(fc.constantFrom('market', 'console', 'symbol', 'health'), fc.string()), key: fc.option(fc.string(), { nil: undefined }), frame: fc.oneof(fc.nat(), fc.double()), version: fc.constantFrom(PROTOCOL_VERSION, 99, Number.NaN), after: fc.integer(), hz: fc.double(), epoch: fc.string() }, { requiredKeys: ['kind'] }),
      fc.record({ id: fc.string(), type: fc.constantFrom('APPLY', 'GET', 'SET', 'RELEASE'), path: fc.array(fc.constantFrom('ping', 'double', '__proto__', 'constructor')), argumentList: fc.array(fc.record({ type: fc.constantFrom('RAW', 'HANDLER'), value: fc.anything() })) }),
      fc.anything(),
    );
    const input = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => ({ raw: bytes as unknown })),
      fc.tuple(fc.constantFrom(1, 2), message).map(([type, value]) => ({ type, value })),
      fc.anything().map((raw) => ({ raw })),
    );
    const seed = 20_261_122;
    fc.assert(
      fc.property(fc.array(input, { maxLength: 60 }), fc.boolean(), (inputs, greets) => {
        const window = createTestWindow();
        gateway.attach(window.channel);
        if (greets) window.say({ kind: 'hello', version: PROTOCOL_VERSION });
        for (const entry of inputs) {
          if ('raw' in entry) window.raw(entry.raw);
          else {
            let body: string;
            try {
              body = JSON.stringify(entry.value) ?? '';
            } catch {
              body = String(entry.type);
            }
            window.raw(Buffer.concat([Uint8Array.of(entry.type), Buffer.from(body)]));
          }
        }
        window.hangUp();
        expect(gateway.stats()).toMatchObject({ sessions: 0, inFlight: 0 });
        expect(gateway.stats().watched).toBeLessThanOrEqual(3);
      }),
      { seed, numRuns: 400 },
    );
  });
});

describe('the end of the engine', () => {
  it('is told to every window, and a new engine means a new epoch and fresh snapshots', () => {
    const window = connect('console', 'market');
    gateway.close('the engine stopped');
    expect(window.notices().at(-1)).toMatchObject({ kind: 'error', code: 'engine-stopped', message: 'the engine stopped' });
    expect(window.isOpen).toBe(false);
    open('epoch-2');
    const again = connect('market');
    again.say({ kind: 'subscribe', topic: 'console', epoch: 'epoch-1', after: 0 });
    expect(again.events()[0]).toMatchObject({ snapshot: true, epoch: 'epoch-2' });
    expect(again.rows()[0]).toMatchObject({ snapshot: true, epoch: epochNumber('epoch-2') });
  });
});
