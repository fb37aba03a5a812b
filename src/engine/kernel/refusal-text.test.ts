import { expect, it } from 'vitest';
import { refusalText } from './refusal-text.ts';

it.each([
  ['until', 1_795_185_205_740_400, 1_795_185_094_270_400, 'until 09:33:25'],
  ['exposure', 5_200_000_000, 5_000_000_000, 'exposure $5,200.00 against $5,000.00'],
  ['gain', -4_250, 120_000, 'gain -$0.0043 against $0.12'],
  ['quote-age', 2_512_345, 2_000_000, 'quote-age 2.512 s against 2.0 s'],
  ['extended-jump', 41.237, 10, 'extended-jump 41.24 % against 10.00 %'],
  ['spread-cap', 80.04, 60, 'spread-cap 80.0 bps against 60.0 bps'],
  ['positions', 25, 25, 'positions 25 against 25'],
  ['shares', 12_000, null, 'shares 12,000'],
  ['halted', null, null, 'halted'],
  ['', null, null, ''],
])('says %s with its unit', (gate, value, limit, text) => {
  expect(refusalText(gate, value, limit)).toBe(text);
});
