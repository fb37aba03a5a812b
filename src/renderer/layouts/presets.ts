/**
 * The layouts a window starts with, by its role and shape. A preset names kinds of panels; kinds this version does not have
 * are left out, and their room goes to their neighbours.
 */
import type { WindowRole } from '#protocol';

/** Tabs of one place, or places beside (row) or above (column) each other with their shares of the room. */
export type LayoutNode =
  | { readonly tabs: readonly string[] }
  | { readonly row: readonly LayoutPart[] }
  | { readonly column: readonly LayoutPart[] };
export interface LayoutPart {
  readonly share: number;
  readonly node: LayoutNode;
}

export interface WindowShape {
  readonly width: number;
  readonly height: number;
}

const tabs = (...kinds: readonly string[]): LayoutNode => ({ tabs: kinds });
const row = (...parts: readonly (readonly [share: number, node: LayoutNode])[]): LayoutNode => ({
  row: parts.map(([share, node]) => ({ share, node })),
});
const column = (...parts: readonly (readonly [share: number, node: LayoutNode])[]): LayoutNode => ({
  column: parts.map(([share, node]) => ({ share, node })),
});

/** What is looked at now and then: one tab each, in the place that has room for it. */
const PAGES = ['strategies', 'risk', 'health', 'settings'] as const;
const TALL = 1.2;
const WIDE_PX = 1900;

/** The layout of a role; panels that only one window has can be opened in the others from the palette. */
export function presetOf(role: WindowRole, shape: WindowShape): LayoutNode {
  switch (role) {
    case 'market-wall':
      return MARKET_WALL;
    case 'charts-wall':
      return tabs('charts-wall');
    case 'trades-wall':
      return TRADES_WALL;
    case 'workstation':
    case 'panel':
    case 'status':
      if (shape.height > shape.width * TALL) return TALL_SCREEN;
      return shape.width >= WIDE_PX ? WIDE_SCREEN : SMALL_SCREEN;
  }
}

const MARKET_WALL = column(
  [88, row([74, tabs('market')], [26, column([50, tabs('scanner')], [50, tabs('watch-lists')])])],
  [12, tabs('near-misses')],
);

const TRADES_WALL = column(
  [14, tabs('day-stats')],
  [20, tabs('positions')],
  [19, row([50, tabs('working-orders')], [50, tabs('closed-trades')])],
  [33, tabs('trade-page', 'symbol', ...PAGES)],
  [14, tabs('console')],
);

/** 1440 x 900: everything is a tab away, two places to look at. */
const SMALL_SCREEN = row(
  [
    58,
    column(
      [66, tabs('market', 'charts-wall', 'closed-trades', 'day-stats', 'first-run')],
      [34, tabs('positions', 'working-orders', 'console', 'scanner', 'near-misses', 'watch-lists')],
    ),
  ],
  [42, tabs('symbol', 'trade-page', ...PAGES)],
);

const WIDE_SCREEN = row(
  [
    43,
    column(
      [66, tabs('market', 'charts-wall', 'first-run')],
      [34, tabs('positions', 'working-orders', 'closed-trades', 'day-stats')],
    ),
  ],
  [36, column([66, tabs('symbol', 'trade-page', ...PAGES)], [34, tabs('console')])],
  [21, column([50, tabs('scanner', 'near-misses')], [50, tabs('watch-lists')])],
);

/** Figures are wide enough at half of a tall screen: what is looked at together stands side by side. */
const TALL_SCREEN = column(
  [
    32,
    row(
      [74, tabs('market', 'charts-wall', 'first-run')],
      [26, column([60, tabs('scanner', 'near-misses')], [40, tabs('watch-lists')])],
    ),
  ],
  [36, tabs('symbol', 'trade-page', ...PAGES)],
  [17, row([56, tabs('positions', 'working-orders')], [44, tabs('closed-trades')])],
  [15, row([56, tabs('console')], [44, tabs('day-stats')])],
);
