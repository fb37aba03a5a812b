/**
 * Windows of the browser host: each is a page of the same origin with `?window=ID`, and keeps what it shows in the browser's
 * storage, for each screen it was on. A browser lets a page open windows only on a click, so what was open before is
 * offered, not forced.
 */
import { WALL_ROLES, type WindowPlace } from '#protocol';
import { broadcastPeers, createPeers } from './peers.ts';
import { createWindowRecords, screenKey, type RecordStorage } from './window-records.ts';
import { layoutText, type WindowLayout } from './window-layout.ts';
import type { WindowHost } from './window-host.ts';
import { browserStorage } from '../stores/settings-store.ts';

/** The window that was opened by hand; its name is in no address. */
const FIRST = 'main';
const PANEL_SIZE = 'popup,width=1000,height=720';
/** Others answer within this; who has not is not there. */
const ROLL_CALL_MS = 400;

export function browserWindows(): WindowHost {
  const address = new URL(location.href);
  const id = address.searchParams.get('window') ?? FIRST;
  const records = createWindowRecords(keyedStorage());
  const here = (): string => screenKey(screen, devicePixelRatio);
  let { role } = records.read(id, here());
  let kept: WindowLayout | undefined;
  let isFinal = false;
  const peers = createPeers({ id, role }, broadcastPeers());
  const placed = new Set<(place: WindowPlace) => void>();
  const missingListeners = new Set<() => void>();
  const tellMissing = (): void => {
    for (const listener of missingListeners) listener();
  };
  peers.onChange(tellMissing);
  // Its panels are here now: nobody is to open it again.
  peers.onReturn((_panels, from) => {
    records.forget(from);
    tellMissing();
  });
  let hasCalled = false;
  setTimeout(() => {
    hasCalled = true;
    tellMissing();
  }, ROLL_CALL_MS);
  let screenNow = here();
  // Moved to another screen, or the screens changed: what this window showed there comes back.
  const onScreen = (): void => {
    if (here() === screenNow) return;
    screenNow = here();
    const place = records.read(id, screenNow);
    if (place.layout !== '' && place.layout !== (kept && layoutText(kept))) for (const tell of placed) tell(place);
  };
  window.addEventListener('resize', onScreen);
  window.addEventListener('pagehide', () => peers.leave(kept, isFinal));
  const open = (name: string, features: string): boolean => {
    const url = new URL(location.pathname, location.href);
    url.searchParams.set('window', name);
    return window.open(url, `drover-${name}`, features) !== null;
  };
  const missing = (): readonly string[] => {
    if (!hasCalled || id !== FIRST) return [];
    const there = new Set([id, ...peers.others().map((peer) => peer.id)]);
    return records.ids().filter((known) => !there.has(known));
  };
  return {
    id,
    role: () => role,
    peers,
    onPlace: (listener) => {
      placed.add(listener);
      queueMicrotask(() => placed.has(listener) && listener(records.read(id, here())));
      return () => void placed.delete(listener);
    },
    keep: (layout) => {
      kept = layout;
      records.write(id, { role, screen: here(), layout: layoutText(layout) });
    },
    onReturn: (listener) => peers.onReturn((panels) => listener(panels)),
    become: (wanted) => {
      role = wanted;
      records.write(id, { role, screen: here(), layout: '' });
      for (const tell of placed) tell({ role, layout: '' });
    },
    open: (wanted, layout) => {
      const name = crypto.randomUUID();
      records.write(name, {
        role: wanted,
        ...(layout === undefined ? {} : { screen: here(), layout: layoutText(layout) }),
      });
      const isOpen = open(name, wanted === 'panel' ? PANEL_SIZE : 'popup');
      // The panel stays where it is.
      if (!isOpen) records.forget(name);
      tellMissing();
      return isOpen;
    },
    openWalls: () => {
      const screens = wallFeatures();
      let isAll = true;
      for (const [at, wanted] of WALL_ROLES.slice(1).entries()) {
        const name = crypto.randomUUID();
        records.write(name, { role: wanted });
        isAll = open(name, screens[at + 1] ?? 'popup') && isAll;
      }
      role = WALL_ROLES[0];
      records.write(id, { role, screen: here(), layout: '' });
      for (const tell of placed) tell({ role, layout: '' });
      tellMissing();
      return isAll;
    },
    missing,
    onMissing: (listener) => {
      missingListeners.add(listener);
      return () => void missingListeners.delete(listener);
    },
    openMissing: () => {
      for (const name of missing()) open(name, PANEL_SIZE);
    },
    forgetMissing: () => {
      for (const name of missing()) records.forget(name);
      tellMissing();
    },
    close: () => {
      isFinal = true;
      records.forget(id);
      window.close();
    },
    report: () => undefined,
    onCommand: () => () => undefined,
  };
}

function keyedStorage(): RecordStorage {
  return {
    ...browserStorage(),
    remove: (key) => {
      try {
        localStorage.removeItem(key);
      } catch {
        // It was never kept.
      }
    },
    keys: () => {
      try {
        return Object.keys(localStorage);
      } catch {
        return [];
      }
    },
  };
}

/** Side by side from the screen this window is on; the browser keeps them on screens that are there. */
function wallFeatures(): readonly string[] {
  const { availWidth, availHeight } = screen;
  return WALL_ROLES.map((_role, at) => `popup,left=${at * availWidth},top=0,width=${availWidth},height=${availHeight}`);
}
