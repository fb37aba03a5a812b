/** The newcomer's steps: what counts as done, that it stays done, and which one is next. */
import { describe, expect, it } from 'vitest';
import type { AccountValue, HealthValue, StrategyView } from '#protocol';
import { createFirstRunStore, withStep } from '../../stores/first-run.ts';
import { FIRST_STEPS, newlyDone, nextStep, type StepFacts } from './first-steps.ts';

const nothing: StepFacts = {
  health: null,
  account: undefined,
  strategies: undefined,
  isSymbolPicked: false,
  isTradePicked: false,
  closedTrades: 0,
  watched: 0,
  wasKilled: false,
};
const health = { feed: { name: 'sim', eventsPerSecond: 10 }, symbols: 5, isAuto: true } as HealthValue;

describe('first steps', () => {
  it('none is done in an empty workstation', () => {
    expect(newlyDone({ done: [], isDismissed: false }, nothing)).toEqual([]);
  });

  it('each is seen by what really happened', () => {
    const facts: StepFacts = {
      ...nothing,
      health,
      strategies: [{ evaluations: 3 } as StrategyView],
      account: { openPositions: 1 } as AccountValue,
      watched: 1,
      wasKilled: true,
    };
    expect(newlyDone({ done: ['market'], isDismissed: false }, facts)).toEqual([
      'judged',
      'auto',
      'trade',
      'watch',
      'kill',
    ]);
  });

  it('the next is the first that is not done, and there is an end', () => {
    let state = { done: ['symbol'] as readonly string[], isDismissed: false };
    expect(nextStep(state)?.id).toBe('market');
    for (const { id } of FIRST_STEPS) state = withStep(state, id);
    expect(nextStep(state)).toBeUndefined();
    expect(state.done).toHaveLength(FIRST_STEPS.length);
  });

  it('is kept over a restart and survives nonsense', () => {
    const entries: Record<string, string> = {};
    const storage = {
      load: (key: string) => entries[key] ?? null,
      save: (key: string, text: string) => void (entries[key] = text),
    };
    const store = createFirstRunStore(storage);
    store.setState(withStep(store.getState(), 'market'));
    expect(createFirstRunStore(storage).getState()).toEqual({ done: ['market'], isDismissed: false });
    entries['drover.first-run'] = '{"done":"x"}';
    expect(createFirstRunStore(storage).getState().done).toEqual([]);
  });
});
