/** Views over watch lists, and market rows as text. */
import { describe, expect, it } from 'vitest';
import { ROW_FLAGS } from '#protocol';
import { createMarketMirror } from '../../stores/market-mirror.ts';
import { parseFilter } from '../../stores/market-filter.ts';
import type { WatchLists } from '../../stores/watch-lists.ts';
import { cellText, marketCsv, rowText } from './market-export.ts';
import { livingView, testOfView } from './market-view.ts';

const lists: WatchLists = { lists: [{ id: 'w1', name: 'Watch', symbols: ['AAPL', 'GONE'] }], activeId: 'w1' };
const mirror = createMarketMirror();
mirror.applyNames(0, ['MSFT', 'AAPL']);

describe('market views', () => {
  it('a watch list shows its symbols, and the quick filter narrows them', () => {
    const test = testOfView('list:w1', lists, undefined);
    expect([0, 1].map((row) => test?.(mirror, row))).toEqual([false, true]);
    const parsed = parseFilter('msft');
    const both = testOfView('list:w1', lists, parsed.ok ? parsed.test : undefined);
    expect([0, 1].map((row) => both?.(mirror, row))).toEqual([false, false]);
    expect(testOfView('all', lists, undefined)).toBeUndefined();
  });

  it('falls back to all when a view or list is gone', () => {
    expect(livingView('list:w1', [], lists)).toBe('list:w1');
    expect(livingView('list:w9', [], lists)).toBe('all');
    expect(livingView('v7', [], lists)).toBe('all');
    expect(livingView('halted', [], lists)).toBe('halted');
  });
});

describe('market rows as text', () => {
  it('writes figures without grouping, and nothing for what is not known', () => {
    mirror.columns.last[1] = 1234.5;
    mirror.columns.previousClose[1] = 1000;
    expect(cellText(mirror, 1, 'last')).toBe('1234.5');
    expect(rowText(mirror, 1, ['symbol', 'last', 'changePct', 'bid'])).toBe('AAPL\t1234.5\t23.45\t');
    mirror.columns.flags[1] = 2 | ROW_FLAGS.held | ROW_FLAGS.up | ROW_FLAGS.luldPause;
    expect(marketCsv(mirror, [1, 0], ['symbol', 'last', 'spark', 'marks'])).toBe(
      'Symbol,Last,Marks\r\nAAPL,1234.5,LULD HELD\r\nMSFT,,\r\n',
    );
  });
});
