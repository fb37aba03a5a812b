/** The dock: panels in tabs and splits that the user moves about. Dockview lays out, React fills each panel by a portal. */
import { createDockview, type DockviewApi, type IContentRenderer, type SerializedDockview } from 'dockview';
import 'dockview/dist/styles/dockview.css';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { createPortal } from 'react-dom';
import { panelOfKind } from '../panels/registry.ts';
import { createDockTab } from './dock-tab.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import { useServices } from './services.ts';

/** Lets commands reach the dock, which comes and goes with its component. */
export interface DockHandle {
  openPanel(kind: string): void;
  reset(): void;
  closePanel(): void;
  /** The dock itself; returns the way out. */
  connect(api: DockviewApi): () => void;
}

export function createDockHandle(): DockHandle {
  let api: DockviewApi | undefined;
  return {
    openPanel: (kind) => api && openPanel(api, kind),
    reset: () => api && preset(api),
    closePanel: () => api?.activePanel?.api.close(),
    connect: (connected) => {
      api = connected;
      return () => {
        api = undefined;
      };
    },
  };
}

interface Mounted {
  readonly id: string;
  readonly kind: string;
  readonly element: HTMLElement;
}

/** The panels that are mounted now, as a store React can read. */
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
      return {
        element,
        init: () => change([...list, { id, kind, element }]),
        dispose: () => change(list.filter((mounted) => mounted.element !== element)),
      };
    },
  };
}

const THEME = { name: 'drover', className: 'dockview-theme-drover', gap: 1 };
const TALL = 1.2;

export function Dock({ handle }: { readonly handle: DockHandle }) {
  const { settings } = useServices();
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
    restore(api, settings.getState().layout);
    labelGroups(api);
    const saving = api.onDidLayoutChange(() => {
      labelGroups(api);
      settings.setState({ layout: api.toJSON() });
    });
    const disconnect = handle.connect(api);
    return () => {
      saving.dispose();
      disconnect();
      api.dispose();
    };
  }, [handle, mounts, settings]);

  return (
    <>
      <div ref={host} className="dock" />
      {mounted.map(({ id, kind, element }) => {
        const Panel = panelOfKind(kind)?.component;
        return createPortal(
          <ErrorBoundary what={`The ${kind} panel`}>
            {Panel ? <Panel panelId={id} /> : <UnknownPanel kind={kind} />}
          </ErrorBoundary>,
          element,
          id,
        );
      })}
    </>
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

/** The saved layout when it can be used, else the preset for this shape of window. */
function restore(api: DockviewApi, layout: unknown): void {
  if (layout !== null) {
    try {
      api.fromJSON(layout as SerializedDockview);
      if (api.panels.length > 0) return;
    } catch {
      // A layout of another version: the preset is better than an empty window.
    }
  }
  preset(api);
}

function preset(api: DockviewApi): void {
  api.clear();
  const isTall = window.innerHeight > window.innerWidth * TALL;
  const market = api.addPanel({ id: 'market', component: 'market', title: 'Market' });
  api.addPanel({
    id: 'console',
    component: 'console',
    title: 'Console',
    position: { referencePanel: market, direction: 'below' },
    initialHeight: Math.round(window.innerHeight * (isTall ? 0.16 : 0.24)),
  });
  market.api.setActive();
}

function openPanel(api: DockviewApi, kind: string): void {
  const existing = api.panels.find((panel) => panel.view.contentComponent === kind);
  if (existing) {
    existing.api.setActive();
    return;
  }
  const panel = panelOfKind(kind);
  if (panel) api.addPanel({ id: kind, component: kind, title: panel.title });
}
