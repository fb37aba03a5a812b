/** Puts the menu up. What stands in it is in menu-template.ts. */
import { Menu } from 'electron';
import { menuTemplate } from './menu-template.ts';
import type { MenuActions, MenuState } from './menu-template.ts';

export function setMenu(actions: MenuActions, now: MenuState): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(actions, now, process.platform === 'darwin')));
}
