/**
 * A small store kept in the window's storage and shared by all windows: what one window writes the others take over. What
 * cannot be read is set aside under another key, never overwritten, and the defaults hold.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { SettingsStorage } from './settings-store.ts';

export function createKeptStore<T extends object>(
  storage: SettingsStorage,
  key: string,
  /** Makes a good value of whatever was read; `undefined` when there was nothing. */
  checked: (value: unknown) => T,
): StoreApi<T> {
  const store = createStore<T>(() => read());
  let isTaking = false;
  function read(): T {
    const text = storage.load(key);
    if (text === null) return checked(undefined);
    try {
      return checked(JSON.parse(text));
    } catch {
      storage.save(`${key}.unreadable`, text);
      return checked(undefined);
    }
  }
  store.subscribe((state) => {
    if (!isTaking) storage.save(key, JSON.stringify(state));
  });
  storage.onChange?.(key, () => {
    isTaking = true;
    store.setState(read(), true);
    isTaking = false;
  });
  return store;
}
