/** Stores of the desk: closed trades over a day with restarts, and notices. */
import { describe, expect, it, vi } from 'vitest';
import type { ClosedTrade, LosslessTopic } from '#protocol';
import type { LinkStatus, LosslessHandler } from '../link/engine-link.ts';
import { createClosedTradesStore, merged } from './trading-closed.ts';
import { createNoticeStore, NOTICES_MOST } from './trading-notices.ts';

const trade = (tradeId: string, closedUs: number, pnlNet = 1): ClosedTrade =>
  ({ tradeId, closedUs, pnlNet, symbol: 'ABC' }) as ClosedTrade;

function fakeDesk(day: ClosedTrade[]) {
  let handler: LosslessHandler<ClosedTrade> | undefined;
  let onStatus: ((status: LinkStatus) => void) | undefined;
  let status = { epoch: 'e1' } as LinkStatus;
  let failures = 0;
  const asked: number[] = [];
  return {
    day,
    asked,
    fail: (times: number) => {
      failures = times;
    },
    link: {
      status: () => status,
      onStatus: (listener: (status: LinkStatus) => void) => {
        onStatus = listener;
        return () => {
          onStatus = undefined;
        };
      },
      events: <T>(_topic: LosslessTopic, given: LosslessHandler<T>) => {
        handler = given as LosslessHandler<ClosedTrade>;
        return () => {
          handler = undefined;
        };
      },
      commands: {
        closedTrades: ({ from, count }: { readonly from: number; readonly count: number }) => {
          asked.push(from);
          if (failures-- > 0) return Promise.reject(new Error('not yet'));
          const all = day.toSorted((a, b) => b.closedUs - a.closedUs);
          return Promise.resolve({ total: all.length, trades: all.slice(from, from + count) });
        },
      },
    },
    tell: (items: readonly ClosedTrade[], isSnapshot = false) => handler?.items(items, 1, isSnapshot),
    restart: (epoch: string) => {
      status = { epoch } as LinkStatus;
      onStatus?.(status);
    },
    isWatched: () => handler !== undefined,
  };
}

describe('closed trades', () => {
  it('fetches the whole day in pages, then takes in what closes', async () => {
    vi.useFakeTimers();
    const desk = fakeDesk(Array.from({ length: 2_345 }, (_, i) => trade(`t${i}`, 1 + i)));
    const store = createClosedTradesStore(desk.link as never);
    const leave = store.watch();
    await vi.advanceTimersByTimeAsync(10);
    expect(desk.asked).toEqual([0, 1_000, 2_000]);
    expect(store.getState()).toMatchObject({ isWhole: true, fault: '' });
    expect(store.getState().trades).toHaveLength(2_345);
    desk.tell([trade('new', 9_999)]);
    expect(store.getState().trades[0]?.tradeId).toBe('new');
    expect(store.getState().trades).toHaveLength(2_346);
    leave();
    expect(desk.isWatched()).toBe(false);
    vi.useRealTimers();
  });

  it('asks again after a failure and after the engine began anew', async () => {
    vi.useFakeTimers();
    const desk = fakeDesk([trade('a', 5)]);
    desk.fail(1);
    const store = createClosedTradesStore(desk.link as never);
    const leave = store.watch();
    await vi.advanceTimersByTimeAsync(10);
    expect(store.getState()).toMatchObject({ isWhole: false, fault: 'not yet' });
    await vi.advanceTimersByTimeAsync(2_100);
    expect(store.getState()).toMatchObject({ isWhole: true, fault: '' });
    desk.day.splice(0, 1, trade('b', 7));
    desk.restart('e2');
    expect(store.getState().trades).toEqual([]);
    await vi.advanceTimersByTimeAsync(10);
    expect(store.getState().trades.map(({ tradeId }) => tradeId)).toEqual(['b']);
    leave();
    vi.useRealTimers();
  });

  it('keeps each trade once, newest first, the newer telling', () => {
    const both = merged([trade('a', 5, 2), trade('c', 5)], [trade('a', 5, 1), trade('b', 9)]);
    expect(both.map(({ tradeId, pnlNet }) => [tradeId, pnlNet])).toEqual([
      ['b', 1],
      ['c', 1],
      ['a', 2],
    ]);
  });
});

describe('notices', () => {
  it('keeps the newest few, and drops what passes before what stays', () => {
    const store = createNoticeStore();
    store.say('danger', 'stays');
    for (let i = 0; i < 5; i++) store.say('info', `passes ${i}`);
    const texts = store.getState().notices.map(({ text }) => text);
    expect(texts).toHaveLength(NOTICES_MOST);
    expect(texts).toEqual(['stays', 'passes 3', 'passes 4']);
    store.dismiss(store.getState().notices[0]?.id as number);
    expect(store.getState().notices.map(({ text }) => text)).toEqual(['passes 3', 'passes 4']);
  });
});
