/** Working orders: what is out at the broker, how old it is, where its limit stands, and the way to take it back. */
import { ListOrdered } from 'lucide-react';
import { useRef, useState } from 'react';
import type { OrderRow } from '#protocol';
import { useServices } from '../../app/services.ts';
import { microPriceText } from '../../format/money.ts';
import { countText, priceText } from '../../format/number.ts';
import { ConfirmButton } from '../../parts/confirm-button.tsx';
import { dollarsCell, timeCell } from '../../parts/desk-file.ts';
import { DeskTable, type DeskColumn } from '../../parts/desk-table.tsx';
import { EngineSpan } from '../../parts/engine-time.tsx';
import { useOnScreen, useSeenTopic } from '../../parts/seen-topic.ts';
import { SymbolLink } from '../../parts/symbol-link.tsx';
import type { Sort } from '../../parts/table-sort.ts';
import { useDeskActions, type DeskActions } from '../../parts/use-desk-actions.ts';
import type { PanelDefinition } from '../panel.ts';
import { usePickedTrade } from '../positions/positions-panel.tsx';
import { spreadPlace } from './spread-place.ts';
import './working-orders.css';

export const workingOrdersPanel: PanelDefinition = {
  kind: 'working-orders',
  title: 'Working orders',
  explain: 'Orders that are out: state, age, filled, where the limit stands in the spread',
  icon: ListOrdered,
  component: WorkingOrdersPanel,
};

function WorkingOrdersPanel() {
  const host = useRef<HTMLElement>(null);
  const isSeen = useOnScreen(host);
  const rows = useSeenTopic<readonly OrderRow[]>('working-orders', isSeen);
  const { trades } = useServices();
  const picked = usePickedTrade();
  const actions = useDeskActions();
  const [sort, setSort] = useState<Sort | null>(null);
  const pickedOrder = rows?.find(({ tradeId }) => tradeId === picked)?.orderId;
  return (
    <section ref={host} className="desk-panel" aria-label="Working orders">
      <DeskTable
        label="Working orders"
        testId="working-orders"
        columns={columnsOf(actions)}
        rows={rows ?? []}
        rowKey={({ orderId }) => orderId}
        sort={sort}
        onSort={setSort}
        onPick={({ tradeId }) => trades.pick(tradeId)}
        picked={pickedOrder}
        rowState={({ state }) => state}
        empty={
          rows === undefined ? (
            <p>Asking the engine …</p>
          ) : (
            <>
              <h2>No order is out</h2>
              <p>
                Orders appear here from the moment they are written down until they are filled, cancelled or rejected.
                An enabled strategy sends them while AUTO is on; exits are sent whether it is on or not.
              </p>
            </>
          )
        }
      />
    </section>
  );
}

const PURPOSES: Readonly<Record<OrderRow['purpose'], string>> = {
  entry: 'Opens a position',
  exit: 'Closes a position by one of its exit rules',
  manual: 'Bought by hand',
  flatten: 'Sells everything that is held of a trade',
};

/** States in which nobody knows what became of the order. */
const UNSURE = new Set(['unknown', 'unconfirmed']);

function columnsOf(actions: DeskActions): readonly DeskColumn<OrderRow>[] {
  return [
    {
      id: 'symbol',
      title: 'Symbol',
      explain: 'Ticker',
      width: 66,
      isText: true,
      value: ({ symbol }) => symbol,
      cell: ({ symbol }) => <SymbolLink symbol={symbol} />,
    },
    {
      id: 'state',
      title: 'State',
      explain: 'What the broker last said of it',
      width: 96,
      isText: true,
      value: ({ state }) => state,
      cell: ({ state }) => (
        <span className="tag" data-tone={UNSURE.has(state) ? 'danger' : undefined}>
          {state}
        </span>
      ),
    },
    {
      id: 'age',
      title: 'Age',
      explain: 'Time since the decision',
      width: 66,
      value: ({ createdUs }) => -createdUs,
      csv: ({ createdUs }) => timeCell(createdUs),
      cell: ({ createdUs }) => <EngineSpan us={createdUs} way="since" className="figure" />,
    },
    {
      id: 'purpose',
      title: 'Purpose',
      explain: 'Entry, exit, by hand, or flatten',
      width: 60,
      isText: true,
      value: ({ purpose }) => purpose,
      cell: ({ purpose }) => <span title={PURPOSES[purpose]}>{purpose}</span>,
    },
    {
      id: 'side',
      title: 'Side',
      explain: 'Buy or sell',
      width: 40,
      isText: true,
      value: ({ side }) => side,
      cell: ({ side }) => side,
    },
    {
      id: 'filled',
      title: 'Filled',
      explain: 'Shares filled of those ordered',
      width: 82,
      value: ({ filled, quantity }) => (quantity > 0 ? filled / quantity : 0),
      csv: ({ filled, quantity }) => `${filled}/${quantity}`,
      cell: ({ filled, quantity }) => (
        <span className="figure">
          {countText(filled)}
          <span className="quiet"> / {countText(quantity)}</span>
        </span>
      ),
    },
    {
      id: 'limit',
      title: 'Limit',
      explain: 'Limit price; none for a market order',
      width: 68,
      value: ({ limit }) => limit ?? NaN,
      csv: ({ limit }) => dollarsCell(limit),
      cell: ({ limit }) => (limit === null ? 'market' : microPriceText(limit)),
    },
    {
      id: 'nbbo',
      title: 'Bid × ask',
      explain: 'National best bid and offer now',
      width: 122,
      dropsBelow: 940,
      cell: ({ bid, ask }) => (
        <span className="figure quiet">
          {priceText(bid)} × {priceText(ask)}
        </span>
      ),
    },
    {
      id: 'place',
      title: 'In the spread',
      explain: 'Where the limit stands between bid (left) and ask (right)',
      width: 150,
      grow: 1,
      isText: true,
      cell: (row) => <SpreadBar row={row} />,
    },
    {
      id: 'reprices',
      title: 'Re-prices',
      explain: 'How often the limit may still follow the market before the entry is given up; exits follow without end',
      width: 64,
      value: ({ repricesLeft }) => repricesLeft,
      cell: ({ repricesLeft }) => (repricesLeft < 0 ? <span className="quiet">no end</span> : repricesLeft),
    },
    {
      id: 'strategy',
      title: 'Strategy',
      explain: 'Who sent it',
      width: 98,
      dropsBelow: 1040,
      isText: true,
      value: ({ strategy }) => strategy,
      cell: ({ strategy }) => <span className="quiet">{strategy}</span>,
    },
    {
      id: 'actions',
      title: '',
      explain: 'Take the order back',
      width: 62,
      isText: true,
      cell: ({ orderId, symbol }) => (
        <span className="row-actions">
          <ConfirmButton
            className="row-action"
            label="cancel"
            confirm="sure?"
            title="Take this order back (press twice)"
            onConfirm={() => actions.cancelOrder(orderId, symbol)}
          />
        </span>
      ),
    },
  ];
}

function SpreadBar({ row }: { readonly row: OrderRow }) {
  const { words, place } = spreadPlace(row.side, row.limit, row.bid, row.ask);
  return (
    <span className="spread-place">
      {Number.isFinite(place) && (
        <span className="spread-bar" aria-hidden="true">
          {/* A quarter of the width on either side is outside the spread. */}
          <i style={{ left: `${Math.min(100, Math.max(0, ((place + 0.5) / 2) * 100))}%` }} data-side={row.side} />
        </span>
      )}
      <span className="quiet">{words}</span>
    </span>
  );
}
