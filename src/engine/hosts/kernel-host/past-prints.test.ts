/** Time and sales of a past instant: what had been printed by then, newest first, with the quote each trade met. */
import { beforeAll, describe, expect, it } from 'vitest';
import { drive, simStretch } from '../../testing/sim-inputs.ts';
import type { TapeTrade } from '../../tape/trade-tape.ts';
import type { OfflineKernel } from './offline-kernel.ts';
import { createOfflineKernel } from './offline-kernel.ts';
import { printsAtAnswer } from './past-prints.ts';

const SYMBOLS = 8;

describe('trades of a past instant', () => {
  let run: OfflineKernel;
  let name = '';
  let all: readonly TapeTrade[] = [];

  beforeAll(async () => {
    const stretch = await simStretch({ seed: 3, symbols: SYMBOLS, rate: 60, start: '09:31', minutes: 1 });
    run = createOfflineKernel(stretch.config, { append: () => undefined }, 1_000_000);
    drive(run, stretch.inputs, 0, stretch.inputs.length, () => 0);
    const { tape, symbols } = run.kernel;
    for (let symbol = 0; symbol < SYMBOLS; symbol++) {
      const trades = Array.from({ length: tape?.count(symbol) ?? 0 }, (_, n) => tape?.at(symbol, n) as TapeTrade);
      if (trades.length <= all.length) continue;
      all = trades;
      name = symbols.name(symbol);
    }
  }, 180_000);

  it('ends at the instant, newest first, no later trade among them', () => {
    expect(all.length).toBeGreaterThan(50);
    for (const at of [0, 7, Math.floor(all.length / 2), all.length - 1]) {
      const atUs = all[at]?.timeUs as number;
      const { prints } = printsAtAnswer(run.kernel, { symbol: name, atUs, count: 500 }) ?? { prints: [] };
      // The trades before the first one that is later than the instant.
      const until = all.findIndex(({ timeUs }) => timeUs > atUs);
      const wanted = all.slice(0, until < 0 ? all.length : until).toReversed();
      expect(prints.map(({ atUs: us, price, size, bid, ask }) => [us, price, size, bid, ask])).toEqual(
        wanted.slice(0, 500).map((trade) => [trade.timeUs, trade.price, trade.size, trade.bid, trade.ask]),
      );
    }
  });

  it('gives no more than asked for, nothing before the first trade, and null for what it does not know', () => {
    const last = all.at(-1)?.timeUs as number;
    const few = printsAtAnswer(run.kernel, { symbol: name, atUs: last, count: 5 });
    expect(few?.prints.length).toBe(5);
    expect(few?.isPartial).toBe(false);
    const before = Math.min(...all.map(({ timeUs }) => timeUs)) - 1;
    expect(printsAtAnswer(run.kernel, { symbol: name, atUs: before, count: 5 })).toEqual({
      prints: [],
      isPartial: false,
    });
    expect(printsAtAnswer(run.kernel, { symbol: 'NO SUCH', atUs: last, count: 5 })).toBeNull();
  });
});
