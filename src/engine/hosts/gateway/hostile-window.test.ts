import { wrap } from 'comlink';
import type { Endpoint } from 'comlink';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PROTOCOL_VERSION } from '#protocol';
import { gatewayFixture, live, wait } from '../../testing/gateway-fixture.ts';
import { createTestWindow } from '../../testing/memory-channel.ts';
import { BAD_MESSAGES_MAX, BUFFERED_CLOSE_MS, BUFFERED_STALL_BYTES, COMMANDS_IN_FLIGHT_MAX } from './limits.ts';

const fixture = gatewayFixture();

describe('commands', () => {
  const call = (id: string, name: string, value?: unknown): unknown => ({
    id,
    type: 'APPLY',
    path: [name],
    argumentList: value === undefined ? [] : [{ type: 'RAW', value }],
  });

  it('answers what comlink expects', async () => {
    const window = fixture.connect();
    window.rpc(call('1', 'double', { n: 21 }));
    window.rpc(call('2', 'ping'));
    window.rpc(call('3', 'report', { severity: 'warn', text: 'hello' }));
    await wait(0);
    expect(window.answers()).toEqual([
      { id: '1', type: 'RAW', value: 42 },
      { id: '2', type: 'RAW', value: { atUs: expect.any(Number) } },
      { id: '3', type: 'RAW' },
    ]);
    expect(fixture.engine.calls).toEqual([{ name: 'report', args: { severity: 'warn', text: 'hello' } }]);
  });

  it('is understood by comlink itself', async () => {
    const window = fixture.connect();
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
    const window = fixture.connect();
    for (const name of ['refuse', 'explode', 'cyclic', 'nothing']) window.rpc(call(name, name));
    window.rpc(call('args', 'double', { n: 'x' }));
    window.rpc(call('extra', 'double', { n: 1, m: 2 }));
    await wait(0);
    const errors = Object.fromEntries(
      window.answers().map((answer) => [answer.id, (answer.value as { value: { code: string } }).value]),
    );
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
    [
      'a transferred value',
      { id: 'x', type: 'APPLY', path: ['ping'], argumentList: [{ type: 'HANDLER', name: 'proxy', value: {} }] },
    ],
    [
      'two arguments',
      {
        id: 'x',
        type: 'APPLY',
        path: ['ping'],
        argumentList: [
          { type: 'RAW', value: 1 },
          { type: 'RAW', value: 2 },
        ],
      },
    ],
  ])('refuses %s', (_name, message) => {
    const window = fixture.connect();
    window.forget();
    window.rpc(message);
    expect(window.answers()[0]).toMatchObject({
      id: 'x',
      type: 'HANDLER',
      name: 'throw',
      value: { isError: false, value: { code: 'bad-message' } },
    });
    expect(window.notices()[0]).toMatchObject({ kind: 'error', code: 'bad-message' });
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'])(
    'knows no command %s',
    async (name) => {
      const window = fixture.connect();
      window.rpc(call('x', name));
      await wait(0);
      expect(window.answers()[0]).toMatchObject({ value: { value: { code: 'unknown-command' } } });
    },
  );

  it('answers a release harmlessly', () => {
    const window = fixture.connect();
    window.forget();
    window.rpc({ id: 'r', type: 'RELEASE' });
    expect(window.answers()).toEqual([{ id: 'r', type: 'RAW' }]);
    expect(window.notices()).toEqual([]);
  });

  it('is busy beyond the commands it has under way, and drops answers of a window that left', async () => {
    const window = fixture.connect();
    for (let i = 0; i < COMMANDS_IN_FLIGHT_MAX + 3; i++) window.rpc(call(`s${i}`, 'slow'));
    await wait(0);
    expect(window.answers().length).toBe(3);
    window.hangUp();
    for (const resolve of fixture.slow) resolve(1);
    await wait(0);
    expect(window.answers().length).toBe(3);
  });
});

describe('a window that misbehaves', () => {
  it('is told, then closed', () => {
    const window = fixture.connect();
    for (let i = 0; i <= BAD_MESSAGES_MAX; i++) window.raw(new Uint8Array([9, i]));
    expect(window.isOpen).toBe(false);
    expect(fixture.gateway.stats().sessions).toBe(0);
  });

  it('cannot acknowledge what it was never sent, subscribe to what is not there, or send a huge frame', () => {
    const window = fixture.connect();
    window.forget();
    window.say({ kind: 'ack', frame: 5 });
    window.say({ kind: 'subscribe', topic: 'constructor' });
    window.say({ kind: 'subscribe', topic: 'console', key: 'x' });
    window.raw('text');
    expect(window.notices().map((notice) => notice.kind === 'error' && notice.code)).toEqual([
      'bad-message',
      'unknown-topic',
      'bad-message',
      'bad-message',
    ]);
    window.raw(new Uint8Array(300 * 1024));
    expect(window.isOpen).toBe(false);
  });

  it('is not written to while its transport is choked, and closed when that lasts', async () => {
    const window = fixture.connect('market', 'console');
    window.ackAll();
    window.forget();
    window.buffered = BUFFERED_STALL_BYTES;
    fixture.engine.emit('console', [1]);
    fixture.engine.touch(1, 1);
    await live(window, 5_000);
    expect(window.frames.length).toBe(0);
    await wait(BUFFERED_CLOSE_MS);
    expect(window.isOpen).toBe(false);
    expect(fixture.gateway.stats()).toMatchObject({ sessions: 0, watched: 1 });
  });

  it('cannot make it throw or grow with random bytes or random messages', () => {
    const kinds = fc.constantFrom('hello', 'subscribe', 'unsubscribe', 'ack', '__proto__', 'toString');
    const message = fc.oneof(
      fc.record(
        {
          kind: kinds,
          topic: fc.oneof(fc.constantFrom('market', 'console', 'symbol', 'health'), fc.string()),
          key: fc.option(fc.string(), { nil: undefined }),
          frame: fc.oneof(fc.nat(), fc.double()),
          version: fc.constantFrom(PROTOCOL_VERSION, 99, Number.NaN),
          after: fc.integer(),
          hz: fc.double(),
          epoch: fc.string(),
        },
        { requiredKeys: ['kind'] },
      ),
      fc.record({
        id: fc.string(),
        type: fc.constantFrom('APPLY', 'GET', 'SET', 'RELEASE'),
        path: fc.array(fc.constantFrom('ping', 'double', '__proto__', 'constructor')),
        argumentList: fc.array(fc.record({ type: fc.constantFrom('RAW', 'HANDLER'), value: fc.anything() })),
      }),
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
        fixture.gateway.attach(window.channel);
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
        expect(fixture.gateway.stats()).toMatchObject({ sessions: 0, inFlight: 0 });
        expect(fixture.gateway.stats().watched).toBeLessThanOrEqual(3);
      }),
      { seed, numRuns: 400 },
    );
  });
});
