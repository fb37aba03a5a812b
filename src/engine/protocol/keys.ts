/**
 * Keys of the desktop's native menu, in one table: the menu is built from it and the keyboard help lists it. Accelerators are
 * written as Electron wants them.
 */

export interface MenuKey {
  readonly accelerator: string;
  readonly does: string;
  /** Does the same in a browser, where the page takes the key itself. */
  readonly isInBrowser?: true;
}

export const MENU_KEYS = {
  newWindow: { accelerator: 'CmdOrCtrl+Shift+N', does: 'Another window on the same engine' },
  closeWindow: { accelerator: 'CmdOrCtrl+W', does: 'Close this window' },
  quit: { accelerator: 'CmdOrCtrl+Q', does: 'Quit and stop the engine' },
  palette: { accelerator: 'CmdOrCtrl+K', does: 'Commands and symbols', isInBrowser: true },
  zoomReset: { accelerator: 'CmdOrCtrl+0', does: 'Usual size' },
  zoomIn: { accelerator: 'CmdOrCtrl+Plus', does: 'Larger' },
  zoomOut: { accelerator: 'CmdOrCtrl+-', does: 'Smaller' },
  fullScreen: { accelerator: 'F11', does: 'Full screen and back' },
  developerTools: { accelerator: 'CmdOrCtrl+Shift+I', does: 'Developer tools' },
  auto: { accelerator: 'CmdOrCtrl+Shift+A', does: 'Auto trading on, after a question, or off' },
  flattenAll: { accelerator: 'CmdOrCtrl+Shift+F', does: 'Flatten all, after a question' },
  kill: { accelerator: 'CmdOrCtrl+Shift+K', does: 'Kill switch: twice within three seconds', isInBrowser: true },
  minimize: { accelerator: 'CmdOrCtrl+M', does: 'Minimize this window' },
  popOut: { accelerator: 'CmdOrCtrl+Shift+O', does: 'Pop this panel out to its own window', isInBrowser: true },
  bringBack: { accelerator: 'CmdOrCtrl+Shift+B', does: 'Bring popped out panels back', isInBrowser: true },
  threeWalls: { accelerator: 'CmdOrCtrl+Shift+3', does: 'Three walls on three displays' },
  help: { accelerator: '?', does: 'This help', isInBrowser: true },
} as const satisfies Readonly<Record<string, MenuKey>>;

export type MenuKeyName = keyof typeof MENU_KEYS;
