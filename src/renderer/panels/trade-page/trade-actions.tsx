/** What one may do to an open trade: sell it now, move its stop, take its target away. */
import { useState } from 'react';
import type { TradeDetail } from '#protocol';
import { countText } from '../../format/number.ts';
import { ConfirmButton } from '../../parts/confirm-button.tsx';
import { LiveNote } from '../../parts/live-note.tsx';
import { useDeskActions } from '../../parts/use-desk-actions.ts';
import { StopEditor } from '../positions/stop-editor.tsx';

interface TradeActionsProps {
  readonly detail: TradeDetail;
  readonly held: number;
  /** Best bid in dollars, 0 when not known. */
  readonly bid: number;
  /** The time machine shows an instant gone by: what is pressed here acts now all the same. */
  readonly isPast: boolean;
}

export function TradeActions({ detail, held, bid, isPast }: TradeActionsProps) {
  const actions = useDeskActions();
  const [isMoving, setMoving] = useState(false);
  const { tradeId, symbol, exits } = detail;
  const hasTarget = exits.some(({ rule }) => rule === 'take-profit');
  if (!detail.isOpen) return null;
  if (isMoving)
    return (
      <StopEditor
        position={{ tradeId, symbol, bid, entry: detail.entry ?? 0, exits }}
        actions={actions}
        onClose={() => setMoving(false)}
      />
    );
  return (
    <span className="trade-actions">
      {isPast && <LiveNote text="These act now:" />}
      <ConfirmButton
        className="button danger-button"
        label="Flatten"
        confirm={`Sell ${countText(held)}?`}
        title="Sell everything that is held of this trade now (press twice)"
        testId="trade-flatten"
        onConfirm={() => actions.flatten(tradeId, symbol)}
      />
      <button type="button" className="button" title="Set another stop price" onClick={() => setMoving(true)}>
        Move stop
      </button>
      <ConfirmButton
        label="Let it run"
        confirm="No target?"
        title={
          hasTarget
            ? 'Take the target away and let the other exits decide (press twice)'
            : 'There is no target to take away'
        }
        isDisabled={!hasTarget}
        onConfirm={() => actions.letRun(tradeId, symbol)}
      />
    </span>
  );
}
