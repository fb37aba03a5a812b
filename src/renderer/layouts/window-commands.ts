/** Commands about windows and layouts, for the palette and the native menu. */
import type { AppCommand } from '../app/commands.ts';
import type { DockHandle } from '../app/dock-handle.ts';
import type { WindowHost } from './window-host.ts';

const LAYOUTS = [
  { role: 'workstation', title: 'Layout: one screen', hint: 'Everything in one window, as tabs and splits' },
  { role: 'market-wall', title: 'Layout: market wall', hint: 'The market, the scanner, watch lists and near misses' },
  { role: 'charts-wall', title: 'Layout: charts wall', hint: 'A grid of small tick charts' },
  {
    role: 'trades-wall',
    title: 'Layout: trades wall',
    hint: 'Positions, orders, closed trades, the trade page, the console',
  },
] as const;

export function windowCommands(host: WindowHost, dock: DockHandle): readonly AppCommand[] {
  return [
    {
      id: 'panel.pop-out',
      title: 'Pop out this panel',
      hint: 'Moves it to a window of its own',
      keys: 'Ctrl Shift O',
      run: () => dock.popOut(),
    },
    {
      id: 'panel.bring-back',
      title: 'Bring panels back',
      hint: 'Closes this popped out window; its panels return',
      keys: 'Ctrl Shift B',
      run: () => dock.bringBack(),
    },
    ...LAYOUTS.map(({ role, title, hint }) => ({
      id: `layout.${role}`,
      title,
      hint,
      run: () => host.become(role),
    })),
    {
      id: 'layout.three-walls',
      title: 'Layout: three walls on three displays',
      hint: 'Market, charts and trades, a window on each display',
      run: () => void host.openWalls(),
    },
  ];
}
