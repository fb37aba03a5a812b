/** Watch lists: order, limits, import and export. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SettingsStorage } from './settings-store.ts';
import {
  activeList,
  addSymbols,
  createList,
  createWatchListStore,
  exportLists,
  importLists,
  LISTS_MOST,
  moveSymbol,
  removeList,
  SYMBOLS_MOST,
  toggleSymbol,
  type WatchLists,
} from './watch-lists.ts';

const start = (...symbols: string[]): WatchLists => ({ lists: [{ id: 'w1', name: 'Watch', symbols }], activeId: 'w1' });
const symbolsOf = (state: WatchLists, at = 0): readonly string[] => state.lists[at]?.symbols ?? [];

function memory(entries: Record<string, string> = {}): SettingsStorage & { readonly entries: Record<string, string> } {
  return { entries, load: (key) => entries[key] ?? null, save: (key, text) => void (entries[key] = text) };
}

describe('watch lists', () => {
  it('adds once, toggles, and keeps the order given', () => {
    let state = addSymbols(start('A'), 'w1', ['B', 'A', 'C']);
    expect(symbolsOf(state)).toEqual(['A', 'B', 'C']);
    state = toggleSymbol(state, 'w1', 'B');
    expect(symbolsOf(state)).toEqual(['A', 'C']);
    expect(symbolsOf(toggleSymbol(state, 'w1', 'B'))).toEqual(['A', 'C', 'B']);
  });

  it('moves a symbol before another, first or last', () => {
    const state = start('A', 'B', 'C', 'D');
    expect(symbolsOf(moveSymbol(state, 'w1', 'A', 2))).toEqual(['B', 'A', 'C', 'D']);
    expect(symbolsOf(moveSymbol(state, 'w1', 'D', 0))).toEqual(['D', 'A', 'B', 'C']);
    expect(symbolsOf(moveSymbol(state, 'w1', 'A', 4))).toEqual(['B', 'C', 'D', 'A']);
    expect(symbolsOf(moveSymbol(state, 'w1', 'X', 0))).toEqual(['A', 'B', 'C', 'D']);
  });

  it('loses and invents no symbol however it is moved about', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 9 }),
        fc.array(fc.tuple(fc.nat(9), fc.nat(12)), { maxLength: 20 }),
        (symbols, moves) => {
          let state = start(...symbols);
          for (const [which, to] of moves)
            state = moveSymbol(state, 'w1', symbols[which % symbols.length] as string, to);
          expect(symbolsOf(state).toSorted()).toEqual(symbols.toSorted());
        },
      ),
    );
  });

  it('gives a new list a free name, makes it active, and always keeps one list', () => {
    let state = createList(start(), 'Watch');
    expect(activeList(state).name).toBe('Watch 2');
    state = removeList(state, state.activeId);
    expect(state.activeId).toBe('w1');
    expect(removeList(state, 'w1')).toBe(state);
  });

  it('has limits', () => {
    let state = start();
    for (let i = 0; i < LISTS_MOST + 5; i++) state = createList(state, 'x');
    expect(state.lists).toHaveLength(LISTS_MOST);
    state = addSymbols(
      state,
      'w1',
      Array.from({ length: SYMBOLS_MOST + 9 }, (_, i) => `S${i}`),
    );
    expect(symbolsOf(state)).toHaveLength(SYMBOLS_MOST);
  });

  it('reads back its own export, into lists of the same names', () => {
    const state = createList(start('AAPL', 'BRK.A'), 'Mine, "all"', ['NVDA']);
    const { state: back, message } = importLists(start(), 'w1', exportLists(state.lists));
    expect(back.lists.map(({ name, symbols }) => [name, symbols])).toEqual([
      ['Watch', ['AAPL', 'BRK.A']],
      ['Mine, "all"', ['NVDA']],
    ]);
    expect(message).toBe('3 symbols added.');
  });

  it('takes a bare column of symbols and says what it left out', () => {
    const { state, message } = importLists(start('A'), 'w1', 'aapl\n<script>\nmsft,whatever\n');
    expect(symbolsOf(state)).toEqual(['A', 'AAPL', 'MSFT']);
    expect(message).toBe('2 symbols added; 1 lines held no symbol and were left out.');
  });

  it('is kept, shared, and damage is put aside', () => {
    const storage = memory();
    createWatchListStore(storage).setState(start('AAPL'));
    expect(symbolsOf(createWatchListStore(storage).getState())).toEqual(['AAPL']);
    const damaged = memory({ 'drover.watch-lists': '{"lists":7}' });
    expect(activeList(createWatchListStore(damaged).getState()).symbols).toEqual([]);
    expect(damaged.entries['drover.watch-lists.unreadable']).toBe('{"lists":7}');
  });
});
