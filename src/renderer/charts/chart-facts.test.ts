/** Stretches grown bar by bar equal those of all bars at once. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { extendFacts, noFacts, restartFacts } from './chart-facts.ts';
import { testBar } from './test-bars.ts';

it('extends stretches as if all bars had come at once', () => {
  const bar = fc.record({ phase: fc.constantFrom('pre', 'regular'), hasGap: fc.boolean(), hasHalt: fc.boolean() });
  fc.assert(
    fc.property(fc.array(bar, { maxLength: 40 }), fc.integer({ min: 1, max: 7 }), (changes, step) => {
      const bars = changes.map((change, i) => testBar(i, change));
      const whole = noFacts();
      restartFacts(whole, bars);
      const grown = noFacts();
      for (let i = 0; i < bars.length; i += step) extendFacts(grown, bars.slice(i, i + step));
      expect(grown).toEqual(whole);
    }),
  );
});
