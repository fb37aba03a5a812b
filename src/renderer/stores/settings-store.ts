/**
 * What the user chose for looks and layout. Kept through a small storage interface; what cannot be read is set aside under
 * another key, never overwritten, and defaults hold.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ThemeChoice } from '#protocol';
import { ALERTS_DEFAULT, checkedAlerts, type AlertSettings } from '../notify/alert-settings.ts';

export type Palette = 'standard' | 'safe';
export type Density = 'dense' | 'comfortable';

export interface MarketSettings {
  /** Column ids in order, or null: as many as fit. */
  readonly columns: readonly string[] | null;
  readonly sort: { readonly field: string; readonly isDescending: boolean };
  /** The view chosen last: a built-in or saved one, or `list:` and the id of a watch list. */
  readonly view: string;
}

export interface Settings {
  readonly theme: ThemeChoice;
  readonly palette: Palette;
  readonly density: Density;
  readonly market: MarketSettings;
  readonly alerts: AlertSettings;
  /** The dock's own description of its panels, or null for the preset. */
  readonly layout: unknown;
}

export interface SettingsStorage {
  load(key: string): string | null;
  save(key: string, text: string): void;
  /** Another window wrote this key. */
  onChange?(key: string, listener: () => void): void;
}

export const SETTINGS_DEFAULT: Settings = {
  theme: 'dark',
  palette: 'standard',
  density: 'dense',
  market: { columns: null, sort: { field: 'tickRate', isDescending: true }, view: 'all' },
  alerts: ALERTS_DEFAULT,
  layout: null,
};

const KEY = 'drover.settings';
const SAVE_AFTER_MS = 300;

export interface SettingsStore extends StoreApi<Settings> {
  /** Writes what is still waiting. */
  flush(): void;
}

export function createSettingsStore(storage: SettingsStorage): SettingsStore {
  const store = createStore<Settings>(() => read(storage));
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = (): void => {
    if (timer === undefined) return;
    clearTimeout(timer);
    timer = undefined;
    storage.save(KEY, JSON.stringify(store.getState()));
  };
  store.subscribe(() => {
    clearTimeout(timer);
    timer = setTimeout(flush, SAVE_AFTER_MS);
  });
  // What is the same in every window follows; layout and market stay this window's own.
  storage.onChange?.(KEY, () => {
    const { theme, palette, density, alerts } = read(storage);
    const now = store.getState();
    const isSame =
      theme === now.theme &&
      palette === now.palette &&
      density === now.density &&
      JSON.stringify(alerts) === JSON.stringify(now.alerts);
    if (!isSame) store.setState({ theme, palette, density, alerts });
  });
  return { ...store, flush };
}

function read(storage: SettingsStorage): Settings {
  const text = storage.load(KEY);
  if (text === null) return SETTINGS_DEFAULT;
  try {
    return checked(JSON.parse(text));
  } catch {
    storage.save(`${KEY}.unreadable`, text);
    return SETTINGS_DEFAULT;
  }
}

/** Takes each part that is what it should be; an older or newer build's extra parts are ignored. */
function checked(value: unknown): Settings {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error('settings are not an object');
  const given = value as Partial<Record<keyof Settings, unknown>>;
  const oneOf = <T extends string>(candidate: unknown, choices: readonly T[], otherwise: T): T =>
    choices.includes(candidate as T) ? (candidate as T) : otherwise;
  return {
    theme: oneOf(given.theme, ['system', 'dark', 'light'], SETTINGS_DEFAULT.theme),
    palette: oneOf(given.palette, ['standard', 'safe'], SETTINGS_DEFAULT.palette),
    density: oneOf(given.density, ['dense', 'comfortable'], SETTINGS_DEFAULT.density),
    market: checkedMarket(given.market),
    alerts: checkedAlerts(given.alerts),
    layout: typeof given.layout === 'object' ? given.layout : null,
  };
}

function checkedMarket(value: unknown): MarketSettings {
  const given = (value ?? {}) as {
    readonly columns?: unknown;
    readonly sort?: { readonly field?: unknown; readonly isDescending?: unknown };
    readonly view?: unknown;
  };
  const columns =
    Array.isArray(given.columns) && given.columns.every((id) => typeof id === 'string')
      ? (given.columns as string[])
      : null;
  const { field, isDescending } = given.sort ?? {};
  const sort =
    typeof field === 'string' && typeof isDescending === 'boolean'
      ? { field, isDescending }
      : SETTINGS_DEFAULT.market.sort;
  return { columns, sort, view: typeof given.view === 'string' ? given.view : SETTINGS_DEFAULT.market.view };
}

/** The browser's own storage. Private windows may refuse it; then choices last as long as the window. */
export function browserStorage(): SettingsStorage {
  return {
    load: (key) => {
      try {
        return localStorage.getItem(key);
      } catch {
        return null;
      }
    },
    save: (key, text) => {
      try {
        localStorage.setItem(key, text);
      } catch {
        // Nothing to do: the choice still holds for this window.
      }
    },
    onChange: (key, listener) =>
      window.addEventListener('storage', (event) => {
        if (event.key === key) listener();
      }),
  };
}
