/** A command that moves money, with the state the user must see: sent, then accepted or refused with the engine's reason. */
import { useCallback, useEffect, useRef, useState } from 'react';

export type ActionState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'sent'; readonly text: string }
  | { readonly kind: 'accepted'; readonly text: string }
  | { readonly kind: 'refused'; readonly text: string };

/** How long the outcome stays. A refusal stays until the next action. */
const ACCEPTED_MS = 6_000;

export function faultText(fault: unknown): string {
  const { message } = (fault ?? {}) as { readonly message?: unknown };
  return typeof message === 'string' && message !== '' ? message : 'The engine gave no reason.';
}

export interface Action {
  readonly state: ActionState;
  /** `what` names the deed: "Flatten ABC". `done` says what an accepted one means, from its answer. */
  readonly run: <T>(what: string, command: () => Promise<T>, done?: (answer: T) => string) => Promise<boolean>;
}

export function useAction(): Action {
  const [state, setState] = useState<ActionState>({ kind: 'idle' });
  const number = useRef(0);
  useEffect(() => {
    if (state.kind !== 'accepted') return;
    const timer = setTimeout(() => setState({ kind: 'idle' }), ACCEPTED_MS);
    return () => clearTimeout(timer);
  }, [state]);
  const run = useCallback<Action['run']>(async (what, command, done) => {
    const mine = ++number.current;
    const say = (next: ActionState): void => {
      if (mine === number.current) setState(next);
    };
    say({ kind: 'sent', text: `${what}: sent, waiting for the engine` });
    try {
      const answer = await command();
      say({ kind: 'accepted', text: `${what}: accepted${done ? `, ${done(answer)}` : ''}` });
      return true;
    } catch (fault) {
      say({ kind: 'refused', text: `${what}: refused. ${faultText(fault)}` });
      return false;
    }
  }, []);
  return { state, run };
}
