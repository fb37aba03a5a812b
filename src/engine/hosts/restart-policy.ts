/** When a process that ended by itself is started again, and when that is given up: used by both supervisors. */
export interface RestartPolicy {
  /** Told of each end nobody asked for; `nowMs` is monotonic. */
  ended(
    nowMs: number,
  ): { readonly kind: 'restart'; readonly delayMs: number; readonly attempt: number } | { readonly kind: 'give-up' };
  /** The user starts it again: the past does not count. */
  forget(): void;
}

export const CRASH_LOOP = { ends: 5, withinMs: 60_000, firstDelayMs: 100, delayMaxMs: 5_000 } as const;

export function createRestartPolicy(limits: typeof CRASH_LOOP = CRASH_LOOP): RestartPolicy {
  let recent: number[] = [];
  return {
    ended: (nowMs) => {
      recent = [...recent.filter((atMs) => nowMs - atMs < limits.withinMs), nowMs];
      if (recent.length >= limits.ends) return { kind: 'give-up' };
      return {
        kind: 'restart',
        delayMs: Math.min(limits.delayMaxMs, limits.firstDelayMs * 2 ** (recent.length - 1)),
        attempt: recent.length,
      };
    },
    forget: () => {
      recent = [];
    },
  };
}
