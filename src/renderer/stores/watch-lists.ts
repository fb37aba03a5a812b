/** Watch lists: named, ordered lists of symbols. Pure operations on plain data; one store keeps them for all windows. */
import type { StoreApi } from 'zustand/vanilla';
import { csvText, parseCsv } from '../format/csv.ts';
import { createKeptStore } from './kept-store.ts';
import type { SettingsStorage } from './settings-store.ts';

export interface WatchList {
  readonly id: string;
  readonly name: string;
  readonly symbols: readonly string[];
}

export interface WatchLists {
  /** Never empty. */
  readonly lists: readonly WatchList[];
  /** The list that keys and menus add to. */
  readonly activeId: string;
}

export type WatchListStore = StoreApi<WatchLists>;

export const LISTS_MOST = 50;
export const SYMBOLS_MOST = 2_000;
const NAME_MOST = 40;
const SYMBOL = /^[A-Z0-9][A-Z0-9.\-/^ ]{0,15}$/;

const FIRST: WatchLists = { lists: [{ id: 'w1', name: 'Watch', symbols: [] }], activeId: 'w1' };

export function createWatchListStore(storage: SettingsStorage): WatchListStore {
  return createKeptStore(storage, 'drover.watch-lists', checkedLists);
}

/** Throws when there is something that is no set of watch lists, so that it is put aside rather than lost. */
function checkedLists(value: unknown): WatchLists {
  if (value === undefined) return FIRST;
  const { lists, activeId } = value as { readonly lists?: unknown; readonly activeId?: unknown };
  if (!Array.isArray(lists)) throw new Error('not a set of watch lists');
  const kept = lists.slice(0, LISTS_MOST).map((raw: unknown, at): WatchList => {
    const { id, name, symbols } = raw as Partial<Record<keyof WatchList, unknown>>;
    if (!Array.isArray(symbols)) throw new Error('a watch list has no symbols');
    return {
      id: typeof id === 'string' && id !== '' ? id : `w${at + 1}`,
      name: cleanName(typeof name === 'string' ? name : ''),
      symbols: unique(symbols.filter((symbol): symbol is string => typeof symbol === 'string')),
    };
  });
  if (kept.length === 0) return FIRST;
  const isThere = kept.some(({ id }) => id === activeId);
  return { lists: kept, activeId: isThere ? (activeId as string) : (kept[0] as WatchList).id };
}

const cleanName = (name: string): string => name.trim().slice(0, NAME_MOST) || 'List';
const unique = (symbols: readonly string[]): readonly string[] => [...new Set(symbols)].slice(0, SYMBOLS_MOST);

export function listOf(state: WatchLists, id: string): WatchList | undefined {
  return state.lists.find((list) => list.id === id);
}

export function activeList(state: WatchLists): WatchList {
  return listOf(state, state.activeId) ?? (state.lists[0] as WatchList);
}

function withList(state: WatchLists, id: string, change: (list: WatchList) => WatchList): WatchLists {
  return { ...state, lists: state.lists.map((list) => (list.id === id ? change(list) : list)) };
}

/** The new list becomes the active one. Unchanged when there are as many as there may be. */
export function createList(state: WatchLists, name: string, symbols: readonly string[] = []): WatchLists {
  if (state.lists.length >= LISTS_MOST) return state;
  const highest = Math.max(0, ...state.lists.map(({ id }) => Number(/^w(\d+)$/.exec(id)?.[1] ?? 0)));
  const id = `w${highest + 1}`;
  return { lists: [...state.lists, { id, name: freeName(state, name), symbols: unique(symbols) }], activeId: id };
}

/** "Movers", or "Movers 2" when there is one. */
function freeName(state: WatchLists, wanted: string): string {
  const name = cleanName(wanted);
  const isTaken = (candidate: string): boolean => state.lists.some((list) => list.name === candidate);
  if (!isTaken(name)) return name;
  let number = 2;
  while (isTaken(`${name} ${number}`)) number += 1;
  return `${name} ${number}`;
}

export function renameList(state: WatchLists, id: string, name: string): WatchLists {
  return withList(state, id, (list) => ({ ...list, name: cleanName(name) }));
}

/** The last list stays, because keys and menus need one to add to. */
export function removeList(state: WatchLists, id: string): WatchLists {
  const lists = state.lists.filter((list) => list.id !== id);
  if (lists.length === 0) return state;
  return { lists, activeId: state.activeId === id ? (lists[0] as WatchList).id : state.activeId };
}

export function hasSymbol(state: WatchLists, id: string, symbol: string): boolean {
  return listOf(state, id)?.symbols.includes(symbol) ?? false;
}

export function addSymbols(state: WatchLists, id: string, symbols: readonly string[]): WatchLists {
  return withList(state, id, (list) => ({ ...list, symbols: unique([...list.symbols, ...symbols]) }));
}

export function removeSymbol(state: WatchLists, id: string, symbol: string): WatchLists {
  return withList(state, id, (list) => ({ ...list, symbols: list.symbols.filter((other) => other !== symbol) }));
}

export function toggleSymbol(state: WatchLists, id: string, symbol: string): WatchLists {
  return hasSymbol(state, id, symbol) ? removeSymbol(state, id, symbol) : addSymbols(state, id, [symbol]);
}

/** Puts a symbol before the one that stands at `to` now; `to` at the length puts it last. */
export function moveSymbol(state: WatchLists, id: string, symbol: string, to: number): WatchLists {
  return withList(state, id, (list) => {
    const from = list.symbols.indexOf(symbol);
    if (from < 0) return list;
    const without = list.symbols.filter((other) => other !== symbol);
    const at = Math.max(0, Math.min(without.length, from < to ? to - 1 : to));
    return { ...list, symbols: [...without.slice(0, at), symbol, ...without.slice(at)] };
  });
}

export function exportLists(lists: readonly WatchList[]): string {
  return csvText(
    ['list', 'symbol'],
    lists.flatMap(({ name, symbols }) => symbols.map((symbol) => [name, symbol] as const)),
  );
}

export interface Imported {
  readonly state: WatchLists;
  /** What happened, for the user. */
  readonly message: string;
}

/**
 * Takes what `exportLists` wrote, or any text with symbols in its first column or under a heading "symbol". Lists of the
 * same name are added to; without a list column everything goes into the list `id`.
 */
export function importLists(state: WatchLists, id: string, text: string): Imported {
  const rows = parseCsv(text);
  const header = (rows[0] ?? []).map((cell) => cell.trim().toLowerCase());
  const symbolAt = header.findIndex((cell) => cell === 'symbol' || cell === 'ticker');
  const listAt = header.indexOf('list');
  const body = symbolAt >= 0 ? rows.slice(1) : rows;
  const found = new Map<string | null, string[]>();
  let refused = 0;
  for (const row of body) {
    const symbol = (row[Math.max(0, symbolAt)] ?? '').trim().toUpperCase();
    if (symbol === '') continue;
    if (!SYMBOL.test(symbol)) {
      refused += 1;
      continue;
    }
    const name = symbolAt >= 0 && listAt >= 0 ? cleanName(row[listAt] ?? '') : null;
    const symbols = found.get(name) ?? [];
    symbols.push(symbol);
    found.set(name, symbols);
  }
  let next = state;
  let added = 0;
  for (const [name, symbols] of found) {
    const before = count(next);
    const target = name === null ? listOf(next, id) : next.lists.find((list) => list.name === name);
    next = target ? addSymbols(next, target.id, symbols) : createList(next, name ?? 'Imported', symbols);
    added += count(next) - before;
  }
  const skipped = refused === 0 ? '' : `; ${refused} lines held no symbol and were left out`;
  return { state: next, message: `${added} ${added === 1 ? 'symbol' : 'symbols'} added${skipped}.` };
}

const count = ({ lists }: WatchLists): number => lists.reduce((sum, { symbols }) => sum + symbols.length, 0);
