/**
 * One window of all that are open speaks for them: the one that holds a lock of the browser. When it closes, the next one
 * gets the lock by itself. Without locks every window speaks.
 */
export function createWindowLeader(): () => boolean {
  let isLeader = false;
  if (!('locks' in navigator)) return () => true;
  void navigator.locks.request('drover.alerts', () => {
    isLeader = true;
    // Held for as long as the window lives.
    return new Promise<void>(() => undefined);
  });
  return () => isLeader;
}
