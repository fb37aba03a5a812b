/** The dock: panels in tabs and splits that the user moves about. Dockview lays out, React fills each panel by a portal. */
import { createDockview, type DockviewApi, type GroupPanelPartInitParameters, type IContentRenderer } from 'dockview';
import 'dockview/dist/styles/dockview.css';
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { createPortal } from 'react-dom';
import { showContextMenu } from '../layouts/context-menu.ts';
import type { LinkGroup } from '../layouts/link-groups.ts';
import { readLayout, type WindowLayout } from '../layouts/window-layout.ts';
import { panelOfKind } from '../panels/registry.ts';
import { groupOf, showPreset, type DockHandle } from './dock-handle.ts';
import { timeText } from '../format/time.ts';
import { createDockTab } from './dock-tab.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import { ServicesProvider, useServices } from './services.ts';

interface Mounted {
  readonly id: string;
  readonly kind: string;
  readonly element: HTMLElement;
  readonly group: () => LinkGroup;
  readonly onGroup: (listener: () => void) => () => void;
}

/** The panels that were looked at, as a store React can read. A tab nobody opened yet costs and subscribes to nothing. */
function createMountList() {
  let list: readonly Mounted[] = [];
  const listeners = new Set<() => void>();
  const change = (next: readonly Mounted[]): void => {
    list = next;
    for (const listener of listeners) listener();
  };
  return {
    read: () => list,
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    renderer: (id: string, kind: string): IContentRenderer => {
      const element = document.createElement('div');
      element.className = 'dock-panel';
      const mount = ({ api, containerApi }: GroupPanelPartInitParameters): void => {
        if (list.some((mounted) => mounted.element === element)) return;
        const group = (): LinkGroup => groupOf(containerApi.getPanel(id));
        const onGroup = (listener: () => void) => {
          const heard = api.onDidParametersChange(listener);
          return () => heard.dispose();
        };
        change([...list, { id, kind, element, group, onGroup }]);
      };
      return {
        element,
        init: (params) => {
          if (params.api.isVisible) mount(params);
          params.api.onDidVisibilityChange(({ isVisible }) => isVisible && mount(params));
        },
        dispose: () => change(list.filter((mounted) => mounted.element !== element)),
      };
    },
  };
}

const THEME = { name: 'drover', className: 'dockview-theme-drover', gap: 1 };
/** Dragging a divider changes the layout at display rate; it is kept when it rests. */
const KEEP_AFTER_MS = 250;

export function Dock({ handle }: { readonly handle: DockHandle }) {
  const { windows, market } = useServices();
  const host = useRef<HTMLDivElement>(null);
  const [mounts] = useState(createMountList);
  const mounted = useSyncExternalStore(mounts.subscribe, mounts.read);

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const api = createDockview(element, {
      createComponent: ({ id, name }) => mounts.renderer(id, name),
      createTabComponent: createDockTab,
      defaultTabComponent: 'tab',
      theme: THEME,
      disableFloatingGroups: true,
    });
    let home: string | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const keep = (): void => {
      clearTimeout(timer);
      timer = undefined;
      // A popped out window whose last panel was closed has nothing to show.
      if (api.panels.length === 0 && windows.role() === 'panel') return window.close();
      windows.peers.shows([...new Set(api.panels.map((panel) => panel.view.contentComponent))]);
      const layout: WindowLayout = { dock: api.toJSON(), ...(home === undefined ? {} : { home }) };
      windows.keep(layout);
    };
    const changed = (): void => {
      labelGroups(api);
      markTimes(api, market.past.getState());
      clearTimeout(timer);
      timer = setTimeout(keep, KEEP_AFTER_MS);
    };
    const leavePlace = windows.onPlace(({ role, layout }) => {
      const saved = readLayout(layout);
      home = saved?.home;
      if (!restored(api, saved)) showPreset(api, role);
      changed();
    });
    const leaving = [
      api.onDidLayoutChange(changed),
      api.onDidAddPanel(({ api: panel }) => void panel.onDidParametersChange(changed)),
    ];
    const leavePast = market.past.subscribe((pastUs) => markTimes(api, pastUs));
    const leaveReturn = windows.onReturn((panels) => handle.take(panels));
    const onMenu = (event: MouseEvent): void => {
      const tab = (event.target as Element).closest('.dv-tab')?.querySelector<HTMLElement>('[data-panel]');
      const id = tab?.dataset['panel'];
      if (tab === null || tab === undefined || id === undefined) return;
      event.preventDefault();
      const box = tab.getBoundingClientRect();
      // From the keyboard there is no place: under the tab then.
      const at =
        event.clientX === 0 && event.clientY === 0
          ? { x: box.left, y: box.bottom }
          : { x: event.clientX, y: event.clientY };
      showContextMenu(at, handle.menuOf(id));
    };
    element.addEventListener('contextmenu', onMenu);
    const disconnect = handle.connect(api);
    return () => {
      clearTimeout(timer);
      leavePlace();
      leavePast();
      leaveReturn();
      for (const disposable of leaving) disposable.dispose();
      element.removeEventListener('contextmenu', onMenu);
      disconnect();
      api.dispose();
    };
  }, [handle, mounts, windows, market]);

  return (
    <>
      <div ref={host} className="dock" />
      {mounted.map((panel) => createPortal(<PanelFrame mounted={panel} />, panel.element, panel.id))}
    </>
  );
}

/** A panel with the services of its window, except that its symbols are those of its link group. */
function PanelFrame({ mounted }: { readonly mounted: Mounted }) {
  const services = useServices();
  const { id, kind, group, onGroup } = mounted;
  const bus = useMemo(() => services.links.busOf(group), [services, group]);
  useEffect(() => onGroup(() => bus.moved()), [bus, onGroup]);
  useEffect(() => {
    bus.join();
    return () => bus.leave();
  }, [bus]);
  const scoped = useMemo(() => ({ ...services, symbols: bus }), [services, bus]);
  const Panel = panelOfKind(kind)?.component;
  return (
    <ServicesProvider value={scoped}>
      <ErrorBoundary what={`The ${kind} panel`}>
        {Panel ? <Panel panelId={id} /> : <UnknownPanel kind={kind} />}
      </ErrorBoundary>
    </ServicesProvider>
  );
}

function UnknownPanel({ kind }: { readonly kind: string }) {
  return (
    <div className="empty">
      <h2>No such panel</h2>
      <p>
        The saved layout names a panel “{kind}” that this version does not have. Close it, or reset the layout from the
        palette (Ctrl+K).
      </p>
    </div>
  );
}

/** Screen readers tell groups apart by the panel they show. */
function labelGroups(api: DockviewApi): void {
  for (const group of api.groups)
    group.element.setAttribute('aria-label', `${group.activePanel?.title ?? 'Empty'} group`);
}

/** While the window looks back every panel says whether it shows the market of then or goes on: nobody may take one for the other. */
function markTimes(api: DockviewApi, pastUs: number | null): void {
  for (const { view, title } of api.panels) {
    const shows = panelOfKind(view.contentComponent)?.whileLookingBack ?? 'now';
    const time = pastUs === null || shows === 'timeless' ? '' : shows;
    view.content.element.dataset['shows'] = time;
    const mark = view.tab.element.querySelector<HTMLElement>('.dock-tab-when');
    if (!mark) continue;
    mark.dataset['shows'] = time;
    mark.textContent =
      time === '' || pastUs === null ? '' : time === 'now' ? 'LIVE' : `PAST ${timeText(pastUs, 'second')}`;
    mark.title =
      time === 'now'
        ? 'This panel goes on while the window looks back: what it shows and what is pressed is of now.'
        : '';
    // What is read aloud says all that is written on the tab.
    const tab = view.tab.element.closest('.dv-tab');
    if (tab?.hasAttribute('aria-label')) tab.setAttribute('aria-label', `${title ?? ''} ${mark.textContent}`.trim());
  }
}

/** False when there is nothing to restore or the dock cannot use it. */
function restored(api: DockviewApi, layout: WindowLayout | undefined): boolean {
  if (layout === undefined) return false;
  try {
    api.fromJSON(layout.dock);
    return api.panels.length > 0;
  } catch {
    // A layout of another version: the preset is better than an empty window.
    return false;
  }
}
