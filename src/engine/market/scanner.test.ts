/** Each anomaly fires with its numbers when it should, once, and not when it should not. */
import { describe, expect, it } from 'vitest';
import { MarketRig } from '../testing/market-rig.ts';
import { MemoryCheckpoint } from '../testing/memory-checkpoint.ts';
import type { Anomaly, ScanRule } from './scanner.ts';
import { Scanner } from './scanner.ts';

const second = 1_000_000;

function rigAt(time: string): {
  rig: MarketRig;
  scanner: Scanner;
  t: (seconds: number) => number;
  scan: (seconds: number) => readonly Anomaly[];
} {
  const rig = new MarketRig();
  rig.id();
  const start = rig.at('2024-01-10', time);
  const t = (seconds: number): number => start + Math.round(seconds * second);
  rig.view.startDay(start);
  const scanner = new Scanner(rig.view.columns);
  const scan = (seconds: number): readonly Anomaly[] => {
    rig.view.advance(t(seconds));
    return scanner.scan(0, t(seconds));
  };
  return { rig, scanner, t, scan };
}

const rulesOf = (found: readonly Anomaly[]): readonly ScanRule[] => found.map(({ rule }) => rule);

describe('scanner', () => {
  it('SCAN1 is silent about a quiet market', () => {
    const { rig, t, scan } = rigAt('10:00');
    rig.view.setReference(0, { previousClose: 10, averageVolume: 1_000_000 });
    for (let i = 0; i < 300; i++) {
      rig.quote({ atUs: t(i), bid: 9.99, ask: 10.01, sequence: i + 1 });
      rig.trade({ atUs: t(i), price: 10, size: 300, sequence: i + 1 });
      expect(scan(i + 0.5)).toEqual([]);
    }
  });

  it('SCAN1 SCAN2 tells a volume surge once in five minutes', () => {
    const { rig, t, scan } = rigAt('10:00');
    rig.view.setReference(0, { averageVolume: 1_000_000 });
    rig.trade({ atUs: t(0), price: 10, size: 900_000 });
    const found = scan(1);
    expect(rulesOf(found)).toEqual(['volume-surge']);
    expect(found[0]?.numbers['relativeVolume'] as number).toBeGreaterThan(3);
    expect(found[0]?.numbers['volume']).toBe(900_000);
    expect([scan(2), scan(299)]).toEqual([[], []]);
    expect(rulesOf(scan(302))).toEqual(['volume-surge']);
  });

  it('SCAN1 tells velocity, a blown-out spread, a gap and a new high on volume', () => {
    const { rig, t, scan } = rigAt('10:00');
    rig.view.setReference(0, { previousClose: 9, averageVolume: 1_000_000 });
    for (let i = 0; i < 120; i++) rig.quote({ atUs: t(i / 10), bid: 10, ask: 10.02 });
    for (let i = 0; i < 60; i++) rig.trade({ atUs: t(i * 5), price: 10, size: 4000 });
    const gap = scan(300);
    expect(rulesOf(gap)).toEqual(['gap']);
    expect(gap[0]?.numbers['gapFraction'] as number).toBeCloseTo(10 / 9 - 1, 9);
    for (let i = 0; i < 200; i++) rig.trade({ atUs: t(301 + i / 20), price: 10.1, size: 100 });
    const burst = scan(311);
    expect(rulesOf(burst)).toEqual(['velocity', 'new-high-on-volume']);
    expect(burst[1]?.numbers).toMatchObject({ high: 10.1, before: 10 });
    rig.quote({ atUs: t(312), bid: 10, ask: 10.4 });
    const spread = scan(312);
    expect(rulesOf(spread)).toEqual(['spread-blow-out']);
    expect(spread[0]?.numbers['ratio'] as number).toBeGreaterThan(10);
  });

  it('SCAN2 tells every halt and resume, with the reason', () => {
    const { rig, t, scan } = rigAt('10:00');
    rig.trade({ atUs: t(0), price: 10 });
    expect(scan(1)).toEqual([]);
    rig.luld({ atUs: t(2), low: 9, high: 11, indicators: [17] });
    const halt = scan(3);
    expect(halt).toMatchObject([{ rule: 'halt', detail: 'LUDP', numbers: { last: 10, halts: 1 } }]);
    expect(scan(4)).toEqual([]);
    rig.luld({ atUs: t(60), low: 9, high: 11, indicators: [18] });
    expect(rulesOf(scan(61))).toEqual(['resume']);
    rig.luld({ atUs: t(70), low: 9, high: 11, indicators: [17] });
    expect(scan(71)).toMatchObject([{ rule: 'halt', numbers: { halts: 2 } }]);
  });

  it('SCAN3 tells a crossed market when it stands, and goes on after a restart', () => {
    const { rig, scanner, t, scan } = rigAt('10:00');
    rig.quote({ atUs: t(0), bid: 10.05, ask: 10 });
    expect(scan(0.5)).toEqual([]);
    const checkpoint = new MemoryCheckpoint();
    scanner.save(checkpoint);
    const restored = new Scanner(rig.view.columns);
    restored.restore(checkpoint);
    expect(restored.scan(0, t(1.5))).toEqual(scan(1.5));
    expect(rulesOf(restored.scan(0, t(400)))).toEqual(['crossed-market']);
    rig.quote({ atUs: t(401), bid: 10, ask: 10.05 });
    rig.quote({ atUs: t(401.1), bid: 10.05, ask: 10 });
    expect(rulesOf(scan(401.2))).toEqual([]);
  });
});
