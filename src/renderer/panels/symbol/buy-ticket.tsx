/** Buy by hand, through the same risk path as every strategy: shares, a limit if wanted, a look at the cost, then send. */
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { useServices } from '../../app/services.ts';
import { countText, fixedText, priceText } from '../../format/number.ts';
import { ActionLine } from './action-line.tsx';
import { parsePrice, parseShares, ticketCost } from './ticket-cost.ts';
import { useAction } from './use-action.ts';

interface BuyTicketProps {
  readonly symbol: string;
  readonly bid: number;
  readonly ask: number;
  /** Why nothing can be sent now; '' when it can. */
  readonly obstacle: string;
}

interface Order {
  readonly shares: number;
  readonly limit: number | null;
}

export function BuyTicket({ symbol, bid, ask, obstacle }: BuyTicketProps) {
  const { link } = useServices();
  const [shares, setShares] = useState('');
  const [isMarketable, setMarketable] = useState(true);
  const [limit, setLimit] = useState('');
  const [asked, setAsked] = useState<Order>();
  const [fault, setFault] = useState('');
  const { state, run } = useAction();
  const send = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (asked) send.current?.focus();
  }, [asked]);

  const review = (event: FormEvent): void => {
    event.preventDefault();
    const count = parseShares(shares);
    const price = isMarketable ? null : parsePrice(limit);
    if ('fault' in count) return setFault(count.fault);
    if (price !== null && 'fault' in price) return setFault(price.fault);
    setFault('');
    setAsked({ shares: count.shares, limit: price === null ? null : price.price });
  };
  const confirm = (order: Order): void => {
    setAsked(undefined);
    const micros = order.limit === null ? null : Math.round(order.limit * 1e6);
    void run(
      `Buy ${countText(order.shares)} ${symbol}`,
      () => link.commands.buy({ symbol, quantity: order.shares, limit: micros }),
      ({ id }) => `order ${id}`,
    );
  };
  return (
    <section className="sp-ticket" data-testid="buy-ticket" aria-label={`Buy ${symbol} by hand`}>
      <header className="sp-side-head">
        <b>Buy by hand</b>
        <span className="quiet">the same risk checks as a strategy</span>
      </header>
      {asked === undefined ? (
        <form onSubmit={review} className="sp-ticket-form">
          <label>
            <span>Shares</span>
            <input
              className="text-input"
              data-testid="ticket-shares"
              inputMode="numeric"
              placeholder="0"
              value={shares}
              onChange={(event) => setShares(event.target.value)}
            />
          </label>
          <label
            className="sp-ticket-kind"
            title="A limit at or over the offer, chosen by the engine, so that it fills at once"
          >
            <input type="checkbox" checked={isMarketable} onChange={(event) => setMarketable(event.target.checked)} />
            <span>Marketable</span>
          </label>
          <label>
            <span>Limit $</span>
            <input
              className="text-input"
              inputMode="decimal"
              placeholder={ask > 0 ? priceText(ask) : '–'}
              disabled={isMarketable}
              value={isMarketable ? '' : limit}
              onChange={(event) => setLimit(event.target.value)}
            />
          </label>
          <button
            type="submit"
            className="button"
            data-testid="ticket-review"
            disabled={obstacle !== ''}
            title={obstacle || 'Shows what it costs before anything is sent'}
          >
            Review
          </button>
        </form>
      ) : (
        <Confirm
          order={asked}
          symbol={symbol}
          bid={bid}
          ask={ask}
          button={send}
          onCancel={() => setAsked(undefined)}
          onConfirm={() => confirm(asked)}
          obstacle={obstacle}
        />
      )}
      {fault === '' && obstacle === '' ? (
        <ActionLine state={state} testId="ticket-state" />
      ) : (
        <p className="sp-action-line" data-state={fault === '' ? 'idle' : 'refused'}>
          {fault || obstacle}
        </p>
      )}
    </section>
  );
}

interface ConfirmProps {
  readonly order: Order;
  readonly symbol: string;
  readonly bid: number;
  readonly ask: number;
  readonly obstacle: string;
  readonly button: React.RefObject<HTMLButtonElement | null>;
  readonly onCancel: () => void;
  readonly onConfirm: () => void;
}

function Confirm({ order, symbol, bid, ask, obstacle, button, onCancel, onConfirm }: ConfirmProps) {
  const cost = ticketCost(order.shares, order.limit, bid, ask);
  const money = (dollars: number): string => (Number.isFinite(dollars) ? `$${fixedText(dollars, 2)}` : '–');
  return (
    <div
      className="sp-ticket-confirm"
      data-testid="ticket-confirm"
      role="group"
      aria-label="Check the order before it is sent"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onCancel();
      }}
    >
      <dl>
        <div title="Shares times the limit, or times the offer when marketable">
          <dt>Cash needed, about</dt>
          <dd>{cost ? money(cost.cash) : 'no offer now'}</dd>
        </div>
        <div title="Half the spread: what buying at the offer gives away at once">
          <dt>Crossing the spread</dt>
          <dd>{cost ? money(cost.crossing) : '–'}</dd>
        </div>
        <div title="What would be lost by selling at the bid at once, before commission and fees; the engine adds those and keeps them beside the trade">
          <dt>If sold at once</dt>
          <dd>{cost ? `−${money(cost.roundTrip)}` : '–'}</dd>
        </div>
      </dl>
      <div className="sp-ticket-buttons">
        <button
          ref={button}
          type="button"
          className="button sp-ticket-send"
          data-testid="ticket-send"
          disabled={obstacle !== ''}
          onClick={onConfirm}
        >
          Buy {countText(order.shares)} {symbol}{' '}
          {order.limit === null ? `at about ${priceText(ask)}` : `at ${priceText(order.limit)} or better`}
        </button>
        <button type="button" className="button" onClick={onCancel} title="Escape">
          Cancel
        </button>
      </div>
    </div>
  );
}
