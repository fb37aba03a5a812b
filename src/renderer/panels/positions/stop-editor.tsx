/** Sets another stop: a price, checked against the bid before it is sent. Enter sends, Escape leaves. */
import { useState } from 'react';
import type { PositionRow } from '#protocol';
import { microPriceText } from '../../format/money.ts';
import { priceText } from '../../format/number.ts';
import type { DeskActions } from '../../parts/use-desk-actions.ts';
import { stopFault } from './stop-price.ts';

interface StopEditorProps {
  readonly position: Pick<PositionRow, 'tradeId' | 'symbol' | 'bid' | 'entry' | 'exits'>;
  readonly actions: DeskActions;
  readonly onClose: () => void;
}

export function StopEditor({ position, actions, onClose }: StopEditorProps) {
  const { tradeId, symbol, bid, entry } = position;
  const stop = position.exits.find(({ rule }) => rule === 'stop-loss')?.price ?? null;
  const [text, setText] = useState(stop === null ? '' : (stop / 1e6).toFixed(stop < 1e6 ? 4 : 2));
  const fault = stopFault(text, bid);
  const send = async (): Promise<void> => {
    if (fault !== '') return;
    if (await actions.moveStop(tradeId, symbol, Math.round(Number(text) * 1e6))) onClose();
  };
  return (
    <form
      className="stop-editor"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
      onKeyDown={(event) => event.key === 'Escape' && onClose()}
    >
      <b>Stop of {symbol}</b>
      <input
        autoFocus
        className="text-input figure"
        aria-label={`New stop price of ${symbol} in dollars`}
        aria-invalid={fault !== ''}
        inputMode="decimal"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onFocus={(event) => event.target.select()}
      />
      <button type="submit" className="button" disabled={fault !== ''}>
        Move the stop
      </button>
      <button type="button" className="button" onClick={onClose}>
        Leave it
      </button>
      <span className={fault === '' ? 'quiet' : 'stop-fault'} role="status">
        {fault === '' ? `now ${microPriceText(stop)}, entry ${microPriceText(entry)}, bid ${priceText(bid)}` : fault}
      </span>
    </form>
  );
}
