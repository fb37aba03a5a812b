/** The scanner in words. */
import { describe, expect, it } from 'vitest';
import { SCANNER_RULES, scannerRule, scannerText } from './scanner-words.ts';

describe('scanner words', () => {
  it('names numbers with their units', () => {
    expect(scannerText('relativeVolume 8.1, volume 123400')).toBe('8.1× usual volume, 123.40k shares');
    expect(scannerText('LUDP, last 12.5, sinceUs 1.79e+15, halts 2')).toBe('LUDP, last 12.50, halt 2 of today');
    expect(scannerText('gapFraction -0.0512, open 9.5, previousClose 10.01')).toBe(
      '−5.12 %, open 9.50, close before 10.01',
    );
  });

  it('leaves what it does not know as it came', () => {
    expect(scannerText('something else entirely')).toBe('something else entirely');
    expect(scannerText('')).toBe('');
    expect(scannerRule('brand-new').name).toBe('brand new');
  });

  it('explains every rule', () => {
    for (const rule of SCANNER_RULES) expect(scannerRule(rule).explain.length).toBeGreaterThan(10);
  });
});
