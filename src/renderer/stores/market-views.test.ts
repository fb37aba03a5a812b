/** Saved views, and that every built-in one is a filter the grid understands. */
import { describe, expect, it } from 'vitest';
import { MARKET_FIELDS } from './market-fields.ts';
import { parseFilter } from './market-filter.ts';
import { BUILT_IN_VIEWS, createMarketViewStore, isViewChanged, saveView, VIEWS_MOST } from './market-views.ts';

const what = { filter: 'chg>2', sort: { field: 'volume', isDescending: true }, columns: null };

describe('market views', () => {
  it.each(BUILT_IN_VIEWS)('$name can be parsed and sorted', ({ filter, sort }) => {
    expect(parseFilter(filter).ok).toBe(true);
    expect(Object.hasOwn(MARKET_FIELDS, sort.field)).toBe(true);
  });

  it('saves, replaces by name, and has a limit', () => {
    const first = saveView([], ' Mine ', what);
    expect(first).toEqual({ views: [{ id: 'v1', name: 'Mine', ...what }], id: 'v1' });
    const again = saveView(first?.views ?? [], 'Mine', { ...what, filter: '' });
    expect(again?.views.map(({ filter }) => filter)).toEqual(['']);
    expect(saveView([], '  ', what)).toBeUndefined();
    const full = Array.from({ length: VIEWS_MOST }, (_, i) => ({ id: `v${i}`, name: `n${i}`, ...what }));
    expect(saveView(full, 'more', what)).toBeUndefined();
  });

  it('notices a change of filter, sort or columns', () => {
    expect(isViewChanged(what, { ...what, filter: ' chg>2 ' })).toBe(false);
    expect(isViewChanged(what, { ...what, filter: 'chg>3' })).toBe(true);
    expect(isViewChanged(what, { ...what, sort: { field: 'volume', isDescending: false } })).toBe(true);
    expect(isViewChanged(what, { ...what, columns: ['symbol'] })).toBe(true);
  });

  it('puts aside what it cannot read', () => {
    const entries: Record<string, string> = { 'drover.market-views': '{"views":[{"id":1}]}' };
    const store = createMarketViewStore({
      load: (key) => entries[key] ?? null,
      save: (key, text) => void (entries[key] = text),
    });
    expect(store.getState().views).toEqual([]);
    expect(entries['drover.market-views.unreadable']).toBeDefined();
  });
});
