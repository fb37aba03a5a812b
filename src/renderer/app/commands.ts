/** What the palette offers beside symbols: every command of a window, each with what it does and its key. Pure but for run. */
import type { PanelDefinition } from '../panels/panel.ts';
import { chooseTheme } from '../theme/apply-theme.ts';
import { BUILT_IN_VIEWS } from '../stores/market-views.ts';
import { activeList, toggleSymbol } from '../stores/watch-lists.ts';
import type { Services } from './services.ts';

export interface AppCommand {
  readonly id: string;
  readonly title: string;
  readonly hint: string;
  readonly keys?: string;
  readonly run: () => void;
}

export interface AppActions {
  readonly openPanel: (kind: string) => void;
  readonly resetLayout: () => void;
  readonly closePanel: () => void;
  readonly showHelp: () => void;
  readonly openWindow: () => void;
}

export function appCommands(
  services: Services,
  panels: readonly PanelDefinition[],
  actions: AppActions,
): readonly AppCommand[] {
  const { settings } = services;
  const set = settings.setState;
  return [
    ...panels.map((panel) => ({
      id: `panel.${panel.kind}`,
      title: `Open ${panel.title}`,
      hint: panel.explain,
      run: () => actions.openPanel(panel.kind),
    })),
    ...tradingCommands(services),
    ...viewCommands(services, actions),
    { id: 'theme.dark', title: 'Theme: dark', hint: 'Dark surfaces', run: () => chooseTheme(settings, 'dark') },
    { id: 'theme.light', title: 'Theme: light', hint: 'Light surfaces', run: () => chooseTheme(settings, 'light') },
    {
      id: 'theme.system',
      title: 'Theme: as the system',
      hint: 'Follows the system',
      run: () => chooseTheme(settings, 'system'),
    },
    {
      id: 'palette.standard',
      title: 'Colours: green and red',
      hint: 'Up is green, down is red',
      run: () => set({ palette: 'standard' }),
    },
    {
      id: 'palette.safe',
      title: 'Colours: blue and orange',
      hint: 'Safe for colour-blind eyes',
      run: () => set({ palette: 'safe' }),
    },
    { id: 'density.dense', title: 'Rows: dense', hint: '22 pixel rows', run: () => set({ density: 'dense' }) },
    {
      id: 'density.comfortable',
      title: 'Rows: comfortable',
      hint: '28 pixel rows',
      run: () => set({ density: 'comfortable' }),
    },
    {
      id: 'market.columns.auto',
      title: 'Market columns: as many as fit',
      hint: 'Forgets the chosen columns',
      run: () => set(({ market }) => ({ market: { ...market, columns: null } })),
    },
    { id: 'window.new', title: 'New window', hint: 'The same workstation in another window', run: actions.openWindow },
    { id: 'panel.close', title: 'Close this panel', hint: 'It opens again from here', run: actions.closePanel },
    {
      id: 'layout.reset',
      title: 'Reset the layout',
      hint: 'Puts the panels back where they started',
      run: actions.resetLayout,
    },
    { id: 'help.keys', title: 'Keyboard help', hint: 'Every key this window knows', keys: '?', run: actions.showHelp },
  ];
}

/** Money does not move by these alone: auto is a switch, and the engine refuses what it must. */
function tradingCommands({ link, notices }: Services): readonly AppCommand[] {
  const auto = (on: boolean): void => {
    link.commands
      .setAuto({ on })
      .catch((error: Error) => notices.say('danger', `Auto trading was not switched: ${error.message}`));
  };
  return [
    {
      id: 'auto.on',
      title: 'Auto trading: on',
      hint: 'Strategies that are on may open positions',
      run: () => auto(true),
    },
    {
      id: 'auto.off',
      title: 'Auto trading: off',
      hint: 'Nothing new is opened; exits of open positions go on',
      run: () => auto(false),
    },
  ];
}

function viewCommands(services: Services, actions: AppActions): readonly AppCommand[] {
  const { settings, views, watchLists, symbols, notices } = services;
  const show = (view: string, change: object): void => {
    settings.setState(({ market }) => ({ market: { ...market, ...change, view } }));
    actions.openPanel('market');
  };
  const mark = (): void => {
    const { current } = symbols;
    const state = watchLists.getState();
    const list = activeList(state);
    if (current === undefined) return notices.say('info', 'Pick a symbol first, then it can be put on a watch list.');
    watchLists.setState(toggleSymbol(state, list.id, current));
    const did = list.symbols.includes(current) ? 'taken off' : 'put on';
    notices.say('info', `${current} was ${did} the list “${list.name}”.`, { symbol: current });
  };
  return [
    ...[...BUILT_IN_VIEWS, ...views.getState().views].map(({ id, name, filter, sort, columns }) => ({
      id: `view.${id}`,
      title: `Market view: ${name}`,
      hint: filter === '' ? 'Every symbol' : filter,
      run: () => show(id, { sort, columns }),
    })),
    ...watchLists.getState().lists.map(({ id, name, symbols: own }) => ({
      id: `view.list.${id}`,
      title: `Watch list: ${name}`,
      hint: `${own.length} symbols, in the market`,
      run: () => show(`list:${id}`, {}),
    })),
    {
      id: 'watch.toggle',
      title: 'Watch list: add or remove this symbol',
      hint: 'The symbol this window looks at, on the active list',
      keys: 'Ctrl D',
      run: mark,
    },
  ];
}

/** Matches when every word is somewhere in the text; earlier and whole-word hits first. 0 means no match. */
export function matchScore(text: string, query: string): number {
  const hay = text.toLowerCase();
  let score = 1;
  for (const word of query.toLowerCase().split(/\s+/).filter(Boolean)) {
    const at = hay.indexOf(word);
    if (at < 0) return 0;
    score += at === 0 ? 8 : hay[at - 1] === ' ' ? 4 : 1;
  }
  return score;
}

/** Symbols for a query: the exact one, then those that start with it, then those that contain it, shorter names first. */
export function matchSymbols(names: readonly string[], query: string, most: number): readonly string[] {
  const wanted = query.trim().toUpperCase();
  if (wanted === '' || /\s/.test(wanted)) return [];
  const starting: string[] = [];
  const containing: string[] = [];
  for (const name of names) {
    if (name.startsWith(wanted)) starting.push(name);
    else if (name.includes(wanted)) containing.push(name);
  }
  const byLength = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : 1);
  return [...starting.toSorted(byLength), ...containing.toSorted(byLength)].slice(0, most);
}
