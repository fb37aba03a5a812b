/** How far the newcomer's guide has come: steps that were seen done stay done. Kept, and the same in all windows. */
import type { StoreApi } from 'zustand/vanilla';
import { createKeptStore } from './kept-store.ts';
import type { SettingsStorage } from './settings-store.ts';

export interface FirstRunState {
  /** Ids of steps that were seen done. */
  readonly done: readonly string[];
  /** The user closed the guide; it is not offered by itself again. */
  readonly isDismissed: boolean;
}

export type FirstRunStore = StoreApi<FirstRunState>;

const STEPS_MOST = 50;

export function createFirstRunStore(storage: SettingsStorage): FirstRunStore {
  return createKeptStore(storage, 'drover.first-run', (value) => {
    const { done, isDismissed } = (value ?? {}) as Partial<Record<keyof FirstRunState, unknown>>;
    return {
      done: Array.isArray(done) ? done.filter((id): id is string => typeof id === 'string').slice(0, STEPS_MOST) : [],
      isDismissed: isDismissed === true,
    };
  });
}

/** The same state when the step is known already, so that nothing is written twice. */
export function withStep(state: FirstRunState, id: string): FirstRunState {
  return state.done.includes(id) ? state : { ...state, done: [...state.done, id] };
}
