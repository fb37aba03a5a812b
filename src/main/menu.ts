/** The menu. Only what works now; an entry that does nothing is not there. */
import { Menu } from 'electron';
import type { MenuItemConstructorOptions } from 'electron';
import type { ThemeChoice } from '#protocol';
import { THEME_CHOICES } from '#protocol';

export interface MenuActions {
  readonly newWindow: () => void;
  readonly restartEngine: () => void;
  readonly setTheme: (theme: ThemeChoice) => void;
  readonly openDataFolder: () => void;
}

const THEME_LABELS: Readonly<Record<ThemeChoice, string>> = { system: 'As the System', dark: 'Dark', light: 'Light' };
const BROKER_LABELS: Readonly<Record<string, string>> = {
  paper: 'Paper: built-in exchange',
  'ibkr:paper': 'Paper: Interactive Brokers',
};

export function setMenu(actions: MenuActions, now: { readonly theme: ThemeChoice; readonly broker: string }): void {
  const isMac = process.platform === 'darwin';
  const template: MenuItemConstructorOptions[] = [
    ...(isMac ? [{ role: 'appMenu' } as const] : []),
    {
      label: '&File',
      submenu: [
        { label: 'New Window', accelerator: 'CmdOrCtrl+Shift+N', click: actions.newWindow },
        { type: 'separator' },
        { role: 'close', label: 'Close Window' },
        ...(isMac ? [] : [{ role: 'quit', label: 'Quit Drover', accelerator: 'Ctrl+Q' } as const]),
      ],
    },
    {
      label: '&View',
      submenu: [
        {
          label: 'Theme',
          submenu: THEME_CHOICES.map((theme) => ({
            label: THEME_LABELS[theme],
            type: 'radio' as const,
            checked: theme === now.theme,
            click: () => actions.setTheme(theme),
          })),
        },
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        { type: 'separator' },
        { role: 'reload', accelerator: '' },
        { role: 'toggleDevTools' },
      ],
    },
    {
      label: '&Trading',
      // The first line says which money this is; it is a label, not a switch.
      submenu: [
        { label: BROKER_LABELS[now.broker] ?? now.broker, enabled: false },
        { type: 'separator' },
        { label: 'Restart Engine', click: actions.restartEngine },
      ],
    },
    { role: 'windowMenu', label: '&Window' },
    {
      role: 'help',
      label: '&Help',
      submenu: [
        { label: 'Open Data Folder', click: actions.openDataFolder },
        ...(isMac ? [] : [{ role: 'about' } as const]),
      ],
    },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
