/** Views of the market grid: a filter, a sort and a set of columns under a name. Some are built in, others are the user's. */
import type { StoreApi } from 'zustand/vanilla';
import { createKeptStore } from './kept-store.ts';
import type { MarketSettings, SettingsStorage } from './settings-store.ts';

export interface MarketView {
  readonly id: string;
  readonly name: string;
  /** In the quick filter's language. */
  readonly filter: string;
  readonly sort: MarketSettings['sort'];
  /** Null: as many as fit. */
  readonly columns: readonly string[] | null;
}

export type MarketViewStore = StoreApi<{ readonly views: readonly MarketView[] }>;

const down = (field: string): MarketSettings['sort'] => ({ field, isDescending: true });
const up = (field: string): MarketSettings['sort'] => ({ field, isDescending: false });

export const BUILT_IN_VIEWS: readonly (MarketView & { readonly explain: string })[] = [
  {
    id: 'all',
    name: 'All',
    explain: 'Every symbol, the most traded ones first',
    filter: '',
    sort: down('tickRate'),
    columns: null,
  },
  {
    id: 'gainers',
    name: 'Gainers',
    explain: 'Up the most against yesterday’s close, among what trades enough to matter',
    filter: 'chg>0 vol>50k',
    sort: down('changePct'),
    columns: null,
  },
  {
    id: 'losers',
    name: 'Losers',
    explain: 'Down the most against yesterday’s close, among what trades enough to matter',
    filter: 'chg<0 vol>50k',
    sort: up('changePct'),
    columns: null,
  },
  {
    id: 'surging',
    name: 'Surging',
    explain: 'At least twice the usual volume for this minute',
    filter: 'rvol>=2 vol>20k',
    sort: down('relativeVolume'),
    columns: null,
  },
  {
    id: 'halted',
    name: 'Halted',
    explain: 'Trading is stopped right now',
    filter: 'is:halted',
    sort: down('volume'),
    columns: null,
  },
  { id: 'held', name: 'Held', explain: 'Symbols we own now', filter: 'is:held', sort: down('tickRate'), columns: null },
];

export const VIEWS_MOST = 30;
const NAME_MOST = 30;

export function createMarketViewStore(storage: SettingsStorage): MarketViewStore {
  return createKeptStore(storage, 'drover.market-views', (value) => {
    const raw = value === undefined ? [] : (value as { readonly views?: unknown }).views;
    if (!Array.isArray(raw)) throw new Error('not a set of views');
    return { views: raw.slice(0, VIEWS_MOST).map(checkedView) };
  });
}

function checkedView(raw: unknown): MarketView {
  const { id, name, filter, sort, columns } = raw as Partial<Record<keyof MarketView, unknown>>;
  const { field, isDescending } = (sort ?? {}) as { readonly field?: unknown; readonly isDescending?: unknown };
  if (typeof id !== 'string' || typeof name !== 'string' || typeof filter !== 'string' || typeof field !== 'string')
    throw new Error('a view is not whole');
  return {
    id,
    name,
    filter,
    sort: { field, isDescending: isDescending === true },
    columns:
      Array.isArray(columns) && columns.every((column) => typeof column === 'string') ? (columns as string[]) : null,
  };
}

/** Saves under a name; a view of the same name is replaced. Says the view's id, undefined when there are too many. */
export function saveView(
  views: readonly MarketView[],
  name: string,
  what: Omit<MarketView, 'id' | 'name'>,
): { readonly views: readonly MarketView[]; readonly id: string } | undefined {
  const clean = name.trim().slice(0, NAME_MOST);
  if (clean === '') return undefined;
  const same = views.find((view) => view.name === clean);
  if (same) return { views: views.map((view) => (view === same ? { ...same, ...what } : view)), id: same.id };
  if (views.length >= VIEWS_MOST) return undefined;
  const highest = Math.max(0, ...views.map(({ id }) => Number(/^v(\d+)$/.exec(id)?.[1] ?? 0)));
  const id = `v${highest + 1}`;
  return { views: [...views, { id, name: clean, ...what }], id };
}

/** True when what stands on screen is not what the view says any more. */
export function isViewChanged(view: Omit<MarketView, 'id' | 'name'>, now: Omit<MarketView, 'id' | 'name'>): boolean {
  return (
    view.filter.trim() !== now.filter.trim() ||
    view.sort.field !== now.sort.field ||
    view.sort.isDescending !== now.sort.isDescending ||
    (view.columns === null ? now.columns !== null : view.columns.join() !== now.columns?.join())
  );
}
