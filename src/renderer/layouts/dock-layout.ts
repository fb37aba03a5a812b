/** Turns a preset into the dock's own description of groups and panels, and back into what a layout holds. Pure. */
import type { SerializedDockview } from 'dockview';
import type { LayoutNode, WindowShape } from './presets.ts';

type DockNode = SerializedDockview['grid']['root'];

/** One panel as layouts keep it. */
export interface PanelState {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** `title` of a kind, or undefined for kinds there are not. Undefined when nothing of the preset is left. */
export function dockOfPreset(
  preset: LayoutNode,
  shape: WindowShape,
  title: (kind: string) => string | undefined,
): SerializedDockview | undefined {
  const root = pruned(preset, (kind) => title(kind) !== undefined);
  if (root === undefined) return undefined;
  // The dock alternates direction with depth: a single place or a row is horizontal at the top, a column vertical.
  const isColumn = 'column' in root;
  const panels: SerializedDockview['panels'] = {};
  let groups = 0;
  const build = (node: LayoutNode, size: number, across: number, isVertical: boolean): DockNode => {
    if ('tabs' in node) {
      for (const kind of node.tabs)
        panels[kind] = { id: kind, contentComponent: kind, tabComponent: 'tab', title: title(kind) ?? kind };
      const id = String(++groups);
      return { type: 'leaf', data: { views: [...node.tabs], activeView: node.tabs[0] as string, id }, size };
    }
    const parts = 'row' in node ? node.row : node.column;
    const whole = parts.reduce((sum, { share }) => sum + share, 0);
    // `size` is the extent along the parent's direction; children divide the other one.
    const data = parts.map(({ share, node: child }) => {
      const extent = Math.round((across * share) / whole);
      return build(child, extent, size, !isVertical);
    });
    return { type: 'branch', data, size };
  };
  const { width, height } = shape;
  const branch: LayoutNode = 'tabs' in root ? { row: [{ share: 1, node: root }] } : root;
  const built = isColumn ? build(branch, width, height, true) : build(branch, height, width, false);
  return {
    grid: { root: built, width, height, orientation: (isColumn ? 'VERTICAL' : 'HORIZONTAL') as never },
    panels,
    activeGroup: '1',
  };
}

/** A window of its own for these panels: tabs of one place. */
export function dockOfPanels(panels: readonly PanelState[], shape: WindowShape): SerializedDockview {
  return {
    grid: {
      root: {
        type: 'branch',
        size: shape.height,
        data: [
          {
            type: 'leaf',
            size: shape.width,
            data: { views: panels.map(({ id }) => id), activeView: panels[0]?.id ?? '', id: '1' },
          },
        ],
      },
      ...shape,
      orientation: 'HORIZONTAL' as never,
    },
    panels: Object.fromEntries(
      panels.map(({ id, kind, title, params }) => [
        id,
        { id, contentComponent: kind, tabComponent: 'tab', title, ...(params === undefined ? {} : { params }) },
      ]),
    ),
    activeGroup: '1',
  };
}

export function panelsOfDock(dock: SerializedDockview): readonly PanelState[] {
  return Object.values(dock.panels).map(({ id, contentComponent, title, params }) => ({
    id,
    kind: contentComponent ?? id,
    title: title ?? id,
    ...(params === undefined ? {} : { params }),
  }));
}

/** Without kinds there are not, without empty places, and without branches of one. */
function pruned(node: LayoutNode, isKnown: (kind: string) => boolean): LayoutNode | undefined {
  if ('tabs' in node) {
    const tabs = node.tabs.filter(isKnown);
    return tabs.length === 0 ? undefined : { tabs };
  }
  const isRow = 'row' in node;
  const parts = (isRow ? node.row : node.column).flatMap(({ share, node: child }) => {
    const left = pruned(child, isKnown);
    if (left === undefined) return [];
    // Directions alternate with depth: a child of the same direction is drawn into its parent.
    const same = isRow ? ('row' in left ? left.row : undefined) : 'column' in left ? left.column : undefined;
    if (same === undefined) return [{ share, node: left }];
    const whole = same.reduce((sum, part) => sum + part.share, 0);
    return same.map((part) => ({ share: (share * part.share) / whole, node: part.node }));
  });
  if (parts.length < 2) return parts[0]?.node;
  return isRow ? { row: parts } : { column: parts };
}
