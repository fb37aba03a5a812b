/**
 * Time and sales of one symbol, grown from snapshots of its newest prints. Each snapshot repeats what came before; where one
 * does not reach back to the last, prints in between are missing and a mark stands in their place. Pure.
 */
import type { PrintView } from '#protocol';

export type TapeLine =
  | { readonly kind: 'print'; readonly id: number; readonly print: PrintView }
  | { readonly kind: 'missing'; readonly id: number };

/** Newest first. */
export interface PrintTape {
  readonly lines: readonly TapeLine[];
  readonly nextId: number;
}

export const EMPTY_TAPE: PrintTape = { lines: [], nextId: 1 };
export const TAPE_KEEP = 2_000;

/** Adds a snapshot of the newest prints, newest first. The same tape when there is nothing new. */
export function growTape(tape: PrintTape, newest: readonly PrintView[]): PrintTape {
  const fresh = freshCount(tape, newest);
  if (fresh === 0) return tape;
  const isMissing = fresh === newest.length && tape.lines.length > 0;
  let { nextId } = tape;
  const added: TapeLine[] = [];
  if (isMissing) added.push({ kind: 'missing', id: nextId++ });
  for (let i = fresh - 1; i >= 0; i--) added.push({ kind: 'print', id: nextId++, print: newest[i] as PrintView });
  return { lines: [...added.toReversed(), ...tape.lines].slice(0, TAPE_KEEP), nextId };
}

/** How many of the snapshot's prints are new: the fewest after which the rest repeats what is known. */
function freshCount(tape: PrintTape, newest: readonly PrintView[]): number {
  for (let fresh = 0; fresh < newest.length; fresh++) if (repeats(tape, newest, fresh)) return fresh;
  return newest.length;
}

function repeats(tape: PrintTape, newest: readonly PrintView[], fresh: number): boolean {
  const most = Math.min(newest.length - fresh, tape.lines.length);
  if (most === 0) return false;
  for (let i = 0; i < most; i++) {
    const line = tape.lines[i] as TapeLine;
    // Before a hole nothing is known to follow on.
    if (line.kind === 'missing') return i > 0;
    if (!isSame(line.print, newest[fresh + i] as PrintView)) return false;
  }
  return true;
}

function isSame(a: PrintView, b: PrintView): boolean {
  return a.atUs === b.atUs && a.price === b.price && a.size === b.size && a.venue === b.venue;
}
