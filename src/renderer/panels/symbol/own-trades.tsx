/** What we have in this symbol: open positions and working orders, and the hands on them. */
import { useState, type FormEvent } from 'react';
import type { OrderRow, PositionRow } from '#protocol';
import { useServices } from '../../app/services.ts';
import { exitDistance, nextExit } from '../../charts/trade-lines.ts';
import { countText, fixedText, priceText, signedText } from '../../format/number.ts';
import { ConfirmButton } from '../../parts/confirm-button.tsx';
import { EngineSpan } from '../../parts/engine-time.tsx';
import { LiveNote } from '../../parts/live-note.tsx';
import '../../parts/desk-table.css';
import { ActionLine } from './action-line.tsx';
import { parsePrice } from './ticket-cost.ts';
import { useAction, type Action } from './use-action.ts';

interface OwnTradesProps {
  readonly symbol: string;
  readonly positions: readonly PositionRow[];
  readonly orders: readonly OrderRow[];
  readonly isConnected: boolean;
  /** Said while the rest of the page looks back; '' when nothing has to be. */
  readonly liveNote: string;
}

export function OwnTrades({ symbol, positions, orders, isConnected, liveNote }: OwnTradesProps) {
  const action = useAction();
  const { link } = useServices();
  return (
    <section className="sp-own" aria-label={`Positions and orders in ${symbol}`} data-testid="own-trades">
      <header className="sp-side-head">
        <b>Held and working</b>
        <span className="quiet">
          {positions.length} open, {orders.length} working
        </span>
      </header>
      {liveNote !== '' && <LiveNote text={`${liveNote} What is pressed here acts now.`} />}
      {positions.length + orders.length === 0 && (
        <p className="sp-side-empty">
          Nothing is held or working in {symbol}. Positions stand here with their next exit, orders with their state.
        </p>
      )}
      {positions.map((position) => (
        <Position key={position.tradeId} position={position} action={action} isConnected={isConnected} />
      ))}
      {orders.map((order) => (
        <div key={order.orderId} className="sp-own-row">
          <span className="sp-own-side" data-side={order.side}>
            {order.side.toUpperCase()}
          </span>
          <span title="Filled of wanted shares">
            {countText(order.filled)} / {countText(order.quantity)}
          </span>
          <span>{order.limit === null ? 'market' : priceText(order.limit / 1e6)}</span>
          <span className="quiet">{order.strategy || order.purpose}</span>
          <span className="sp-own-state">{order.state}</span>
          <EngineSpan us={order.createdUs} way="since" className="quiet" />
          <span className="bar-space" />
          <ConfirmButton
            label="Cancel order"
            confirm="Sure?"
            title={`Cancels this ${order.side} order at the broker`}
            isDisabled={!isConnected}
            onConfirm={() =>
              action.run(`Cancel ${order.side} ${countText(order.quantity - order.filled)}`, () =>
                link.commands.cancelOrder({ orderId: order.orderId }),
              )
            }
          />
        </div>
      ))}
      <ActionLine state={action.state} testId="own-state" />
    </section>
  );
}

interface PositionProps {
  readonly position: PositionRow;
  readonly action: Action;
  readonly isConnected: boolean;
}

function Position({ position, action, isConnected }: PositionProps) {
  const { link } = useServices();
  const [isMoving, setMoving] = useState(false);
  const next = nextExit(position);
  const distance = next ? exitDistance(position, next) : null;
  const result = position.pnlNet / 1e6;
  const { tradeId } = position;
  return (
    <div className="sp-own-position" data-shadow={position.isShadow || undefined}>
      <div className="sp-own-row">
        <b className="sp-own-entry" title="Shares held and average entry price">
          {countText(position.quantity)} @ {priceText(position.entry / 1e6)}
        </b>
        <span
          className="sp-own-result"
          data-sign={result > 0.005 ? 1 : result < -0.005 ? -1 : 0}
          title="Net of every cost if sold at the bid now"
        >
          {signedText(result)} <small>{signedText(position.pnlPercent)} %</small>
        </span>
        <span className="quiet">
          {position.strategy}
          {position.isShadow ? ', shadow' : ''}
        </span>
        <EngineSpan us={position.openedUs} way="since" className="quiet" />
        {position.isHalted && (
          <span className="truth-badge" data-kind="halted">
            HALTED
          </span>
        )}
        {position.isBlind && (
          <span className="truth-badge" data-kind="blind">
            BLIND
          </span>
        )}
      </div>
      <div className="sp-own-row">
        {next && (
          <span className="sp-own-next" title="The exit nearest to firing, and how far the bid is from it">
            next: {next.rule} {next.price !== null ? priceText(next.price / 1e6) : ''}
            {distance !== null && <small> {fixedText(distance, 2)} away</small>}
            {next.atUs !== null && (
              <small>
                {' in '}
                <EngineSpan us={next.atUs} way="until" />
              </small>
            )}
          </span>
        )}
        <span className="bar-space" />
        {!position.isShadow && (
          <>
            <button
              type="button"
              className="button"
              disabled={!isConnected}
              onClick={() => setMoving(!isMoving)}
              aria-expanded={isMoving}
              title="Sets a new price for the stop"
            >
              Move stop
            </button>
            <ConfirmButton
              label="Let run"
              confirm="Sure?"
              title="Takes the target away; the other exits stay"
              isDisabled={!isConnected}
              onConfirm={() => action.run('Let it run', () => link.commands.letRun({ tradeId }))}
            />
            <ConfirmButton
              label="Flatten"
              confirm="Sell all?"
              className="button sp-own-flatten"
              testId="flatten"
              title={`Sells all ${countText(position.quantity)} shares of this trade now`}
              isDisabled={!isConnected}
              onConfirm={() => action.run(`Flatten ${position.symbol}`, () => link.commands.flatten({ tradeId }))}
            />
          </>
        )}
      </div>
      {isMoving && (
        <StopForm
          position={position}
          onClose={() => setMoving(false)}
          onMove={(price) =>
            void action.run(`Stop to ${priceText(price)}`, () =>
              link.commands.moveStop({ tradeId, price: Math.round(price * 1e6) }),
            )
          }
        />
      )}
    </div>
  );
}

interface StopFormProps {
  readonly position: PositionRow;
  readonly onClose: () => void;
  readonly onMove: (price: number) => void;
}

function StopForm({ position, onClose, onMove }: StopFormProps) {
  const [text, setText] = useState('');
  const [fault, setFault] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const parsed = parsePrice(text);
    if ('fault' in parsed) return setFault(parsed.fault);
    if (parsed.price >= position.bid && position.bid > 0)
      return setFault(
        `That is not under the bid of ${priceText(position.bid)}: it would sell at once. Use Flatten for that.`,
      );
    onMove(parsed.price);
    onClose();
  };
  return (
    <form
      className="sp-own-row sp-stop-form"
      onSubmit={submit}
      onKeyDown={(event) => event.key === 'Escape' && onClose()}
    >
      <label>
        New stop ${' '}
        <input
          className="text-input"
          autoFocus
          inputMode="decimal"
          value={text}
          placeholder={priceText(position.bid)}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      <button type="submit" className="button">
        Move it
      </button>
      <span className="sp-own-fault" role="alert">
        {fault}
      </span>
    </form>
  );
}
