/** What the browser host remembers of each window: its role, and its layout on each screen. One key a window: no two write one. */
import type { WindowPlace, WindowRole } from '#protocol';
import { WINDOW_ROLES } from '#protocol';
import type { SettingsStorage } from '../stores/settings-store.ts';

const PREFIX = 'drover.window.';
/** Screens remembered for a window; the one not seen for longest goes first. */
const SCREENS_MAX = 6;

interface WindowRecord {
  readonly role: WindowRole;
  readonly screens: readonly { readonly key: string; readonly layout: string }[];
}

export interface WindowRecords {
  /** What the window shows on this screen: as it was there, else as it was last elsewhere. */
  read(id: string, screen: string): WindowPlace;
  write(id: string, change: { readonly role: WindowRole; readonly screen?: string; readonly layout?: string }): void;
  forget(id: string): void;
  ids(): readonly string[];
}

export function screenKey(screen: { readonly width: number; readonly height: number }, scale: number): string {
  return `${screen.width}x${screen.height}@${scale}`;
}

export interface RecordStorage extends SettingsStorage {
  remove(key: string): void;
  keys(): readonly string[];
}

export function createWindowRecords(storage: RecordStorage): WindowRecords {
  const load = (id: string): WindowRecord => {
    try {
      return checked(JSON.parse(storage.load(PREFIX + id) ?? 'null'));
    } catch {
      return NOTHING;
    }
  };
  return {
    read: (id, screen) => {
      const { role, screens } = load(id);
      const found = screens.find(({ key }) => key === screen) ?? screens[0];
      return { role, layout: found?.layout ?? '' };
    },
    write: (id, { role, screen, layout }) => {
      const before = load(id);
      const others = before.screens.filter(({ key }) => key !== screen);
      const screens =
        screen === undefined || layout === undefined
          ? before.screens
          : [...(layout === '' ? [] : [{ key: screen, layout }]), ...others].slice(0, SCREENS_MAX);
      // A new role means the layouts of the old one are over.
      const kept = role === before.role ? screens : screens.filter(({ key }) => key === screen);
      storage.save(PREFIX + id, JSON.stringify({ version: 1, role, screens: kept }));
    },
    forget: (id) => storage.remove(PREFIX + id),
    ids: () =>
      storage
        .keys()
        .filter((key) => key.startsWith(PREFIX))
        .map((key) => key.slice(PREFIX.length)),
  };
}

const NOTHING: WindowRecord = { role: 'workstation', screens: [] };

function checked(value: unknown): WindowRecord {
  if (typeof value !== 'object' || value === null) return NOTHING;
  const { version, role, screens } = value as { version?: unknown; role?: unknown; screens?: unknown };
  if (version !== 1 || !Array.isArray(screens)) return NOTHING;
  return {
    role: (WINDOW_ROLES as readonly unknown[]).includes(role) ? (role as WindowRole) : 'workstation',
    screens: screens.filter(
      (entry): entry is { key: string; layout: string } =>
        typeof entry === 'object' &&
        entry !== null &&
        typeof entry.key === 'string' &&
        typeof entry.layout === 'string',
    ),
  };
}
