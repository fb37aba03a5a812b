/** Lets commands reach the dock, which comes and goes with its component, and does to it what they ask. */
import type { DockviewApi, IDockviewPanel } from 'dockview';
import type { WindowRole } from '#protocol';
import { dockOfPanels, dockOfPreset, type PanelState } from '../layouts/dock-layout.ts';
import { isLinkGroup, LINK_GROUPS, LINK_WORDS, type LinkGroup } from '../layouts/link-groups.ts';
import type { MenuEntry } from '../layouts/context-menu.ts';
import { presetOf } from '../layouts/presets.ts';
import type { WindowHost } from '../layouts/window-host.ts';
import { panelOfKind } from '../panels/registry.ts';

const TALL = 1.2;
const PANEL_SHAPE = { width: 1000, height: 700 } as const;

export interface DockHandle {
  openPanel(kind: string): void;
  /** As openPanel, but when only another window shows that kind it stays there: linked windows follow by themselves. */
  openOrLeave(kind: string): void;
  /** The preset of the window's role, as it was at first. */
  reset(): void;
  closePanel(): void;
  /** A panel goes to a window of its own; the one in front without an id. */
  popOut(id?: string): void;
  /** The panels of this popped out window return where they came from, and the window closes. */
  bringBack(): void;
  /** Shows panels that another window gave back. */
  take(panels: readonly PanelState[]): void;
  menuOf(id: string): readonly MenuEntry[];
  /** The dock itself; returns the way out. */
  connect(api: DockviewApi): () => void;
}

export function createDockHandle(host: WindowHost): DockHandle {
  let api: DockviewApi | undefined;
  const panelOf = (id: string | undefined): IDockviewPanel | undefined =>
    id === undefined ? api?.activePanel : api?.panels.find((panel) => panel.id === id);
  const popOut = (id?: string): void => {
    const panel = panelOf(id);
    if (api === undefined || panel === undefined) return;
    const dock = dockOfPanels([stateOf(panel)], PANEL_SHAPE);
    // Where the browser refuses, the panel stays where it is.
    if (host.open('panel', { dock, home: host.id })) panel.api.close();
  };
  const bringBack = (): void => {
    if (host.role() === 'panel') host.close();
  };
  return {
    openPanel: (kind) => api && openPanel(api, kind),
    openOrLeave: (kind) => {
      if (api === undefined) return;
      const isHere = api.panels.some((panel) => panel.view.contentComponent === kind);
      if (isHere || !host.peers.others().some(({ kinds }) => kinds.includes(kind))) openPanel(api, kind);
    },
    reset: () => api && showPreset(api, host.role()),
    closePanel: () => api?.activePanel?.api.close(),
    popOut,
    bringBack,
    take: (panels) => {
      if (api !== undefined) for (const panel of panels) addPanel(api, panel);
    },
    menuOf: (id) => {
      const panel = panelOf(id);
      if (api === undefined || panel === undefined) return [];
      return menuOf(api, panel, host, { popOut, bringBack });
    },
    connect: (connected) => {
      api = connected;
      return () => {
        api = undefined;
      };
    },
  };
}

export function groupOf(panel: Pick<IDockviewPanel, 'params'> | undefined): LinkGroup {
  const link: unknown = panel?.params?.['link'];
  return isLinkGroup(link) ? link : 'A';
}

/** The preset of the role for this shape of window. */
export function showPreset(api: DockviewApi, role: WindowRole): void {
  const shape = { width: api.width || window.innerWidth, height: api.height || window.innerHeight };
  const titleOf = (kind: string): string | undefined => panelOfKind(kind)?.title;
  const dock = dockOfPreset(presetOf(role, shape), shape, titleOf);
  if (dock !== undefined) api.fromJSON(dock);
}

function menuOf(
  api: DockviewApi,
  panel: IDockviewPanel,
  host: WindowHost,
  act: { readonly popOut: (id: string) => void; readonly bringBack: () => void },
): readonly MenuEntry[] {
  const group = groupOf(panel);
  const isAlone = host.role() === 'panel' && api.panels.length === 1;
  return [
    ...(isAlone ? [] : [{ label: 'Pop out to its own window', run: () => act.popOut(panel.id) }]),
    ...(host.role() === 'panel' ? [{ label: 'Bring back', run: act.bringBack }] : []),
    { label: 'Another one of these', run: () => duplicate(api, panel) },
    {
      label: panel.api.isMaximized() ? 'Restore its size' : 'Fill the window',
      run: () => (panel.api.isMaximized() ? panel.api.exitMaximized() : panel.api.maximize()),
    },
    ...LINK_GROUPS.map((choice, index) => ({
      label: LINK_WORDS[choice],
      isChosen: choice === group,
      isFirst: index === 0,
      run: () => panel.api.updateParameters({ ...panel.params, link: choice }),
    })),
    { label: 'Close', isFirst: true, run: () => panel.api.close() },
  ];
}

function stateOf(panel: IDockviewPanel): PanelState {
  const { id, view, title, params } = panel;
  return {
    id,
    kind: view.contentComponent,
    title: title ?? id,
    ...(params === undefined ? {} : { params: { ...params } }),
  };
}

function openPanel(api: DockviewApi, kind: string): void {
  const existing = api.panels.find((panel) => panel.view.contentComponent === kind);
  if (existing) {
    existing.api.setActive();
    return;
  }
  const panel = panelOfKind(kind);
  if (panel === undefined) return;
  const { activeGroup } = api;
  const isTall = window.innerHeight > window.innerWidth * TALL;
  api.addPanel({
    id: freeId(api, kind),
    component: kind,
    title: panel.title,
    ...(panel.opensBeside === true && activeGroup
      ? { position: { referenceGroup: activeGroup, direction: isTall ? ('below' as const) : ('right' as const) } }
      : {}),
  });
}

function addPanel(api: DockviewApi, { id, kind, title, params }: PanelState): void {
  api.addPanel({
    id: freeId(api, id),
    component: kind,
    title,
    ...(params === undefined ? {} : { params: { ...params } }),
  });
}

function duplicate(api: DockviewApi, panel: IDockviewPanel): void {
  const state = stateOf(panel);
  api.addPanel({
    id: freeId(api, state.kind),
    component: state.kind,
    title: state.title,
    params: { ...state.params },
    position: { referencePanel: panel },
  });
}

function freeId(api: DockviewApi, wanted: string): string {
  const taken = new Set(api.panels.map(({ id }) => id));
  if (!taken.has(wanted)) return wanted;
  const stem = wanted.replace(/~\d+$/, '');
  let count = 2;
  while (taken.has(`${stem}~${count}`)) count++;
  return `${stem}~${count}`;
}
