/** Numbers to text: named cases, and properties over the whole range. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bpsText,
  bytesText,
  compactText,
  countText,
  fixedText,
  latencyText,
  NONE,
  priceText,
  signedText,
} from './number.ts';

describe('priceText', () => {
  it.each([
    [64.1, '64.10'],
    [1, '1.00'],
    [0.9999, '0.9999'],
    [0.99996, '1.00'],
    [0.0123, '0.0123'],
    [1234.5, '1,234.50'],
    [741_234, '741,234.00'],
    [0, NONE],
    [-1, NONE],
    [Number.NaN, NONE],
    [Number.POSITIVE_INFINITY, NONE],
  ])('%d', (value, text) => expect(priceText(value)).toBe(text));

  it('reads back to the same price within its last decimal, and never changes the number of decimals of its class', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.0001, max: 900_000, noNaN: true }), (value) => {
        const text = priceText(value);
        const decimals = text.slice(text.indexOf('.') + 1).length;
        expect(decimals).toBe(value < 0.99995 ? 4 : 2);
        expect(Math.abs(Number(text.replaceAll(',', '')) - value)).toBeLessThanOrEqual(0.5 * 10 ** -decimals + 1e-9);
      }),
    );
  });
});

describe('signedText', () => {
  it.each([
    [1.234, '+1.23'],
    [-1.236, '−1.24'],
    [0.004, '0.00'],
    [-0.004, '0.00'],
    [-0, '0.00'],
    [1234.5, '+1,234.50'],
    [Number.NaN, NONE],
  ])('%d', (value, text) => expect(signedText(value)).toBe(text));

  it('carries a sign exactly when it shows something other than zero', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), (value) => {
        const text = signedText(value);
        const isZero = Number(text.replace(/[+−,]/g, '')) === 0;
        expect(/^[+−]/.test(text)).toBe(!isZero);
        if (!isZero) expect(text.startsWith('+')).toBe(value > 0);
      }),
    );
  });
});

describe('compactText', () => {
  it.each([
    [0, '0'],
    [841, '841'],
    [999.4, '999'],
    [999.5, '1.00k'],
    [12_345, '12.35k'],
    [999_994, '999.99k'],
    [999_996, '1.00m'],
    [1_500_000_000, '1.50b'],
    [-2500, '−2.50k'],
    [Number.NaN, NONE],
  ])('%d', (value, text) => expect(compactText(value)).toBe(text));

  it('never shows a scaled thousand, and reads back within half a hundredth of its unit', () => {
    const scale: Record<string, number> = { k: 1e3, m: 1e6, b: 1e9, t: 1e12 };
    fc.assert(
      fc.property(fc.double({ min: 0, max: 9e14, noNaN: true }), (value) => {
        const text = compactText(value);
        const unit = scale[text.at(-1) as string] ?? 1;
        const shown = Number(text.replace(/[kmbt]$/, ''));
        expect(shown).toBeLessThan(1000);
        expect(Math.abs(shown * unit - value)).toBeLessThanOrEqual(unit === 1 ? 0.5 : unit * 0.00501);
      }),
    );
  });

  it('keeps the order of numbers', () => {
    const scale: Record<string, number> = { k: 1e3, m: 1e6, b: 1e9, t: 1e12 };
    const back = (text: string): number => Number(text.replace(/[kmbt]$/, '')) * (scale[text.at(-1) as string] ?? 1);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e12 }), fc.integer({ min: 0, max: 1e12 }), (a, b) => {
        if (a <= b) expect(back(compactText(a))).toBeLessThanOrEqual(back(compactText(b)) + 1e-6);
      }),
    );
  });
});

it('bps, counts, bytes, latency', () => {
  expect(bpsText(2.14)).toBe('2.1');
  expect(bpsText(999.96)).toBe('1,000');
  expect(bpsText(-3.25)).toMatch(/^−3\.[23]$/);
  expect(countText(5500)).toBe('5,500');
  expect(countText(1_234_567)).toBe('1,234,567');
  expect(fixedText(-0.04, 1)).toBe('0.0');
  expect(bytesText(412 * 1_048_576)).toBe('412 MB');
  expect(bytesText(2 * 1_073_741_824)).toBe('2.00 GB');
  expect(latencyText(820)).toBe('820 µs');
  expect(latencyText(1400)).toBe('1.4 ms');
  expect(latencyText(2_300_000)).toBe('2.30 s');
  expect(latencyText(Number.NaN)).toBe(NONE);
});
