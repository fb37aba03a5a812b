/**
 * How often alerts of a kind may ring: the first at once, then at most one in the pause of its kind; those between are
 * counted and told with the next. Danger is never held back for long. Pure but for what it remembers.
 */
import type { AlertItem } from '#protocol';
import type { AlertKind } from './alert-settings.ts';

const PAUSE_MS: Readonly<Record<AlertKind, number>> = {
  fill: 5_000,
  stop: 3_000,
  target: 5_000,
  halt: 2_000,
  feed: 2_000,
  risk: 2_000,
  broker: 2_000,
  strategy: 5_000,
  engine: 2_000,
};
const DANGER_PAUSE_MS = 1_000;

export interface AlertRate {
  /** How many alerts this ring stands for; 0 means: be quiet now. */
  take(item: Pick<AlertItem, 'kind' | 'severity'>, nowMs: number): number;
}

export function createAlertRate(): AlertRate {
  const last = new Map<AlertKind, number>();
  const held = new Map<AlertKind, number>();
  return {
    take: ({ kind, severity }, nowMs) => {
      const pause = severity === 'danger' ? DANGER_PAUSE_MS : PAUSE_MS[kind];
      const since = nowMs - (last.get(kind) ?? -Infinity);
      if (since < pause) {
        held.set(kind, (held.get(kind) ?? 0) + 1);
        return 0;
      }
      const stands = 1 + (held.get(kind) ?? 0);
      last.set(kind, nowMs);
      held.delete(kind);
      return stands;
    },
  };
}
