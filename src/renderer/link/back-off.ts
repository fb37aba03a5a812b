/** How long to wait before connecting again: doubling, capped, and spread out so that windows do not knock all at once. */
export const BACK_OFF = { firstMs: 250, capMs: 8_000 } as const;

/** Milliseconds before attempt number `attempt` (1 is the first retry); `random` in [0, 1). Between half and all of the step. */
export function backOffMs(attempt: number, random: number): number {
  const step = Math.min(BACK_OFF.capMs, BACK_OFF.firstMs * 2 ** Math.min(attempt - 1, 16));
  return Math.round(step * (0.5 + random / 2));
}
