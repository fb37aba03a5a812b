/** CAR1..CAR4: a new day begins with the account of the one before (docs/specs/recovery.md). */
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccountValue, PositionRow } from '#protocol';
import { openJournalReader } from '../../adapters/store/journal-sqlite.ts';
import { startLiveEngine, useEngineBundle } from '../../testing/live-engine.ts';
import { drillPlan } from '../drill/drill-plan.ts';
import type { EngineOptions } from '../runtime-port.ts';
import { carryOver } from './carry-over.ts';

const folder = fs.mkdtempSync(path.join(tmpdir(), 'drover-carry-'));
const FIRST = '2026-11-19';
const SECOND = '2026-11-20';

const optionsFor = (day: string, auto: boolean): EngineOptions => ({
  ...drillPlan(folder, 3, 4).options,
  speed: 600,
  symbols: 120,
  rate: 1500,
  auto,
  simDay: day,
  runId: `CARRY${day.slice(-2)}`,
  strategyParams: { 'random-buy': { oneIn: 6, minNotional: 1000, meanHoldSeconds: 600, maxSpreadBps: 60 } },
});

describe('an account over midnight', () => {
  let restore = (): void => undefined;
  beforeAll(async () => void (restore = await useEngineBundle('drover-carry-test')), 180_000);
  afterAll(async () => {
    restore();
    await fs.promises.rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });

  it(
    'CAR1 CAR2 CAR3 CAR4 keeps cash, positions and exit plans, and asks the broker',
    { timeout: 120_000 },
    async () => {
      const first = await startLiveEngine(optionsFor(FIRST, true));
      for (const topic of ['account', 'positions'] as const) first.engine.watch(topic, undefined);
      const held = (live: typeof first): readonly PositionRow[] =>
        ((live.value('positions') ?? []) as readonly PositionRow[]).filter((row) => !row.isShadow && row.quantity > 0);
      await first.until('positions', () => held(first).length >= 4, 180_000);
      await first.stop();

      const carried = carryOver(folder, SECOND, marketOf());
      if (carried.kind !== 'carried') throw new Error(`nothing was carried: ${carried.kind}`);
      const section = <T>(name: string): T => JSON.parse(carried.account.sections[name] ?? '') as T;
      const { cash } = section<{ cash: number }>('positions/account');
      const { trades } = section<{
        trades: { id: string; ticker: string; exits: unknown[]; position: { held: number } }[];
      }>('positions/trades');
      const open = trades.filter((trade) => trade.position.held > 0);
      expect(open.length).toBeGreaterThan(0);
      expect(cash).toBeLessThan(100_000_000_000);
      expect(section<{ cash: number }>('sim/paper').cash).toBe(cash);

      const second = await startLiveEngine(optionsFor(SECOND, false));
      for (const topic of ['account', 'positions'] as const) second.engine.watch(topic, undefined);
      expect(second.text()).not.toContain('fresh one is used');
      await second.until('the broker to agree', () => second.health()?.engineState === 'running', 180_000);
      await second.until('the notice', () => second.text().includes(`the account of ${FIRST} goes on`));
      // Their exits go on: what was held over the end of its phase is sold, and the money comes back.
      await second.until('the exits', () => (second.value('account') as AccountValue).openPositions === 0, 180_000);
      const account = second.value('account') as AccountValue;
      expect(second.health()?.broker.state).toBe('ready');
      await second.stop();

      const journal = openJournalReader(folder);
      const records = [...(journal?.read({ day: SECOND }) ?? [])];
      journal?.close();
      const sold = new Map<string, number>();
      let proceeds = 0;
      let commissions = 0;
      const booked = new Map<string, { quantity: number; price: number; side: string; commission: number | null }>();
      for (const row of records)
        if (row.kind === 'fill' && row.cause.startsWith('CARRY20-'))
          booked.set(row.id, JSON.parse(row.bodyJson) as never);
      for (const [id, fill] of booked) {
        expect(fill.side).toBe('sell');
        proceeds += fill.quantity * fill.price;
        commissions += fill.commission ?? 0;
        const ticker = records.find((row) => row.kind === 'fill' && row.id === id)?.symbol ?? '';
        sold.set(ticker, (sold.get(ticker) ?? 0) + fill.quantity);
      }
      expect(Object.fromEntries(sold)).toEqual(
        open.reduce<Record<string, number>>((all, { ticker, position }) => {
          all[ticker] = (all[ticker] ?? 0) + position.held;
          return all;
        }, {}),
      );
      expect(Math.abs(account.cash - (cash + proceeds - commissions))).toBeLessThan(open.length * 5_000_000);
    },
  );
});

function marketOf(): string {
  return 'sim seed=3 symbols=120 rate=1500 broker=paper';
}
