/** One line that says what became of the last action. It has its height always, so that nothing moves. */
import type { ActionState } from './use-action.ts';

export function ActionLine({ state, testId }: { readonly state: ActionState; readonly testId?: string }) {
  return (
    <p
      className="sp-action-line"
      data-state={state.kind}
      data-testid={testId}
      role="status"
      title={state.kind === 'idle' ? '' : state.text}
    >
      {state.kind === 'idle' ? '' : state.text}
    </p>
  );
}
