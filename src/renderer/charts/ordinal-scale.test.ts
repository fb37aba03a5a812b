/** Labels of the ordinal scale: a tick where the New York clock turns. */
import { expect, it } from 'vitest';
import { createOrdinalScale, tickLabel, tickWeight } from './ordinal-scale.ts';
import { OPEN_US } from './test-bars.ts';

it('weighs a bar by the greatest clock step it is the first of', () => {
  const after = (beforeUs: number, us: number): number => tickWeight(OPEN_US + beforeUs, OPEN_US + us);
  expect(after(-1, 0)).toBe(80);
  expect(after(29 * 60e6, 30 * 60e6 + 5)).toBe(90);
  expect(after(100, 200)).toBe(10);
  expect(after(999_000, 1_000_001)).toBe(20);
  expect(after(59e6, 60e6)).toBe(50);
  expect(tickWeight(0, OPEN_US)).toBe(0);
});

it('writes minutes, seconds or milliseconds, as the weight asks for', () => {
  expect(tickLabel(OPEN_US, 80)).toBe('09:30');
  expect(tickLabel(OPEN_US + 1e6, 20)).toBe('09:30:01');
  expect(tickLabel(OPEN_US + 304_000, 10)).toBe('00.304');
});

it('keys bars by index alone, so equal times stay apart', () => {
  const scale = createOrdinalScale(() => OPEN_US);
  expect(scale.key(7)).not.toBe(scale.key(8));
  const convert = scale.createConverterToInternalObj([]);
  expect(scale.key(convert(7 as never))).toBe(7);
  expect(scale.formatHorzItem(7 as never)).toBe('09:30:00.000');
});
