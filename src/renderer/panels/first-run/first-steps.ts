/** The newcomer's steps: what to do, why, and how Drover sees that it was done. Pure. */
import type { AccountValue, HealthValue, StrategyView } from '#protocol';
import type { FirstRunState } from '../../stores/first-run.ts';

export interface StepFacts {
  readonly health: HealthValue | null;
  readonly account: AccountValue | undefined;
  readonly strategies: readonly StrategyView[] | undefined;
  /** A symbol was picked in this window. */
  readonly isSymbolPicked: boolean;
  /** A trade was opened to read it. */
  readonly isTradePicked: boolean;
  readonly closedTrades: number;
  readonly watched: number;
  /** The kill switch went through to its end. */
  readonly wasKilled: boolean;
}

export interface FirstStep {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  /** What the button does; null when there is nothing to press. */
  readonly action: { readonly label: string; readonly panel: string } | null;
  readonly isDone: (facts: StepFacts) => boolean;
}

export const FIRST_STEPS: readonly FirstStep[] = [
  {
    id: 'market',
    title: 'The market is live',
    text: 'A simulated market of thousands of symbols runs by itself: no account, no key. Every figure in the grid moves as it would on a real day.',
    action: { label: 'Open the market', panel: 'market' },
    isDone: ({ health }) => health !== null && health.feed.eventsPerSecond > 0 && health.symbols > 0,
  },
  {
    id: 'symbol',
    title: 'Look at one symbol',
    text: 'Type a few letters in the grid to jump to a symbol and press Enter, or press Ctrl+K and type it. Its page shows tick bars, the tape, and what each strategy thinks of it.',
    action: { label: 'Open the symbol page', panel: 'symbol' },
    isDone: ({ isSymbolPicked }) => isSymbolPicked,
  },
  {
    id: 'judged',
    title: 'Strategies judge it',
    text: 'As bars close, the rules of every strategy are judged for every symbol. Nothing is bought yet: auto trading is off until you switch it on.',
    action: { label: 'Open the strategies', panel: 'strategies' },
    isDone: ({ strategies }) => strategies?.some(({ evaluations }) => evaluations > 0) ?? false,
  },
  {
    id: 'auto',
    title: 'Switch auto trading on',
    text: 'Press AUTO in the strip at the top. This is paper: a simulated broker fills, no real money moves. Switch it off the same way at any time; open positions keep their exits.',
    action: null,
    isDone: ({ health }) => health?.isAuto ?? false,
  },
  {
    id: 'trade',
    title: 'The first trade opens',
    text: 'It takes a minute or a few. Rules, economics, size and risk all have to say yes. The position appears with its profit, its age and the exit that is nearest.',
    action: { label: 'Open the positions', panel: 'positions' },
    isDone: ({ account, closedTrades }) => (account?.openPositions ?? 0) > 0 || closedTrades > 0,
  },
  {
    id: 'why',
    title: 'Read why it fired',
    text: 'Click a position. Its page shows the rules with their values when it fired and now, what it should cost and what it did cost, and when it will sell.',
    action: { label: 'Open the positions', panel: 'positions' },
    isDone: ({ isTradePicked }) => isTradePicked,
  },
  {
    id: 'why-not',
    title: 'Read why the others did not',
    text: 'Every candidate that did not fire has exactly one reason. The Risk page counts them in words; near misses show who came closest.',
    action: { label: 'Open the risk page', panel: 'risk' },
    isDone: () => false,
  },
  {
    id: 'watch',
    title: 'Put a symbol on a watch list',
    text: 'Select a row in the market and press Ctrl+D, or use its menu. Lists are tabs above the grid and can be exported.',
    action: { label: 'Open the watch lists', panel: 'watch-lists' },
    isDone: ({ watched }) => watched > 0,
  },
  {
    id: 'kill',
    title: 'Try the kill switch',
    text: 'Ctrl+Shift+K cancels every order and sells everything, and ends in “flat, confirmed by the broker”. Try it now, in simulation, so that you know it on the day you need it.',
    action: null,
    isDone: ({ wasKilled }) => wasKilled,
  },
  {
    id: 'keys',
    title: 'When you are ready: your own feed',
    text: 'With a subscription, set MASSIVE_API_KEY and start with --feed massive --broker paper: the real market, still without real money. The settings page has the exact lines.',
    action: { label: 'Open the settings', panel: 'settings' },
    isDone: ({ health }) => health?.feed.name.startsWith('massive') ?? false,
  },
];

/** Steps whose button is their doing: to have looked is enough. */
export const DONE_BY_LOOKING: readonly string[] = ['why-not', 'keys'];

/** Ids of steps that are done now and were not known to be. */
export function newlyDone(state: FirstRunState, facts: StepFacts): readonly string[] {
  return FIRST_STEPS.filter((step) => !state.done.includes(step.id) && step.isDone(facts)).map(({ id }) => id);
}

/** The step to do next; undefined when all are done. */
export function nextStep(state: FirstRunState): FirstStep | undefined {
  return FIRST_STEPS.find(({ id }) => !state.done.includes(id));
}
