/** Kept sums equal those that are added up bar by bar, whatever was asked before and whatever the bars become. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { BarView } from '#protocol';
import { addToVwap, VWAP_START } from './bar-points.ts';
import { createVwapSums } from './vwap-sums.ts';

const barOf = (n: number): BarView => ({ index: n, vwap: 10 + (n % 7), volume: 1 + (n % 5) }) as BarView;

it('equals adding up, for any order of questions over bars that grow, are replaced or come in front', () => {
  const change = fc.record({
    kind: fc.constantFrom('ask', 'grow', 'prepend', 'replace', 'cut'),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    count: fc.integer({ min: 0, max: 1_300 }),
  });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
      const sumsBefore = createVwapSums();
      let bars: readonly BarView[] = [];
      let made = 0;
      const more = (count: number): readonly BarView[] => Array.from({ length: count }, () => barOf(made++));
      for (const step of changes) {
        if (step.kind === 'grow') bars = [...bars, ...more(step.count)];
        else if (step.kind === 'prepend') bars = [...more(step.count), ...bars];
        else if (step.kind === 'replace') bars = more(step.count);
        else if (step.kind === 'cut') bars = bars.slice(0, step.count);
        else {
          const place = Math.floor(step.share * bars.length);
          expect(sumsBefore(bars, place)).toEqual(bars.slice(0, place).reduce(addToVwap, VWAP_START));
        }
      }
    }),
    { numRuns: 60 },
  );
});

it('reads few bars when it is asked again', () => {
  const bars = Array.from({ length: 5_000 }, (_, n) => barOf(n));
  const sumsBefore = createVwapSums();
  const first = sumsBefore(bars, 4_900);
  let reads = 0;
  const watched = new Proxy(bars, {
    get: (target, key, receiver) => {
      if (typeof key === 'string' && /^\d+$/u.test(key)) reads += 1;
      return Reflect.get(target, key, receiver) as unknown;
    },
  });
  expect(sumsBefore(watched, 4_900)).toEqual(first);
  expect(reads).toBeLessThan(520);
});
