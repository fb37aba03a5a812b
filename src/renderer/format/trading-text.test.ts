/** Money and spans of time. */
import { describe, expect, it } from 'vitest';
import { amountText, HALF_CENT, microPriceText, resultText, toneOf } from './money.ts';
import { countdownText, spanText } from './span.ts';

describe('money', () => {
  it('shows the sign of a result and none of nothing', () => {
    expect([6_310_000, -8_414_999, 0, 4_999, -4_999].map((micros) => resultText(micros))).toEqual([
      '+6.31',
      '−8.41',
      '0.00',
      '0.00',
      '0.00',
    ]);
    expect(amountText(1_234_500_000)).toBe('1,234.50');
    expect([64_120_000, 420_000, null].map(microPriceText)).toEqual(['64.12', '0.4200', '–']);
  });

  it('colours nothing that is shown as zero', () => {
    expect([5_000, 4_999, -4_999, -5_000, NaN].map((micros) => toneOf(micros, HALF_CENT))).toEqual([
      'up',
      'flat',
      'flat',
      'down',
      'flat',
    ]);
  });
});

describe('spans', () => {
  it('keeps its width below a hundred hours', () => {
    expect([0, 221e6, 3_600e6, 90_061e6, -5].map(spanText)).toEqual([
      '00:00:00',
      '00:03:41',
      '01:00:00',
      '25:01:01',
      '00:00:00',
    ]);
    expect([379e6, 378.2e6, 3_979e6].map(countdownText)).toEqual(['6:19', '6:19', '1:06:19']);
  });
});
