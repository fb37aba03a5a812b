import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../lib/rng.ts';
import type { FeedNotice } from '../ports/feed.ts';
import type { SessionAction, SessionInput } from './feed-session.ts';
import { DEFAULT_SESSION, FeedSession } from './feed-session.ts';

const SECOND = 1_000_000;
const START = 1_800_000_000 * SECOND;

/** A session with a hand-driven clock that remembers what it was told to do. */
class Bench {
  readonly session = new FeedSession(DEFAULT_SESSION, createRng(1));
  nowUs = START;
  readonly actions: SessionAction[] = [];

  do(...inputs: SessionInput[]): this {
    for (const input of inputs) this.actions.push(...this.session.handle(input, this.nowUs));
    return this;
  }
  status(status: string, message = ''): this {
    return this.do({ kind: 'status', status, message });
  }
  data(): this {
    this.actions.push(...this.session.data(this.nowUs));
    return this;
  }
  /** Lets time pass in ticks of a quarter second. */
  pass(seconds: number, isDataExpected = false): this {
    const untilUs = this.nowUs + seconds * SECOND;
    while (this.nowUs < untilUs) {
      this.nowUs += SECOND / 4;
      this.do({ kind: 'tick', isDataExpected });
    }
    return this;
  }
  live(): this {
    this.do({ kind: 'start' }, { kind: 'opened' })
      .status('connected', 'Connected Successfully')
      .status('auth_success', 'authenticated');
    for (const pair of DEFAULT_SESSION.channels) this.status('success', `subscribed to: ${pair}`);
    return this.data();
  }
  kinds(): string[] {
    return this.actions.filter((action) => action.kind !== 'notice').map((action) => action.kind);
  }
  notices<K extends FeedNotice['kind']>(kind: K): Extract<FeedNotice, { kind: K }>[] {
    return this.actions.flatMap((action) =>
      action.kind === 'notice' && action.notice.kind === kind
        ? [action.notice as Extract<FeedNotice, { kind: K }>]
        : [],
    );
  }
}

describe('FeedSession', () => {
  it('FEED20 sends nothing but the key before auth_success, then subscribes and counts acknowledgements', () => {
    const bench = new Bench().do({ kind: 'start' }, { kind: 'opened' });
    expect(bench.kinds()).toEqual(['open']);
    bench.status('connected');
    expect(bench.kinds()).toEqual(['open', 'auth']);
    bench.status('auth_success');
    expect(bench.kinds()).toEqual(['open', 'auth', 'subscribe']);
    bench.status('success', 'subscribed to: T.*').status('success', 'subscribed to: Q.*');
    expect(bench.session.state).toBe('subscribing');
    bench.status('success', 'subscribed to: LULD.*');
    expect(bench.session.state).toBe('live');
    expect(bench.notices('subscribed')).toEqual([
      { kind: 'subscribed', asked: 3, acknowledged: 3, missing: [], atUs: START },
    ]);
  });

  it('FEED21 names the channels that were never acknowledged and stays up', () => {
    const bench = new Bench().do({ kind: 'start' }, { kind: 'opened' }).status('connected').status('auth_success');
    bench.status('success', 'subscribed to: T.*').status('error', 'not authorized').pass(6);
    expect(bench.notices('subscribed')).toMatchObject([{ asked: 3, acknowledged: 1, missing: ['Q.*', 'LULD.*'] }]);
    expect(bench.session.state).toBe('live');
    bench.status('success', 'subscribed to: Q.*');
    expect(bench.notices('subscribed').at(-1)).toMatchObject({ acknowledged: 2, missing: ['LULD.*'] });
    expect(bench.kinds()).toEqual(['open', 'auth', 'subscribe']);
  });

  it('FEED22 never tries a refused key again, however long it waits', () => {
    const bench = new Bench()
      .do({ kind: 'start' }, { kind: 'opened' })
      .status('connected')
      .status('auth_failed', 'authentication failed');
    bench.do({ kind: 'closed', code: 1006, detail: '' }).pass(3600, true);
    expect(bench.session.state).toBe('failed');
    expect(bench.kinds()).toEqual(['open', 'auth', 'close']);
    bench.do({ kind: 'reconnect' });
    expect(bench.kinds().at(-1)).toBe('open');
  });

  it('FEED23 waits a minute after max_connections and says why', () => {
    const bench = new Bench().live().pass(20);
    bench
      .status('max_connections', 'Maximum number of websocket connections exceeded.')
      .do({ kind: 'closed', code: 1008, detail: '' });
    expect(bench.notices('state').at(-1)?.detail).toContain('another program uses this key');
    bench.pass(59.5);
    expect(bench.kinds().filter((kind) => kind === 'open')).toHaveLength(1);
    bench.pass(1);
    expect(bench.kinds().filter((kind) => kind === 'open')).toHaveLength(2);
    expect(bench.notices('gap').map((gap) => gap.reason)).toEqual(['connect', 'connect', 'max-connections']);
  });

  it('FEED24 backs off further until a connection has survived ten seconds', () => {
    const bench = new Bench().live();
    const waits: number[] = [];
    const loseAndComeBack = (): void => {
      const lostUs = bench.nowUs;
      const opens = bench.kinds().filter((kind) => kind === 'open').length;
      bench.do({ kind: 'closed', code: 1006, detail: '' });
      while (bench.kinds().filter((kind) => kind === 'open').length === opens) bench.pass(0.25);
      waits.push((bench.nowUs - lostUs) / SECOND);
      bench.do({ kind: 'opened' }).status('connected').status('auth_success');
    };
    for (let n = 0; n < 9; n++) loseAndComeBack();
    expect(waits[0]).toBeLessThanOrEqual(0.75);
    expect(waits.at(-1)).toBeGreaterThanOrEqual(15);
    expect(Math.max(...waits)).toBeLessThanOrEqual(30.25);
    bench.pass(11);
    loseAndComeBack();
    expect(waits.at(-1)).toBeLessThanOrEqual(0.75);
  });

  it('FEED25 comes back after a clean close and accounts for the gap from last to first data', () => {
    const bench = new Bench().live();
    bench.pass(5).data();
    const lastUs = bench.nowUs;
    bench.pass(2).do({ kind: 'closed', code: 1000, detail: '' }).pass(2);
    bench.do({ kind: 'opened' }).status('connected').status('auth_success');
    bench.pass(1).data();
    expect(bench.notices('gap').slice(2)).toEqual([
      { kind: 'gap', id: 2, startUs: lastUs, endUs: null, reason: 'disconnect', framesLost: 0 },
      { kind: 'gap', id: 2, startUs: lastUs, endUs: bench.nowUs, reason: 'disconnect', framesLost: 0 },
    ]);
  });

  it('FEED26 finds a half-open connection by missing pongs at night and by silence in the day', () => {
    const night = new Bench().live().pass(30, false);
    expect(night.session.state).toBe('waiting');
    expect(night.notices('gap').at(-1)?.reason).toBe('half-open');
    const day = new Bench().live().pass(15.25, true);
    expect(day.session.state).toBe('waiting');
    expect(day.notices('gap').at(-1)?.reason).toBe('half-open');
  });

  it('FEED27 calls answered pings without data a stall by day, and nothing at all by night', () => {
    const run = (isDataExpected: boolean): Bench => {
      const bench = new Bench().live();
      for (let n = 0; n < 80 && bench.session.state === 'live'; n++)
        bench.pass(0.25, isDataExpected).do({ kind: 'pong' });
      return bench;
    };
    expect(run(true).notices('gap').at(-1)).toMatchObject({ reason: 'stall', endUs: null });
    const night = run(false);
    expect(night.session.state).toBe('live');
    expect(night.notices('gap')).toHaveLength(2);
  });

  it('FEED28 does not drop a flooded connection whose pongs are late', () => {
    const bench = new Bench().live();
    for (let n = 0; n < 400; n++) bench.pass(0.25, true).data();
    expect(bench.session.state).toBe('live');
    expect(bench.kinds().filter((kind) => kind === 'ping').length).toBeGreaterThan(2);
  });

  it('FEED29 starts over after the machine slept', () => {
    const bench = new Bench().live();
    bench.nowUs += 3600 * SECOND;
    bench.do({ kind: 'suspended' });
    expect(bench.kinds().slice(-2)).toEqual(['close', 'open']);
    expect(bench.notices('gap').at(-1)).toMatchObject({ reason: 'suspend', startUs: START });
  });

  it('FEED30 keeps its promises whatever the world does', () => {
    const statuses = [
      'connected',
      'auth_success',
      'auth_failed',
      'auth_timeout',
      'max_connections',
      'success',
      'error',
      'later',
    ];
    const step = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({
          kind: fc.constant('status' as const),
          status: fc.constantFrom(...statuses),
          message: fc.constantFrom('', 'subscribed to: T.*', 'subscribed to: Q.*,LULD.*'),
        }),
      },
      {
        weight: 3,
        arbitrary: fc.record({
          kind: fc.constant('pass' as const),
          seconds: fc.constantFrom(0.25, 1, 5, 12, 61),
          isDataExpected: fc.boolean(),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.constantFrom({ kind: 'data' as const }, { kind: 'opened' as const }, { kind: 'pong' as const }),
      },
      {
        weight: 2,
        arbitrary: fc.constantFrom(
          { kind: 'closed' as const, code: 1006, detail: '' },
          { kind: 'suspended' as const },
          { kind: 'start' as const },
        ),
      },
      { weight: 1, arbitrary: fc.constantFrom({ kind: 'reconnect' as const }, { kind: 'stop' as const }) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const bench = new Bench().do({ kind: 'start' });
        for (const one of steps) {
          const before = bench.actions.length;
          // The dumb auditor's facts, before the step.
          const status = one.kind === 'status' ? one.status : '';
          const wasOpen =
            bench.kinds().filter((kind) => kind === 'open').length >
            bench.kinds().filter((kind) => kind === 'close').length;
          const stateBefore = bench.session.state;
          if (one.kind === 'pass') bench.pass(one.seconds, one.isDataExpected);
          else if (one.kind === 'data') bench.data();
          else bench.do(one);
          const fresh = bench.actions.slice(before).map((action) => action.kind);
          if (!wasOpen && one.kind === 'status') expect(fresh).toEqual([]);
          if (stateBefore === 'failed' && one.kind !== 'reconnect') expect(fresh).not.toContain('open');
          if (stateBefore === 'stopped') expect(fresh).not.toContain('open');
          if (status === 'auth_failed' && wasOpen) expect(bench.session.state).toBe('failed');
          if (status === 'max_connections' && wasOpen) {
            const opens = bench.kinds().filter((kind) => kind === 'open').length;
            bench.pass(59, true);
            expect(bench.kinds().filter((kind) => kind === 'open').length).toBe(opens);
          }
          if (fresh.includes('subscribe')) expect(status).toBe('auth_success');
          if (fresh.includes('auth')) expect(status).toBe('connected');
        }
        audit(bench.actions);
      }),
      { numRuns: 400, seed: 42 },
    );
  });
});

/** What must hold of every sequence of actions, by counting alone. */
function audit(actions: readonly SessionAction[]): void {
  let isOpen = false;
  let hasAuth = false;
  let hasSubscribed = false;
  let openGap: number | null = null;
  let lastId = 0;
  for (const action of actions) {
    if (action.kind === 'open') {
      expect(isOpen).toBe(false);
      [isOpen, hasAuth, hasSubscribed] = [true, false, false];
    } else if (action.kind === 'close') {
      expect(isOpen).toBe(true);
      isOpen = false;
    } else if (action.kind === 'auth') {
      expect([isOpen, hasAuth]).toEqual([true, false]);
      hasAuth = true;
    } else if (action.kind === 'subscribe') {
      expect([isOpen, hasAuth, hasSubscribed]).toEqual([true, true, false]);
      hasSubscribed = true;
    } else if (action.kind === 'ping') expect([isOpen, hasSubscribed]).toEqual([true, true]);
    else if (action.notice.kind === 'gap') {
      const gap = action.notice;
      if (gap.endUs === null) {
        expect(openGap).toBe(null);
        expect(gap.id).toBeGreaterThan(lastId);
        openGap = lastId = gap.id;
      } else {
        expect(openGap).toBe(gap.id);
        expect(gap.endUs).toBeGreaterThanOrEqual(gap.startUs);
        openGap = null;
      }
    }
  }
}
