import { describe, expect, it } from 'vitest';
import { CREDIT_FRAMES, epochNumber, LOSSLESS_KEEP, PROTOCOL_VERSION, ROW_FLAGS } from '#protocol';
import { HaltState, HALT_REASONS } from '../../market/view-columns.ts';
import { fakeHealth } from '../../testing/fake-engine.ts';
import { gatewayFixture, live, TEST_SYMBOLS, wait } from '../../testing/gateway-fixture.ts';
import { createTestWindow } from '../../testing/memory-channel.ts';
import { EVENTS_PER_FRAME, HELLO_WITHIN_MS, SUBSCRIPTIONS_MAX, TICK_MS } from './limits.ts';

const fixture = gatewayFixture();

describe('handshake', () => {
  it('welcomes with the engine, then names every symbol before any row', () => {
    const window = fixture.connect('market');
    const [welcome, symbols] = window.notices();
    expect(welcome).toMatchObject({
      kind: 'welcome',
      version: PROTOCOL_VERSION,
      epoch: 'epoch-1',
      engine: { broker: 'paper' },
    });
    expect(symbols).toMatchObject({ kind: 'symbols', first: 0 });
    expect(symbols?.kind === 'symbols' && symbols.names.length).toBe(TEST_SYMBOLS);
    expect(window.rows()[0]).toMatchObject({ snapshot: true, past: false, epoch: epochNumber('epoch-1') });
    expect(window.rows()[0]?.rows.length).toBe(TEST_SYMBOLS);
  });

  it('refuses another version and closes', () => {
    const window = createTestWindow();
    fixture.gateway.attach(window.channel);
    window.say({ kind: 'hello', version: PROTOCOL_VERSION + 1, newField: 1 });
    expect(window.notices()[0]).toMatchObject({ kind: 'error', code: 'version-mismatch' });
    expect(window.isOpen).toBe(false);
    expect(fixture.gateway.stats().sessions).toBe(0);
  });

  it('takes nothing before hello and closes a window that never says it', async () => {
    const window = createTestWindow();
    fixture.gateway.attach(window.channel);
    window.say({ kind: 'subscribe', topic: 'market' });
    window.rpc({ id: 'a', type: 'APPLY', path: ['ping'], argumentList: [] });
    expect(window.notices().map((notice) => notice.kind === 'error' && notice.code)).toEqual([
      'bad-message',
      'bad-message',
    ]);
    await wait(HELLO_WITHIN_MS + 2 * TICK_MS);
    expect(window.isOpen).toBe(false);
  });

  it('announces names that appear later, before their rows', async () => {
    const window = fixture.connect('market');
    window.forget();
    fixture.engine.addSymbols(3);
    await wait(400);
    expect(window.notices()).toEqual([
      { kind: 'symbols', epoch: 'epoch-1', first: TEST_SYMBOLS, names: ['S200', 'S201', 'S202'] },
    ]);
    expect([...(window.rows()[0]?.rows ?? [])]).toEqual([200, 201, 202]);
  });
});

describe('market rows', () => {
  it('sends exactly the rows that changed, with their values', async () => {
    const window = fixture.connect('market');
    window.ackAll();
    // Long enough for every tick rate to have faded.
    await live(window, 120_000);
    window.forget();
    fixture.engine.touch(7, 123.45);
    fixture.engine.touch(3, 50);
    fixture.engine.view.halt[3] = HaltState.halted;
    fixture.engine.view.haltReason[3] = HALT_REASONS.indexOf('LUDP');
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
      const window = fixture.connect();
      window.say({ kind: 'subscribe', topic: 'market', ...(hz === undefined ? {} : { hz }) });
      window.ackAll();
      window.forget();
      for (let at = 0; at < 10_000; at += TICK_MS) {
        fixture.engine.touch(1, 100 + at);
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
    const window = fixture.connect('market');
    for (let i = 0; i < 400; i++) {
      fixture.engine.touch(i % 50, 100 + i);
      await wait(TICK_MS);
    }
    expect(window.rows().length).toBe(CREDIT_FRAMES);
    expect(fixture.gateway.stats().inFlight).toBe(CREDIT_FRAMES);
    window.ackAll();
    window.forget();
    await wait(300);
    const [frame] = window.rows();
    expect(frame?.rows.length).toBe(50);
    const at = [...(frame?.rows ?? [])].indexOf(49);
    expect(frame?.columns.last[at]).toBe(100 + 399);
  });

  it('lets the tick rate of a symbol fade that went silent', async () => {
    const window = fixture.connect('market');
    await live(window, 100_000);
    const shown = window
      .rows()
      .flatMap((frame) => [...frame.rows].map((row, i) => (row === 5 ? (frame.columns.tickRate[i] as number) : -1)))
      .filter((rate) => rate >= 0);
    expect(shown[0]).toBeCloseTo(2, 3);
    expect(shown.at(-1)).toBeLessThan(0.05);
    expect(shown.length).toBeLessThan(12);
  });

  it('starts over with a snapshot when subscribed again', () => {
    const window = fixture.connect('market');
    window.ackAll();
    window.forget();
    window.say({ kind: 'subscribe', topic: 'market' });
    expect(window.rows()[0]).toMatchObject({ snapshot: true });
    expect(fixture.engine.watched.get('market')).toBe(1);
  });

  it('shows two windows the same market', async () => {
    const windows = [fixture.connect('market'), fixture.connect('market')];
    fixture.engine.touch(9, 77);
    await wait(400);
    for (const window of windows) {
      const prices = new Map<number, number>();
      for (const frame of window.rows())
        frame.rows.forEach((row, i) => prices.set(row, frame.columns.last[i] as number));
      expect(prices.size).toBe(TEST_SYMBOLS);
      expect(prices.get(9)).toBe(77);
    }
  });
});

describe('lossless topics', () => {
  it('numbers every item and loses none, in order, whatever the pace of acks', async () => {
    const window = fixture.connect('console');
    let made = 0;
    for (let step = 0; step < 300; step++) {
      fixture.engine.emit(
        'console',
        Array.from({ length: step % 40 }, () => ({ n: ++made })),
      );
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
    fixture.engine.emit('console', [1, 2, 3, 4, 5]);
    const resumed = fixture.connect();
    resumed.say({ kind: 'subscribe', topic: 'console', epoch: 'epoch-1', after: 3 });
    expect(resumed.events()[0]).toMatchObject({ snapshot: false, first: 4, items: [4, 5] });
    const foreign = fixture.connect();
    foreign.say({ kind: 'subscribe', topic: 'console', epoch: 'epoch-0', after: 3 });
    expect(foreign.events()[0]).toMatchObject({ snapshot: true, first: 1, items: [1, 2, 3, 4, 5] });
    const future = fixture.connect();
    future.say({ kind: 'subscribe', topic: 'console', epoch: 'epoch-1', after: 6 });
    expect(future.events()[0]).toMatchObject({ snapshot: true, first: 1 });
    fixture.engine.emit(
      'alerts',
      Array.from({ length: LOSSLESS_KEEP.alerts + 10 }, (_, i) => i + 1),
    );
    const old = fixture.connect();
    old.say({ kind: 'subscribe', topic: 'alerts', epoch: 'epoch-1', after: 5 });
    expect(old.events()[0]).toMatchObject({ snapshot: true, first: 11 });
    const edge = fixture.connect();
    edge.say({ kind: 'subscribe', topic: 'alerts', epoch: 'epoch-1', after: 10 });
    expect(edge.events()[0]).toMatchObject({ snapshot: false, first: 11 });
  });

  it('resnapshots a window that stalled beyond what is kept, and holds nothing for it meanwhile', async () => {
    const window = fixture.connect('alerts', 'market');
    for (let i = 0; i < 10; i++) {
      fixture.engine.touch(1, i);
      await wait(300);
    }
    const inFlight = fixture.gateway.stats().inFlight;
    for (let i = 0; i < LOSSLESS_KEEP.alerts * 3; i++) fixture.engine.emit('alerts', [i + 1]);
    await wait(60_000);
    expect(fixture.gateway.stats().inFlight).toBe(inFlight);
    const newest = window.newestFrame();
    window.forget();
    window.say({ kind: 'ack', frame: newest });
    await live(window, 5_000);
    const frames = window.events();
    expect(frames[0]).toMatchObject({ snapshot: true, first: LOSSLESS_KEEP.alerts * 2 + 1 });
    expect(frames.flatMap((frame) => frame.items)).toEqual(
      Array.from({ length: LOSSLESS_KEEP.alerts }, (_, i) => LOSSLESS_KEEP.alerts * 2 + 1 + i),
    );
    expect(frames[0]?.items.length).toBe(EVENTS_PER_FRAME);
  });
});

describe('small values', () => {
  it('sends the newest value only, and nothing while nothing changed', async () => {
    const window = fixture.connect('health');
    fixture.engine.set('health', undefined, { ...fakeHealth(1, 5, 6), symbols: 1 });
    fixture.engine.set('health', undefined, { ...fakeHealth(1, 5, 6), symbols: 2 });
    await live(window, 1000);
    expect(window.values().length).toBe(1);
    expect(window.values()[0]).toMatchObject({ topic: 'health', epoch: 'epoch-1', value: { symbols: 2, clients: 1 } });
  });

  it('tells the engine once which key anybody looks at, and when nobody does', () => {
    const [a, b] = [fixture.connect(), fixture.connect()];
    a.say({ kind: 'subscribe', topic: 'symbol', key: 'AAPL' });
    b.say({ kind: 'subscribe', topic: 'symbol', key: 'AAPL' });
    b.say({ kind: 'subscribe', topic: 'symbol', key: 'AAPL' });
    expect(fixture.engine.watched.get('symbol/AAPL')).toBe(1);
    fixture.engine.set('symbol', 'AAPL', { last: 1 });
    fixture.engine.set('symbol', 'MSFT', { last: 2 });
    a.say({ kind: 'unsubscribe', topic: 'symbol', key: 'AAPL' });
    expect(fixture.engine.watched.get('symbol/AAPL')).toBe(1);
    b.hangUp();
    expect(fixture.engine.watched.get('symbol/AAPL')).toBe(0);
    expect(fixture.gateway.stats().watched).toBe(0);
  });

  it('limits subscriptions of one window', () => {
    const window = fixture.connect();
    for (let i = 0; i < SUBSCRIPTIONS_MAX + 5; i++) window.say({ kind: 'subscribe', topic: 'symbol', key: `S${i}` });
    expect(window.notices().filter((notice) => notice.kind === 'error' && notice.code === 'busy').length).toBe(5);
    expect(fixture.gateway.stats().watched).toBe(SUBSCRIPTIONS_MAX);
    window.hangUp();
    expect(fixture.gateway.stats().watched).toBe(0);
  });
});

describe('the end of the engine', () => {
  it('is told to every window, and a new engine means a new epoch and fresh snapshots', () => {
    const window = fixture.connect('console', 'market');
    fixture.gateway.close('the engine stopped');
    expect(window.notices().at(-1)).toMatchObject({
      kind: 'error',
      code: 'engine-stopped',
      message: 'the engine stopped',
    });
    expect(window.isOpen).toBe(false);
    fixture.open('epoch-2');
    const again = fixture.connect('market');
    again.say({ kind: 'subscribe', topic: 'console', epoch: 'epoch-1', after: 0 });
    expect(again.events()[0]).toMatchObject({ snapshot: true, epoch: 'epoch-2' });
    expect(again.rows()[0]).toMatchObject({ snapshot: true, epoch: epochNumber('epoch-2') });
  });
});
