/** What a view of the market means: its filter, sort and columns, or the symbols of a watch list. Pure. */
import type { RowTest } from '../../stores/market-filter.ts';
import { BUILT_IN_VIEWS, type MarketView } from '../../stores/market-views.ts';
import { listOf, type WatchLists } from '../../stores/watch-lists.ts';

/** Views named so show a watch list: `list:` and its id. */
export const LIST_VIEW = 'list:';
/** The kind of thing that is dragged when a symbol is. */
export const SYMBOL_DRAG = 'application/x-drover-symbol';

export function viewOf(id: string, own: readonly MarketView[]): MarketView | undefined {
  return BUILT_IN_VIEWS.find((view) => view.id === id) ?? own.find((view) => view.id === id);
}

/** The id of a view that is still there; 'all' when it is gone. */
export function livingView(id: string, own: readonly MarketView[], lists: WatchLists): string {
  if (id.startsWith(LIST_VIEW)) return listOf(lists, id.slice(LIST_VIEW.length)) ? id : 'all';
  return viewOf(id, own) ? id : 'all';
}

/** Undefined: every row passes. */
export function testOfView(id: string, lists: WatchLists, filter: RowTest | undefined): RowTest | undefined {
  if (!id.startsWith(LIST_VIEW)) return filter;
  const symbols = new Set(listOf(lists, id.slice(LIST_VIEW.length))?.symbols);
  return (mirror, row) => symbols.has(mirror.names[row] as string) && (filter === undefined || filter(mirror, row));
}
