/** Puts the chosen look on the document. `?theme=light|dark` in the address wins, for screenshots. */
import type { ThemeChoice } from '#protocol';
import type { Settings, SettingsStore } from '../stores/settings-store.ts';

export type ThemeName = 'dark' | 'light';

export function forcedTheme(search: string): ThemeName | undefined {
  const theme = new URLSearchParams(search).get('theme');
  return theme === 'dark' || theme === 'light' ? theme : undefined;
}

export function themeOf(choice: ThemeChoice, isSystemDark: boolean, forced: ThemeName | undefined): ThemeName {
  if (forced) return forced;
  if (choice === 'system') return isSystemDark ? 'dark' : 'light';
  return choice;
}

/** Holds until the user chooses a theme. */
let forced: ThemeName | undefined;

export function shownTheme(): ThemeName {
  return document.documentElement.dataset['theme'] === 'light' ? 'light' : 'dark';
}

/** The user's choice; ends a theme forced by the address. */
export function chooseTheme(settings: SettingsStore, theme: ThemeChoice): void {
  forced = undefined;
  settings.setState({ theme });
}

/** Keeps the document in step with the settings and the system. Returns the way out. */
export function applyTheme(settings: SettingsStore): () => void {
  forced = forcedTheme(location.search);
  const system = matchMedia('(prefers-color-scheme: dark)');
  const root = document.documentElement;
  const apply = (): void => {
    const { theme, palette, density }: Settings = settings.getState();
    root.dataset['theme'] = themeOf(theme, system.matches, forced);
    root.dataset['palette'] = palette;
    root.dataset['density'] = density;
  };
  apply();
  system.addEventListener('change', apply);
  const leave = settings.subscribe(apply);
  return () => {
    system.removeEventListener('change', apply);
    leave();
  };
}
