/**
 * Our own order ids: a pure function of the run and a counter, so that a replay names every order as the first run did.
 * They travel as IBKR's orderRef, so they stay short and plain (docs/specs/orders.md, ORD1).
 */
import { assert } from '../lib/assert.ts';

export const CLIENT_ORDER_ID_MAX = 30;
const RUN_PATTERN = /^[A-Za-z0-9]{1,16}$/;

/** `kind` tells what it names: O order, T trade, Q query. At most 30 characters of [A-Za-z0-9-]. */
export function idOf(kind: 'O' | 'T' | 'Q', run: string, counter: number): string {
  assert(RUN_PATTERN.test(run), 'a run id is 1 to 16 letters and digits');
  assert(Number.isSafeInteger(counter) && counter > 0, 'counters start at 1');
  const id = `${run}-${kind}${counter.toString(36)}`;
  assert(id.length <= CLIENT_ORDER_ID_MAX, 'client order ids fit IBKR orderRef');
  return id;
}
