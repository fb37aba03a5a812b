/**
 * Execution ids. The part up to the last dot is the fill; what follows is its revision: the same fill with another revision
 * is a correction that replaces (docs/specs/orders.md, ORD7, ORD8). An id without a dot has no revisions.
 */

/** The identity of the fill. */
export function fillKey(executionId: string): string {
  const dot = executionId.lastIndexOf('.');
  return dot <= 0 ? executionId : executionId.slice(0, dot);
}

export function revisionOf(executionId: string): string {
  const dot = executionId.lastIndexOf('.');
  return dot <= 0 ? '' : executionId.slice(dot + 1);
}

/** Below zero when `a` is the older revision of the two; numbers are compared as numbers, all else as text. */
export function compareRevisions(a: string, b: string): number {
  if (a === b) return 0;
  const isNumeric = /^\d+$/.test(a) && /^\d+$/.test(b);
  if (isNumeric) return Number(a) - Number(b);
  return a < b ? -1 : 1;
}
