/** Bars made from the trades in memory are those the kernel would have kept from the day's first print (BAR19). */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Bar, BarKind } from '../../model/bar.ts';
import type { JournalRecord } from '../../ports/journal.ts';
import { drive, simStretch } from '../../testing/sim-inputs.ts';
import { ChartBars } from './chart-bars.ts';
import type { OfflineKernel } from './offline-kernel.ts';
import { createOfflineKernel } from './offline-kernel.ts';

const KINDS: readonly BarKind[] = [
  { kind: 'tick', trades: 100 },
  { kind: 'tick', trades: 20 },
  { kind: 'time', seconds: 1 },
  { kind: 'time', seconds: 5 },
];
const SYMBOLS = 30;

/** What trades alone tell; 'quotes', gaps and halts are not among it. */
const known = (bar: Bar): object => {
  const { quotes: _, hasGap: _gap, hasHalt: _halt, ...rest } = bar;
  return rest;
};

describe('chart bars', () => {
  let run: OfflineKernel;

  beforeAll(async () => {
    // Over the opening: a phase ends in the middle.
    const stretch = await simStretch({ seed: 5, symbols: SYMBOLS, rate: 600, start: '09:29', minutes: 2 });
    let intent = 0;
    const append = (record: JournalRecord): void => {
      if (record.kind === 'intent') intent = record.seq;
    };
    run = createOfflineKernel(stretch.config, { append }, 1_000_000);
    for (const kind of KINDS) run.kernel.bars.of(kind);
    drive(run, stretch.inputs, 0, stretch.inputs.length, () => intent);
  }, 60_000);

  it.each(KINDS)('BAR19 %j: equal to bars kept from the first print, closed and forming', (kind) => {
    const { kernel } = run;
    const bars = new ChartBars();
    let compared = 0;
    for (let symbol = 0; symbol < SYMBOLS; symbol++) {
      const kept = kernel.bars.of(kind);
      let answer = bars.answer(kernel, symbol, kind, 0, 5_000);
      for (let asks = 0; answer?.isBehind === true && asks < 100; asks++)
        answer = bars.answer(kernel, symbol, kind, 0, 5_000);
      expect(answer?.isPartial).toBe(false);
      const wanted = Array.from({ length: kept.closed.count(symbol) }, (_, i) => kept.closed.get(symbol, i) as Bar);
      // A time bar kept by the kernel is closed by its clock, one made from trades by the next trade: the last may still form.
      const made = [...(answer?.bars ?? []), ...(answer?.forming ? [answer.forming] : [])].slice(0, wanted.length);
      expect(made.map((bar) => known({ ...bar, isForming: false }))).toEqual(wanted.map(known));
      compared += wanted.length;
      expect(made.every(({ quotes }) => quotes === -1)).toBe(true);
    }
    expect(compared).toBeGreaterThan(50);
  });

  it('BAR19 goes on where it was, a bounded piece at a time', () => {
    const { kernel } = run;
    const kind = { kind: 'tick', trades: 7 } as const;
    const busy = kernel.tape as NonNullable<typeof kernel.tape>;
    let symbol = 0;
    for (let s = 1; s < SYMBOLS; s++) if (busy.count(s) > busy.count(symbol)) symbol = s;
    const bars = new ChartBars();
    let asks = 0;
    let before = -1;
    for (let behind = true; behind && asks < 200; asks++) {
      const answer = bars.answer(kernel, symbol, kind, 0, 0);
      expect(answer?.bars).toEqual([]);
      expect(answer?.total ?? -1).toBeGreaterThan(before);
      before = answer?.total ?? -1;
      behind = answer?.isBehind ?? false;
    }
    expect(asks).toBe(Math.ceil(busy.count(symbol) / 4_000));
    const whole = bars.answer(kernel, symbol, kind, 0, 5_000);
    expect(whole?.bars.map(({ index }) => index)).toEqual(Array.from({ length: whole?.total ?? 0 }, (_, i) => i));
  });

  it('makes many kinds and forgets the least wanted', () => {
    const { kernel } = run;
    const bars = new ChartBars();
    const first = bars.answer(kernel, 0, { kind: 'tick', trades: 3 }, 0, 5_000);
    for (let trades = 4; trades < 60; trades++) bars.answer(kernel, 0, { kind: 'tick', trades }, 0, 10);
    expect(bars.answer(kernel, 0, { kind: 'tick', trades: 3 }, 0, 5_000)).toEqual(first);
  });
});
