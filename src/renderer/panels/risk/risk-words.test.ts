/** Risk in words: bars, order of outcomes, and words for every code the engine has. */
import { describe, expect, it } from 'vitest';
import {
  boundsFault,
  isPerOrder,
  killWords,
  limitBar,
  limitField,
  limitFromField,
  limitText,
  outcomeWords,
  sortedOutcomes,
} from './risk-words.ts';

describe('limits', () => {
  it('fills its bar up to the end and no further', () => {
    expect(limitBar(27, 40)).toEqual({ share: 0.675, tone: 'calm', percent: '68 %' });
    expect(limitBar(30, 40).tone).toBe('warn');
    expect(limitBar(60, 40)).toEqual({ share: 1, tone: 'danger', percent: '150 %' });
    expect(limitBar(0, 0)).toEqual({ share: 0, tone: 'calm', percent: '0 %' });
    expect(limitBar(1, 0).tone).toBe('danger');
    expect(limitBar(-5, 10).share).toBe(0);
  });

  it('says in the units of the page which bounds a value leaves', () => {
    const loss = { name: 'loss today', unit: '$', min: 10e6, max: 20_000e6 };
    expect([10e6, 20_000e6].map((value) => boundsFault(loss, value))).toEqual(['', '']);
    expect(boundsFault(loss, 9.99e6)).toBe('Loss today must be from $10.00 to $20,000.00.');
    expect(boundsFault({ name: 'pause after a loss', unit: 'us', min: 0, max: 7200e6 }, 7201e6)).toMatch(
      /^Pause after a loss must be from 0\.0s to 2h00m\.$/u,
    );
    expect(boundsFault({ name: 'whatever', unit: '' }, 1)).toBe('');
  });

  it('says money as money', () => {
    expect([limitText(1_234_560_000, '$'), limitText(27, ''), limitText(5_000, 'sh')]).toEqual([
      '$1,234.56',
      '27',
      '5,000 sh',
    ]);
    expect([isPerOrder('shares an order'), isPerOrder('exposure')]).toEqual([true, false]);
    expect(isPerOrder('exposure in a symbol')).toBe(true);
  });

  it('are typed in dollars and seconds and sent as the engine counts', () => {
    expect(limitField(1_500_000_000, '$')).toBe('1500');
    expect(limitFromField('$1,250.50', '$')).toBe(1_250_500_000);
    expect(limitFromField(limitField(30_000_000, 'us'), 'us')).toBe(30_000_000);
    expect(limitFromField('12', '')).toBe(12);
    expect([limitFromField('', '$'), limitFromField('much', '')]).toEqual([null, null]);
  });
});

describe('outcomes', () => {
  it('stand most frequent first, equal ones by code', () => {
    const list = [
      { code: 'rule', count: 3 },
      { code: 'halt', count: 9 },
      { code: 'blind', count: 3 },
    ];
    expect(sortedOutcomes(list).map(({ code }) => code)).toEqual(['halt', 'blind', 'rule']);
  });

  it('have words, and say so when they have none', () => {
    expect(outcomeWords('economics').title).toBe('Not worth its costs');
    expect(outcomeWords('new-code').title).toBe('new-code');
    expect(killWords('flat-confirmed').title).toBe('Flat, confirmed by the broker');
    expect(killWords('whatever').tone).toBe('danger');
  });
});
