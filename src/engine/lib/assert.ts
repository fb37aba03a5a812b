/** Thrown only for our own bugs. The engine stops, restarts and replays; nothing may catch this to carry on. */
export class AssertionError extends Error {
  override name = 'AssertionError';
}

/** States a fact that must be true; `reason` says why it must. */
export function assert(condition: boolean, reason: string): asserts condition {
  if (!condition) throw new AssertionError(reason);
}

/** Ends an exhaustive switch. */
export function assertNever(value: never): never {
  throw new AssertionError(`unexpected value ${String(value)}`);
}

/** Unwraps a value that cannot be missing here; `reason` says why. */
export function ensure<T>(value: T | null | undefined, reason: string): T {
  if (value === null || value === undefined) throw new AssertionError(reason);
  return value;
}
