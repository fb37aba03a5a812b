/** The runtime that is watched for main is the whole runtime: nothing that windows may ask for is lost on the way. */
import { describe, expect, it } from 'vitest';
import type { EngineRuntime } from './runtime-port.ts';
import { watchTrading } from './trading-news.ts';
import type { TradingNews } from './utility-messages.ts';

type ValueListener = Parameters<EngineRuntime['onValue']>[0];

function standIn(): {
  readonly runtime: Required<EngineRuntime>;
  readonly asked: string[];
  readonly tell: ValueListener;
} {
  const asked: string[] = [];
  const listeners: ValueListener[] = [];
  const runtime: Required<EngineRuntime> = {
    info: { isLive: false, account: 'DPAPER1' } as EngineRuntime['info'],
    epoch: 'e1',
    view: {} as EngineRuntime['view'],
    symbolCount: () => 7,
    symbolNames: (first) => [`n${first}`],
    onEvent: () => () => undefined,
    onValue: (listener) => {
      listeners.push(listener);
      return () => undefined;
    },
    watch: (topic) => void asked.push(`watch ${topic}`),
    unwatch: (topic) => void asked.push(`unwatch ${topic}`),
    command: async (name) => name,
    onExit: () => () => undefined,
    power: (event) => void asked.push(`power ${event}`),
    past: async (atUs) => ({ atUs }) as Awaited<ReturnType<Required<EngineRuntime>['past']>>,
    stop: async () => void asked.push('stop'),
  };
  return { runtime, asked, tell: (...value) => listeners.forEach((listener) => listener(...value)) };
}

describe('watching the account for main', () => {
  it('hands on everything a runtime can do, looking back included', async () => {
    const { runtime, asked } = standIn();
    const watched = watchTrading(runtime, () => undefined);
    expect(Object.keys(watched).toSorted()).toEqual(Object.keys(runtime).toSorted());
    expect(await watched.past?.(5)).toEqual({ atUs: 5 });
    watched.power?.('suspend');
    await watched.stop();
    expect(asked).toEqual(['watch account', 'power suspend', 'stop']);
  });

  it('keeps its own watch when windows stop looking, and tells what differs once', () => {
    const { runtime, asked, tell } = standIn();
    const told: TradingNews[] = [];
    const watched = watchTrading(runtime, (news) => told.push(news));
    watched.unwatch('account', undefined);
    watched.unwatch('risk', undefined);
    expect(asked).toEqual(['watch account', 'unwatch risk']);
    const account = { isAuto: true, openPositions: 2, killState: 'off' };
    tell('account', undefined, account);
    tell('account', undefined, { ...account });
    tell('risk', undefined, account);
    tell('account', undefined, { ...account, openPositions: 3 });
    expect(told.map(({ openPositions }) => openPositions)).toEqual([2, 3]);
    expect(told[0]).toEqual({ ...account, isLive: false, account: 'DPAPER1' });
  });
});
