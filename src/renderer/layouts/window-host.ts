/** What holds the windows of the workstation: the desktop program, or the browser. The rest does not know which. */
import type { DroverBridge, WindowPlace, WindowReport, WindowRole } from '#protocol';
import { WINDOW_ROLES } from '#protocol';
import { browserWindows } from './browser-windows.ts';
import { panelsOfDock, type PanelState } from './dock-layout.ts';
import { broadcastPeers, createPeers, listenerSet, takerOf, type Peers } from './peers.ts';
import { layoutText, readLayout, type WindowLayout } from './window-layout.ts';

export interface WindowHost {
  readonly id: string;
  role(): WindowRole;
  /** The size of the window's content is the size of the dock in it. */
  readonly peers: Peers;
  /** Called with what this window is to show: once soon, and again when the host wants another layout. */
  onPlace(listener: (place: WindowPlace) => void): () => void;
  keep(layout: WindowLayout): void;
  /** Panels of a window that closed, for this window to show. */
  onReturn(listener: (panels: readonly PanelState[]) => void): () => void;
  /** The role of this window changes with its layout; the preset of the role follows through onPlace. */
  become(role: WindowRole): void;
  /** False when the browser refused to open it. */
  open(role: WindowRole, layout?: WindowLayout): boolean;
  openWalls(): boolean;
  /** Windows of this layout that are not open, which only a click may open in a browser; none on the desktop. */
  missing(): readonly string[];
  onMissing(listener: () => void): () => void;
  openMissing(): void;
  forgetMissing(): void;
  /** Closes this window for good; its panels return where they came from. */
  close(): void;
  report(report: WindowReport): void;
  onCommand(listener: (id: string) => void): () => void;
}

export function openWindowHost(bridge: DroverBridge | undefined): WindowHost {
  return bridge === undefined ? browserWindows() : desktopWindows(bridge);
}

function desktopWindows(bridge: DroverBridge): WindowHost {
  let role = roleOf(bridge.role);
  const returned = listenerSet<[readonly PanelState[]]>();
  const peers = createPeers({ id: bridge.windowId, role }, broadcastPeers());
  const listeners = new Set<(place: WindowPlace) => void>();
  bridge.onPlace((place) => {
    role = place.role;
    for (const listener of listeners) listener(place);
  });
  // The host knows which windows closed, also those that had no time left to say so.
  window.addEventListener('pagehide', () => peers.leave(undefined, false));
  bridge.onReturn(({ layout, windows }) => {
    const closed = readLayout(layout);
    if (closed !== undefined && takerOf(closed.home ?? '', windows) === bridge.windowId)
      returned.tell(panelsOfDock(closed.dock));
  });
  return {
    id: bridge.windowId,
    role: () => role,
    peers,
    onPlace: (listener) => {
      const leave = bridge.onPlace(listener);
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        leave();
      };
    },
    keep: (layout) => bridge.saveLayout(layoutText(layout)),
    onReturn: returned.add,
    become: (wanted) => {
      role = wanted;
      for (const listener of listeners) listener({ role: wanted, layout: '' });
      bridge.setRole(wanted);
    },
    open: (wanted, layout) => {
      bridge.openWindow(wanted, layout === undefined ? '' : layoutText(layout));
      return true;
    },
    openWalls: () => {
      bridge.openWalls();
      return true;
    },
    missing: () => [],
    onMissing: () => () => undefined,
    openMissing: () => undefined,
    forgetMissing: () => undefined,
    close: () => window.close(),
    report: (report) => bridge.report(report),
    onCommand: (listener) => bridge.onCommand(listener),
  };
}

export function roleOf(text: string | null): WindowRole {
  return (WINDOW_ROLES as readonly (string | null)[]).includes(text) ? (text as WindowRole) : 'workstation';
}
