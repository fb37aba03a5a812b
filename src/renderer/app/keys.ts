/**
 * Every key there is, in one table: the help shows it, and a test holds it against the files that listen to keys and against
 * the native menu, so that no key goes untold.
 */
import { MENU_KEYS, type MenuKey } from '#protocol';

export interface KeyLine {
  /** As it stands on the keyboard: 'Ctrl K'; alternatives after a comma. */
  readonly keys: string;
  readonly does: string;
}

export interface KeyGroup {
  readonly title: string;
  readonly lines: readonly KeyLine[];
  /** The files below src/renderer that listen for these keys. */
  readonly files: readonly string[];
}

const line = (keys: string, does: string): KeyLine => ({ keys, does });

const EVERYWHERE: KeyGroup = {
  title: 'Everywhere',
  lines: [
    line('Escape', 'Close what is open; disarm what waits for a second press; from a past market back to the live one'),
    line('Tab, Shift Tab', 'To the next, the previous place that takes keys'),
  ],
  files: [
    'app/desk-strip.tsx',
    'app/past-chip.tsx',
    'app/popover.tsx',
    'app/shell.tsx',
    'layouts/use-window.ts',
    'panels/market/view-tabs.tsx',
    'panels/positions/stop-editor.tsx',
    'panels/risk/limit-edit.tsx',
    'panels/symbol/buy-ticket.tsx',
    'panels/symbol/own-trades.tsx',
    'panels/watch-lists/watch-lists-panel.tsx',
    'parts/confirm-button.tsx',
  ],
};

const GROUPS: readonly KeyGroup[] = [
  {
    title: 'Palette, menus and symbol search',
    lines: [
      line('Up, Down', 'Choose'),
      line('Enter', 'Do it, open it'),
      line('Home, End', 'In a menu: first, last entry'),
    ],
    files: [
      'app/command-palette.tsx',
      'app/context-menu.tsx',
      'layouts/context-menu.ts',
      'panels/symbol/symbol-search.tsx',
    ],
  },
  {
    title: 'Market',
    lines: [
      line('Ctrl F', 'Filter the market; Escape clears the filter, Down goes on into the grid'),
      line('A to Z', 'Jump to the symbol that starts so; Backspace takes a letter back'),
      line('Up, Down', 'Previous, next symbol'),
      line('Page Up, Page Down', 'A screen up, down'),
      line('Ctrl Home, Ctrl End', 'First, last symbol'),
      line('Enter', 'Open the symbol page; on a heading: sort by it, again turns it round'),
      line('Ctrl D', 'On or off the active watch list'),
      line('Ctrl C, Ctrl Shift C', 'Copy the figure, the row'),
      line('Menu, Shift F10', 'What can be done with the symbol'),
    ],
    files: [
      'panels/market/market-panel.tsx',
      'panels/market/quick-filter.tsx',
      'panels/market/row-hands.ts',
      'panels/market/type-jump.ts',
    ],
  },
  {
    title: 'Time slider',
    lines: [line('Left, Right', 'A second back, on'), line('Home, Escape', 'Live again')],
    files: ['panels/market-scrub/market-scrub.tsx'],
  },
  {
    title: 'Watch list',
    lines: [
      line('Up, Down', 'Previous, next symbol'),
      line('Alt Up, Alt Down', 'Move the symbol'),
      line('Enter', 'Open the symbol page'),
      line('Delete', 'Take the symbol off'),
      line('Ctrl C', 'Copy the symbol'),
    ],
    files: ['panels/watch-lists/watch-rows.tsx'],
  },
  {
    title: 'Positions, orders, trades',
    lines: [line('Up, Down', 'Previous, next row'), line('Enter', 'Open its page; on a heading: sort by it')],
    files: ['parts/desk-table.tsx'],
  },
  {
    title: 'Console',
    lines: [line('P', 'Pause and go on'), line('End', 'Follow the newest again'), line('Ctrl C', 'Copy what is shown')],
    files: ['panels/console/console-panel.tsx'],
  },
];

/** An accelerator of the native menu as it is written on keys. */
export function keysOf(accelerator: string, isMac: boolean): string {
  return accelerator
    .split('+')
    .map((part) => (part === 'CmdOrCtrl' ? (isMac ? 'Cmd' : 'Ctrl') : part))
    .join(' ');
}

/** The groups for this host: a browser keeps some of the menu's keys for itself, and its pages do not get them. */
export function keyGroups(isDesktop: boolean, isMac: boolean): readonly KeyGroup[] {
  const menu: readonly MenuKey[] = Object.values(MENU_KEYS);
  const own = menu
    .filter(({ isInBrowser }) => isDesktop || isInBrowser === true)
    .map(({ accelerator, does }) => line(keysOf(accelerator, isMac), does));
  return [{ ...EVERYWHERE, lines: [...own, ...EVERYWHERE.lines] }, ...GROUPS];
}
