/** What stands in the menu. Only what works now; an entry that does nothing is not there. */
import type { MenuItemConstructorOptions } from 'electron';
import type { MenuKeyName, ThemeChoice, WindowReport, WindowRole } from '#protocol';
import { MENU_KEYS, THEME_CHOICES } from '#protocol';
import type { TradingNews } from '#host-kit';
import type { TradingAsk } from './trading-questions.ts';

export interface MenuActions {
  readonly openWindow: (role: WindowRole) => void;
  readonly openWalls: () => void;
  readonly restartEngine: () => void;
  readonly setTheme: (theme: ThemeChoice) => void;
  readonly openDataFolder: () => void;
  readonly openDocs: () => void;
  readonly showAbout: () => void;
  readonly trade: (ask: TradingAsk) => void;
  /** Hands a command of the windows to the one in front. */
  readonly command: (id: string) => void;
}

export interface MenuState {
  readonly theme: ThemeChoice;
  readonly broker: string;
  readonly trading: TradingNews | undefined;
  /** What the window that reported last says; undefined before the first did. */
  readonly window: WindowReport | undefined;
}

const THEME_LABELS: Readonly<Record<ThemeChoice, string>> = { system: 'As the System', dark: 'Dark', light: 'Light' };
const BROKER_LABELS: Readonly<Record<string, string>> = {
  paper: 'Paper: built-in exchange',
  'ibkr:paper': 'Paper: Interactive Brokers',
  'ibkr:live': 'LIVE: Interactive Brokers, real money',
};
/** The page takes this key itself; the menu only shows it. */
const shown = (key: 'palette' | 'help') => ({ ...keyed(key), registerAccelerator: false });
const keyed = (key: MenuKeyName) => ({ accelerator: MENU_KEYS[key].accelerator });

export function menuTemplate(actions: MenuActions, now: MenuState, isMac: boolean): MenuItemConstructorOptions[] {
  return [
    ...(isMac ? [{ role: 'appMenu' } as const] : []),
    fileMenu(actions, isMac),
    viewMenu(actions, now),
    tradingMenu(actions, now),
    windowMenu(actions),
    helpMenu(actions),
  ];
}

function fileMenu(actions: MenuActions, isMac: boolean): MenuItemConstructorOptions {
  return {
    label: '&File',
    submenu: [
      { label: 'New Window', ...keyed('newWindow'), click: () => actions.openWindow('workstation') },
      { label: 'Open Data Folder', click: actions.openDataFolder },
      { type: 'separator' },
      { role: 'close', label: 'Close Window', ...keyed('closeWindow') },
      ...(isMac ? [] : [{ role: 'quit', label: 'Quit and Stop the Engine', ...keyed('quit') } as const]),
    ],
  };
}

function viewMenu(actions: MenuActions, now: MenuState): MenuItemConstructorOptions {
  const command = (id: string) => () => actions.command(id);
  const { window } = now;
  return {
    label: '&View',
    submenu: [
      { label: 'Commands and Symbols', ...shown('palette'), click: command('palette.open') },
      ...(window === undefined
        ? []
        : [
            {
              label: 'Panels',
              submenu: window.panels.map(({ kind, title }) => ({ label: title, click: command(`panel.${kind}`) })),
            },
          ]),
      { type: 'separator' },
      {
        label: 'Theme',
        submenu: THEME_CHOICES.map((theme) => ({
          label: THEME_LABELS[theme],
          type: 'radio' as const,
          checked: theme === now.theme,
          click: () => actions.setTheme(theme),
        })),
      },
      ...(window === undefined
        ? []
        : [
            {
              label: 'Colours',
              submenu: [
                radio('Green and Red', window.palette === 'standard', command('palette.standard')),
                radio('Blue and Orange', window.palette === 'safe', command('palette.safe')),
              ],
            },
            {
              label: 'Rows',
              submenu: [
                radio('Dense', window.density === 'dense', command('density.dense')),
                radio('Comfortable', window.density === 'comfortable', command('density.comfortable')),
              ],
            },
          ]),
      { type: 'separator' },
      { role: 'resetZoom', ...keyed('zoomReset') },
      { role: 'zoomIn', ...keyed('zoomIn') },
      { role: 'zoomOut', ...keyed('zoomOut') },
      { role: 'togglefullscreen', ...keyed('fullScreen') },
      { type: 'separator' },
      { role: 'reload', accelerator: '' },
      { role: 'toggleDevTools', ...keyed('developerTools') },
    ],
  };
}

function radio(label: string, checked: boolean, click: () => void): MenuItemConstructorOptions {
  return { label, type: 'radio', checked, click };
}

function tradingMenu(actions: MenuActions, { broker, trading }: MenuState): MenuItemConstructorOptions {
  const isAuto = trading?.isAuto ?? false;
  const account = trading === undefined || trading.account === '' ? '' : ` (${trading.account})`;
  return {
    label: '&Trading',
    submenu: [
      // The first line says which money this is; it is a label, not a switch.
      { label: `${BROKER_LABELS[broker] ?? broker}${account}`, enabled: false },
      { type: 'separator' },
      {
        label: 'Auto Trading',
        type: 'checkbox',
        checked: isAuto,
        ...keyed('auto'),
        click: () => actions.trade(isAuto ? 'auto-off' : 'auto-on'),
      },
      { label: 'Flatten All…', ...keyed('flattenAll'), click: () => actions.trade('flatten-all') },
      { label: 'Kill Switch…', ...keyed('kill'), click: () => actions.trade('kill') },
      { type: 'separator' },
      { label: 'Restart Engine', click: actions.restartEngine },
    ],
  };
}

function windowMenu(actions: MenuActions): MenuItemConstructorOptions {
  const command = (id: string) => () => actions.command(id);
  return {
    label: '&Window',
    submenu: [
      { role: 'minimize', ...keyed('minimize') },
      { type: 'separator' },
      { label: 'Pop Out Panel', ...keyed('popOut'), click: command('panel.pop-out') },
      { label: 'Bring Panels Back', ...keyed('bringBack'), click: command('panel.bring-back') },
      { type: 'separator' },
      { label: 'Layout: One Screen', click: command('layout.workstation') },
      { label: 'Layout: Market Wall', click: command('layout.market-wall') },
      { label: 'Layout: Charts Wall', click: command('layout.charts-wall') },
      { label: 'Layout: Trades Wall', click: command('layout.trades-wall') },
      { label: 'Three Walls on Three Displays', ...keyed('threeWalls'), click: actions.openWalls },
      { label: 'Reset the Layout', click: command('layout.reset') },
    ],
  };
}

function helpMenu(actions: MenuActions): MenuItemConstructorOptions {
  return {
    role: 'help',
    label: '&Help',
    submenu: [
      { label: 'Keyboard Help', ...shown('help'), click: () => actions.command('help.keys') },
      { label: 'Documentation', click: actions.openDocs },
      { type: 'separator' },
      { label: 'About Drover', click: actions.showAbout },
    ],
  };
}
