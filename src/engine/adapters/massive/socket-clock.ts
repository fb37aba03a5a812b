/**
 * Receive time: epoch microseconds from a monotonic clock, so that stamps never run backwards when the system clock is
 * set. The two clocks are compared now and then: the monotonic one stands still while the machine sleeps.
 */

export interface SocketClock {
  nowUs(): number;
  /** True when the wall clock ran ahead by more than two seconds since the last look: the machine slept, or was set. */
  hasJumped(): boolean;
}

const JUMP_US = 2_000_000;

export function createSocketClock(): SocketClock {
  let anchorUs = Math.round(performance.timeOrigin * 1000);
  let lastUs = 0;
  return {
    nowUs: () => {
      const us = anchorUs + Math.round(performance.now() * 1000);
      // After the anchor moved back the stamps wait until time has caught up.
      if (us > lastUs) lastUs = us;
      return lastUs;
    },
    hasJumped: () => {
      const monotonicUs = anchorUs + Math.round(performance.now() * 1000);
      const aheadUs = Date.now() * 1000 - monotonicUs;
      if (Math.abs(aheadUs) < JUMP_US) return false;
      anchorUs += aheadUs;
      return aheadUs > 0;
    },
  };
}
