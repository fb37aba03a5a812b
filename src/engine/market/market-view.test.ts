/** The market view, event by event, at the times where markets are odd. */
import { describe, expect, it } from 'vitest';
import { MarketRig } from '../testing/market-rig.ts';
import { MemoryCheckpoint } from '../testing/memory-checkpoint.ts';
import { hashMarket } from './market-hash.ts';
import { changeOf, gapOf, luldDistanceOf, spreadBpsOf, spreadRatioOf, vwapOf } from './readings.ts';
import { recentQuotes, recentTrades } from './recent.ts';
import { Eligibility, phaseOfResult } from './update-rules.ts';
import { HALT_REASONS, HaltState, PHASE_CODE, QuoteFlag } from './view-columns.ts';

const DAY = '2024-01-10';
const second = 1_000_000;

function rigAt(time: string): { rig: MarketRig; t: (offsetSeconds: number) => number } {
  const rig = new MarketRig();
  const start = rig.at(DAY, time);
  return { rig, t: (offsetSeconds) => start + Math.round(offsetSeconds * second) };
}

describe('prices, volume and phases', () => {
  it('VIEW1 keeps last, open, high, low and VWAP per phase by the update rules', () => {
    const { rig, t } = rigAt('09:29:50');
    const c = rig.view.columns;
    rig.trade({ atUs: t(0), price: 10, size: 100, conditions: [12] });
    rig.trade({ atUs: t(1), price: 12, size: 10, conditions: [12, 37] });
    expect([c.last[0], c.dayOpen[0], c.sessionHigh[0], c.volume[0], c.preVolume[0]]).toEqual([10, 0, 10, 110, 110]);
    rig.trade({ atUs: t(10), price: 11, size: 1000, conditions: [17, 41] });
    rig.trade({ atUs: t(10.1), price: 11, size: 1000, conditions: [16] });
    rig.trade({ atUs: t(11), price: 11.5, size: 50, conditions: [10] });
    rig.trade({ atUs: t(12), price: 10.5, size: 200 });
    expect([c.last[0], c.dayOpen[0], c.dayHigh[0], c.dayLow[0], c.regularVolume[0], c.tradeCount[0]]).toEqual([
      10.5, 11, 11.5, 10.5, 1250, 6,
    ]);
    expect(vwapOf(c, 0, 'regular')).toBeCloseTo((11 * 1000 + 11.5 * 50 + 10.5 * 200) / 1250, 12);
    expect([c.upTicks[0], c.downTicks[0], c.lastDirection[0]]).toEqual([1, 1, 2]);
  });

  it('VIEW2 counts each cross once and takes the closing cross as the close', () => {
    const { rig, t } = rigAt('15:59:59');
    const c = rig.view.columns;
    rig.trade({ atUs: t(0), price: 50, size: 100 });
    rig.trade({ atUs: t(1.2), price: 50.4, size: 90_000, conditions: [8, 41] });
    rig.trade({ atUs: t(1.3), price: 50.4, size: 90_000, conditions: [15] });
    rig.trade({ atUs: t(2), price: 50.1, size: 100, conditions: [8, 41] });
    rig.trade({ atUs: t(60), price: 49, size: 100, conditions: [12] });
    expect([c.regularClose[0], c.dayHigh[0], c.volume[0], c.last[0]]).toEqual([50.4, 50.4, 90_300, 49]);
    rig.trade({ atUs: rig.at('2024-01-11', '08:00'), price: 51, size: 5, conditions: [12] });
    expect([c.previousClose[0], c.volume[0], c.dayOpen[0]]).toEqual([50.4, 5, 0]);
    expect(changeOf(c, 0)).toBeCloseTo(51 / 50.4 - 1, 12);
    rig.trade({ atUs: rig.at('2024-01-11', '09:30'), price: 52, size: 5 });
    expect(gapOf(c, 0)).toBeCloseTo(52 / 50.4 - 1, 12);
  });

  it('VIEW3 lets prints outside of open hours add volume but never set a price', () => {
    const { rig, t } = rigAt('20:00');
    expect(rig.trade({ atUs: t(5), price: 9, conditions: [12] })).toBe(Eligibility.outside | Eligibility.volume);
    expect([rig.view.columns.last[0], rig.view.columns.volume[0], rig.view.columns.sessionHigh[0]]).toEqual([
      0, 100, 0,
    ]);
  });

  it('VIEW4 applies the same event once and flags late ones', () => {
    const { rig, t } = rigAt('10:00');
    const c = rig.view.columns;
    const first = { atUs: t(0), price: 10, size: 100, sequence: 5 };
    rig.trade(first);
    rig.trade({ atUs: t(1), price: 11, size: 100, sequence: 9 });
    expect(rig.trade(first) & Eligibility.duplicate).not.toBe(0);
    expect([c.tradeCount[0], c.volume[0]]).toEqual([2, 200]);
    const late = rig.trade({ atUs: t(0.5), price: 8, size: 100, sequence: 7 });
    expect(late & (Eligibility.late | Eligibility.duplicate)).toBe(Eligibility.late);
    // It happened, so it counts and sets the low; but it is not where the market is now.
    expect([c.last[0], c.dayLow[0], c.volume[0]]).toEqual([11, 8, 300]);
    // The same sequence with another content is another event.
    expect(rig.trade({ atUs: t(1), price: 11.5, sequence: 9 }) & Eligibility.duplicate).toBe(0);
    rig.quote({ atUs: t(1), bid: 10, ask: 10.1, sequence: 4 });
    expect(rig.quote({ atUs: t(1), bid: 10, ask: 10.1, sequence: 4 }) & Eligibility.duplicate).not.toBe(0);
    rig.quote({ atUs: t(0.2), bid: 1, ask: 2, sequence: 3 });
    expect([c.bid[0], c.quoteCount[0]]).toEqual([10, 2]);
    expect(rig.view.totals).toMatchObject({ duplicates: 2, late: 3 });
  });

  it('VIEW5 flags one-sided, locked, crossed and non-firm quotes; zero is never a price', () => {
    const { rig, t } = rigAt('10:00');
    const c = rig.view.columns;
    const flagsOf = (bid: number, ask: number, conditions: readonly number[] = []): number => {
      rig.quote({ atUs: t(1), bid, ask, conditions });
      return c.quoteFlags[0] as number;
    };
    expect(flagsOf(0, 10)).toBe(QuoteFlag.oneSided);
    expect(spreadBpsOf(c, 0)).toBeNaN();
    expect(flagsOf(10.1, 10)).toBe(QuoteFlag.crossed);
    expect(flagsOf(10, 10)).toBe(QuoteFlag.locked);
    expect(flagsOf(9, 10, [20])).toBe(QuoteFlag.nonFirm);
    expect(flagsOf(9.99, 10)).toBe(0);
    expect(spreadBpsOf(c, 0)).toBeCloseTo((0.01 / 9.995) * 10_000, 6);
  });

  it('VIEW6 knows a spread by its own typical one', () => {
    const { rig, t } = rigAt('10:00');
    for (let i = 0; i < 2000; i++) rig.quote({ atUs: t(i / 100), bid: 10, ask: 10.02 });
    rig.quote({ atUs: t(21), bid: 10, ask: 10.2 });
    expect(spreadRatioOf(rig.view.columns, 0)).toBeGreaterThan(9);
    expect(spreadRatioOf(rig.view.columns, 0)).toBeLessThan(10.1);
  });

  it('VIEW7 refuses events of an earlier day, of the far future and without a row', () => {
    const { rig, t } = rigAt('10:00');
    rig.trade({ atUs: t(0), price: 10 });
    expect(rig.trade({ atUs: t(-86_400), price: 10 }) & Eligibility.refused).not.toBe(0);
    const small = new MarketRig({ capacity: 1 });
    small.trade({ atUs: t(0), price: 10, symbol: 'A' });
    expect(small.trade({ atUs: t(0), price: 10, symbol: 'B' }) & Eligibility.refused).not.toBe(0);
    expect([rig.view.totals.refused, small.view.totals.refused, rig.view.columns.tradeCount[0]]).toEqual([1, 1, 1]);
    const before = hashMarket(rig.view);
    expect(rig.trade({ atUs: NaN, price: 10 }) & Eligibility.refused).not.toBe(0);
    expect(hashMarket(rig.view)).toBe(before);
  });

  it('VIEW8 keeps a previous close given for the very day, as a split needs', () => {
    const { rig, t } = rigAt('15:00');
    rig.trade({ atUs: t(0), price: 100 });
    rig.view.advance(rig.at('2024-01-11', '03:45'));
    rig.view.setReference(0, { previousClose: 10, averageVolume: 1000 });
    rig.trade({ atUs: rig.at('2024-01-11', '04:00'), price: 10.1, conditions: [12] });
    expect(rig.view.columns.previousClose[0]).toBe(10);
    rig.trade({ atUs: rig.at('2024-01-11', '12:00'), price: 11 });
    rig.trade({ atUs: rig.at('2024-01-12', '04:00'), price: 11, conditions: [12] });
    expect(rig.view.columns.previousClose[0]).toBe(11);
  });
});

describe('activity', () => {
  it('VIEW9 tells trades a second that decay when nothing comes', () => {
    const { rig, t } = rigAt('10:00');
    for (let i = 0; i < 600; i++) rig.trade({ atUs: t(i / 5), price: 10 });
    rig.view.advance(t(120.2));
    const c = rig.view.columns;
    expect(c.tickRate10s[0] as number).toBeCloseTo(5, 0);
    // One second holds five trades, give or take the one just missed.
    expect(Math.abs((c.tickRate1s[0] as number) - 5)).toBeLessThan(1.2);
    expect(c.tickRate60s[0] as number).toBeCloseTo(5 * (1 - Math.exp(-2)), 0);
    rig.view.advance(t(130.2));
    expect(c.tickRate1s[0] as number).toBeLessThan(0.01);
    expect(c.tickRate10s[0] as number).toBeCloseTo(5 * Math.exp(-1), 0);
  });

  it('VIEW10 tells the deviation of one-minute returns', () => {
    const { rig, t } = rigAt('10:00');
    for (let minute = 0; minute <= 60; minute++)
      rig.trade({ atUs: t(minute * 60 + 1), price: minute % 2 === 0 ? 100 : 101 });
    expect(rig.view.columns.volatility[0] as number).toBeCloseTo(Math.log(1.01), 4);
    // Silence is a return of zero, so the deviation falls.
    rig.trade({ atUs: t(91 * 60), price: 100 });
    expect(rig.view.columns.volatility[0] as number).toBeLessThan(0.0075);
    expect(rig.view.columns.volatility[0] as number).toBeGreaterThan(0.003);
  });

  it('VIEW11 measures volume against the usual by this minute', () => {
    const { rig, t } = rigAt('12:00');
    rig.id();
    rig.view.setReference(0, { averageVolume: 1_000_000 });
    rig.trade({ atUs: t(0), price: 10, size: Math.round(1_000_000 * rig.view.usualShare(t(0)) * 2) });
    rig.view.advance(t(1));
    expect(rig.view.columns.relativeVolume[0] as number).toBeCloseTo(2, 2);
    expect(rig.view.usualShare(rig.at(DAY, '09:30'))).toBeLessThan(0.03);
    expect(rig.view.usualShare(rig.at(DAY, '20:00'))).toBeCloseTo(1, 9);
  });

  it('VIEW12 gives the same state however often the clock was told', () => {
    const often = rigAt('10:00');
    const never = rigAt('10:00');
    for (const { rig, t } of [often, never]) {
      for (let i = 0; i < 500; i++) {
        rig.trade({ atUs: t(i * 0.7), price: 10 + (i % 7) / 100, sequence: i + 1 });
        rig.quote({ atUs: t(i * 0.7 + 0.1), bid: 10, ask: 10.05, sequence: i + 1 });
        if (rig === often.rig) rig.view.advance(t(i * 0.7 + 0.2));
      }
    }
    expect(hashMarket(often.rig.view)).toBe(hashMarket(never.rig.view));
    never.rig.trade({ atUs: never.t(400), price: 10.01, sequence: 1000 });
    expect(hashMarket(often.rig.view)).not.toBe(hashMarket(never.rig.view));
  });
});

describe('halts', () => {
  const stateOf = (rig: MarketRig): readonly [number, string] => [
    rig.view.columns.halt[0] as number,
    HALT_REASONS[rig.view.columns.haltReason[0] as number] as string,
  ];

  it('HALT1 HALT2 follows limit-up/limit-down messages and keeps the bands', () => {
    const { rig, t } = rigAt('10:00');
    const c = rig.view.columns;
    rig.trade({ atUs: t(0), price: 10 });
    rig.luld({ atUs: t(1), low: 9.5, high: 10.5, indicators: [15] });
    expect(luldDistanceOf(c, 0)).toBeCloseTo(0.05, 9);
    rig.luld({ atUs: t(2), low: 9.5, high: 10.5, indicators: [17] });
    expect([...stateOf(rig), c.haltSinceUs[0], c.haltCount[0]]).toEqual([HaltState.halted, 'LUDP', t(2), 1]);
    // A report of a trade before the pause proves nothing.
    rig.trade({ atUs: t(3), price: 10 });
    expect(stateOf(rig)[0]).toBe(HaltState.halted);
    rig.luld({ atUs: t(302), low: 9, high: 11, indicators: [18] });
    expect(stateOf(rig)).toEqual([HaltState.trading, '']);
    rig.luld({ atUs: t(301), low: 1, high: 2, indicators: [17] });
    expect([c.luldHigh[0], stateOf(rig)[0]]).toEqual([11, HaltState.trading]);
  });

  it('HALT3 HALT4 follows quote conditions and reopening prints', () => {
    const { rig, t } = rigAt('10:00');
    rig.quote({ atUs: t(0), bid: 10, ask: 10.1, conditions: [43] });
    expect(stateOf(rig)).toEqual([HaltState.halted, 'LUDP']);
    rig.quote({ atUs: t(290), bid: 10, ask: 10.1, conditions: [1] });
    expect(stateOf(rig)[0]).toBe(HaltState.quoting);
    rig.trade({ atUs: t(300), price: 10.2, conditions: [28] });
    expect(stateOf(rig)[0]).toBe(HaltState.trading);
    rig.quote({ atUs: t(400), bid: 10, ask: 10.1, conditions: [36] });
    expect(stateOf(rig)).toEqual([HaltState.halted, 'MWC1']);
    rig.quote({ atUs: t(401), bid: 10, ask: 10.1, conditions: [16] });
    expect(stateOf(rig)[0]).toBe(HaltState.trading);
    expect(rig.view.columns.haltCount[0]).toBe(2);
  });

  it('HALT5 ends a halt nobody ended when prints prove trading', () => {
    const { rig, t } = rigAt('10:00');
    rig.view.startDay(t(0));
    rig.id();
    rig.view.setHalt(0, { state: 'halted', reason: 'T1', atUs: t(0) });
    rig.trade({ atUs: t(20), price: 10, conditions: [37] });
    expect(stateOf(rig)).toEqual([HaltState.halted, 'T1']);
    rig.trade({ atUs: t(21), price: 10 });
    expect(stateOf(rig)).toEqual([HaltState.trading, '']);
  });

  it('HALT6 suspects an active symbol that falls silent while others speak, and only then', () => {
    const { rig, t } = rigAt('10:00');
    for (let i = 0; i < 120; i++)
      rig.trade({ atUs: t(i), price: 10, symbol: i % 2 === 0 ? 'X' : 'Y', sequence: i + 1 });
    for (let i = 120; i < 145; i++) {
      rig.trade({ atUs: t(i), price: 10, symbol: 'Y', sequence: i + 1 });
      rig.view.advance(t(i + 0.5));
    }
    const hash = hashMarket(rig.view);
    expect([stateOf(rig)[0], rig.view.columns.haltReason[0], rig.view.columns.haltCount[0]]).toEqual([
      HaltState.trading,
      0,
      0,
    ]);
    for (let i = 0; i < 400; i++) rig.trade({ atUs: t(145 + i / 10), price: 10, sequence: 1000 + i });
    for (let i = 0; i < 25; i++) {
      rig.trade({ atUs: t(185 + i), price: 10, symbol: 'Y', sequence: 2000 + i });
      rig.view.advance(t(185.5 + i));
    }
    expect(stateOf(rig)).toEqual([HaltState.suspected, 'silence']);
    expect(rig.view.columns.haltCount[0]).toBe(0);
    rig.quote({ atUs: t(211), bid: 9, ask: 10 });
    expect(stateOf(rig)[0]).toBe(HaltState.trading);
    expect(hashMarket(rig.view)).not.toBe(hash);
  });

  it('HALT7 carries regulatory halts over night and ends pauses with the day', () => {
    const { rig, t } = rigAt('15:50');
    rig.view.startDay(t(0));
    rig.view.setHalt(rig.id('A'), { state: 'halted', reason: 'T12', atUs: t(0) });
    rig.view.setHalt(rig.id('B'), { state: 'halted', reason: 'LUDP', atUs: t(0) });
    rig.view.startDay(rig.at('2024-01-11', '04:00'));
    expect([...rig.view.columns.halt.subarray(0, 2)]).toEqual([HaltState.halted, HaltState.trading]);
  });
});

describe('restrictions, blindness, restart', () => {
  it('VIEW13 restricts short sales by indicator and by a ten per cent fall, through the next day', () => {
    const { rig, t } = rigAt('10:00');
    const c = rig.view.columns;
    rig.id();
    rig.view.setReference(0, { previousClose: 10 });
    rig.trade({ atUs: t(0), price: 9.01 });
    expect(c.isSsr[0]).toBe(0);
    rig.trade({ atUs: t(1), price: 9 });
    expect(c.isSsr[0]).toBe(1);
    rig.view.startDay(rig.at('2024-01-11', '04:00'));
    expect(c.isSsr[0]).toBe(1);
    rig.view.startDay(rig.at('2024-01-12', '04:00'));
    expect(c.isSsr[0]).toBe(0);
    rig.trade({ atUs: rig.at('2024-01-12', '10:00'), price: 9, conditions: [57] });
    expect(c.isSsr[0]).toBe(1);
    rig.trade({ atUs: rig.at('2024-01-12', '10:01'), price: 9, conditions: [59] });
    expect(c.isSsr[0]).toBe(0);
  });

  it('VIEW14 is blind from a gap until the symbol itself is quoted again', () => {
    const { rig, t } = rigAt('10:00');
    const blind = rig.view.columns.isBlind;
    for (const symbol of ['A', 'B']) rig.quote({ atUs: t(0), bid: 10, ask: 11, symbol });
    rig.view.beginGap();
    rig.quote({ atUs: t(1), bid: 10, ask: 11, symbol: 'A' });
    expect([...blind.subarray(0, 3)]).toEqual([1, 1, 1]);
    rig.view.endGap();
    rig.quote({ atUs: t(2), bid: 10, ask: 11, symbol: 'A' });
    expect([...blind.subarray(0, 2)]).toEqual([0, 1]);
    rig.view.setBlind(0, true);
    rig.quote({ atUs: t(3), bid: 10, ask: 11, symbol: 'A' });
    expect(blind[0]).toBe(1);
    rig.view.setBlind(0, false);
    rig.view.heal(1);
    expect([...blind.subarray(0, 2)]).toEqual([0, 0]);
  });

  it('VIEW15 keeps the latest trades and quotes, newest first', () => {
    const { rig, t } = rigAt('10:00');
    for (let i = 0; i < 40; i++) {
      rig.quote({ atUs: t(i), bid: 10, ask: 10.5, sequence: i + 1 });
      rig.trade({ atUs: t(i), price: 10 + i / 100, sequence: i + 1, conditions: [41] });
    }
    const trades = recentTrades(rig.view.recentTrades, 0);
    expect(trades.length).toBe(16);
    expect(trades[0]).toMatchObject({
      timeUs: t(39),
      price: 10.39,
      size: 100,
      bid: 10,
      ask: 10.5,
      sequence: 40,
      venue: 11,
    });
    expect(rig.conditions.get(trades[0]?.conditions ?? 0)).toEqual([41]);
    expect(phaseOfResult(trades[0]?.result ?? 0)).toBe(PHASE_CODE.regular);
    expect(recentQuotes(rig.view.recentQuotes, 0)[15]).toMatchObject({
      timeUs: t(24),
      bid: 10,
      ask: 10.5,
      bidSize: 200,
      askSize: 300,
    });
  });

  it('VIEW16 goes on after a restart as if there had been none', () => {
    const { rig, t } = rigAt('09:00');
    const drive = (target: MarketRig, from: number, to: number): void => {
      for (let i = from; i < to; i++) {
        target.quote({
          atUs: t(i * 3),
          bid: 10 + (i % 9) / 100,
          ask: 10.1 + (i % 5) / 100,
          sequence: i + 1,
          symbol: i % 3 === 0 ? 'A' : 'B',
        });
        target.trade({ atUs: t(i * 3), price: 10 + (i % 11) / 100, sequence: i + 1, symbol: i % 2 === 0 ? 'A' : 'B' });
        if (i === 40) target.luld({ atUs: t(i * 3), low: 9, high: 11, indicators: [17], symbol: 'A' });
        target.view.advance(t(i * 3 + 1));
      }
    };
    drive(rig, 0, 900);
    const checkpoint = new MemoryCheckpoint();
    rig.view.save(checkpoint);
    const restored = new MarketRig();
    for (const name of rig.symbols.names) restored.id(name);
    for (const set of rig.conditions.sets) restored.conditions.intern(set);
    restored.view.restore(checkpoint);
    drive(rig, 900, 1500);
    drive(restored, 900, 1500);
    expect(hashMarket(restored.view)).toBe(hashMarket(rig.view));
    // Beyond the hash: every byte, the published rates and the rings too.
    const [a, b] = [new MemoryCheckpoint(), new MemoryCheckpoint()];
    rig.view.save(a);
    restored.view.save(b);
    expect([...b.sections.keys()]).toEqual([...a.sections.keys()]);
    for (const [name, bytes] of a.sections) expect([name, b.sections.get(name)]).toEqual([name, bytes]);
  });
});
