/** Which stop prices are sent. */
import { describe, expect, it } from 'vitest';
import { stopFault } from './stop-price.ts';

describe('stop price', () => {
  it('takes a price below the bid and nothing else', () => {
    expect(stopFault('63.80', 64)).toBe('');
    expect(stopFault('0.4215', 0.5)).toBe('');
    // Without a bid (halted, blind) a stop may be set all the same.
    expect(stopFault('63.80', 0)).toBe('');
    for (const wrong of ['', 'abc', '-3', '1e5', '63,80', '0', '0.00001', '64', '64.01'])
      expect(stopFault(wrong, 64), wrong).not.toBe('');
  });
});
