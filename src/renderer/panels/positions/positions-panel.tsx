/** Open positions: what is held, what it would bring now, and what is about to happen to each. */
import { Briefcase } from 'lucide-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { PositionRow } from '#protocol';
import { useServices } from '../../app/services.ts';
import { HALF_CENT, microPriceText, toneOf } from '../../format/money.ts';
import { countText, priceText, signedText } from '../../format/number.ts';
import { ConfirmButton } from '../../parts/confirm-button.tsx';
import { dollarsCell, timeCell } from '../../parts/desk-file.ts';
import { DeskTable, type DeskColumn } from '../../parts/desk-table.tsx';
import { EngineSpan } from '../../parts/engine-time.tsx';
import { Fade, Result } from '../../parts/figure.tsx';
import { SymbolLink } from '../../parts/symbol-link.tsx';
import type { Sort } from '../../parts/table-sort.ts';
import { useDeskActions, type DeskActions } from '../../parts/use-desk-actions.ts';
import { useOnScreen, useSeenTopic } from '../../parts/seen-topic.ts';
import type { PanelDefinition } from '../panel.ts';
import { DistanceBar, nextExitOf } from './distance-bar.tsx';
import { exitWords } from '../../format/exit-words.ts';
import { StopEditor } from './stop-editor.tsx';
import './positions.css';

export const positionsPanel: PanelDefinition = {
  kind: 'positions',
  title: 'Positions',
  explain: 'Open positions: live result, age, and the exit that comes next',
  icon: Briefcase,
  component: PositionsPanel,
};

function PositionsPanel() {
  const host = useRef<HTMLElement>(null);
  const isSeen = useOnScreen(host);
  const rows = useSeenTopic<readonly PositionRow[]>('positions', isSeen);
  const { trades } = useServices();
  const picked = usePickedTrade();
  const actions = useDeskActions();
  const [sort, setSort] = useState<Sort | null>(null);
  const [moving, setMoving] = useState<string>();
  const stopOf = rows?.find(({ tradeId }) => tradeId === moving);
  return (
    <section ref={host} className="desk-panel" aria-label="Open positions">
      {stopOf && <StopEditor position={stopOf} actions={actions} onClose={() => setMoving(undefined)} />}
      <DeskTable
        label="Open positions"
        testId="positions"
        columns={columnsOf(actions, (tradeId) => setMoving((now) => (now === tradeId ? undefined : tradeId)))}
        rows={rows ?? []}
        rowKey={({ tradeId }) => tradeId}
        sort={sort}
        onSort={setSort}
        onPick={({ tradeId }) => trades.pick(tradeId)}
        picked={picked}
        rowState={stateOf}
        footer={rows && totals(rows)}
        empty={rows === undefined ? <p>Asking the engine …</p> : <NoPositions />}
      />
    </section>
  );
}

/** The trade this window looks at, as state. */
export function usePickedTrade(): string | undefined {
  const { trades } = useServices();
  const [picked, setPicked] = useState(trades.current);
  useEffect(() => trades.follow(setPicked), [trades]);
  return picked;
}

function stateOf(row: PositionRow): string {
  if (row.isHalted) return 'halted';
  if (row.isBlind) return 'blind';
  return row.isShadow ? 'shadow' : 'open';
}

/** Words of the engine for a position that is simply held. */
const QUIET_STATES = new Set(['open', '']);

function columnsOf(actions: DeskActions, onMove: (tradeId: string) => void): readonly DeskColumn<PositionRow>[] {
  return [
    {
      id: 'symbol',
      title: 'Symbol',
      explain: 'Ticker, and what is the matter with it',
      width: 94,
      isText: true,
      value: ({ symbol }) => symbol,
      cell: (row) => (
        <span className="position-name">
          <SymbolLink symbol={row.symbol} />
          <StateTag row={row} />
        </span>
      ),
    },
    {
      id: 'strategy',
      title: 'Strategy',
      explain: 'The strategy that bought it',
      width: 98,
      dropsBelow: 1080,
      isText: true,
      value: ({ strategy }) => strategy,
      cell: ({ strategy, version }) => (
        <span className="quiet" title={`version ${version}`}>
          {strategy}
        </span>
      ),
    },
    {
      id: 'quantity',
      title: 'Qty',
      explain: 'Shares held',
      width: 48,
      value: ({ quantity }) => quantity,
      cell: ({ quantity }) => countText(quantity),
    },
    {
      id: 'entry',
      title: 'Entry',
      explain: 'Average price paid a share, without commissions',
      width: 68,
      value: ({ entry }) => entry,
      csv: ({ entry }) => dollarsCell(entry),
      cell: ({ entry }) => <span className="entry-price">{microPriceText(entry)}</span>,
    },
    {
      id: 'last',
      title: 'Last',
      explain: 'Last eligible trade in the market',
      width: 68,
      dropsBelow: 960,
      value: ({ last }) => last,
      cell: ({ last }) => <Fade value={last}>{priceText(last)}</Fade>,
    },
    {
      id: 'bid',
      title: 'Bid',
      explain: 'Best bid: what it could be sold at now',
      width: 68,
      value: ({ bid }) => bid,
      cell: ({ bid }) => <Fade value={bid}>{priceText(bid)}</Fade>,
    },
    {
      id: 'pnl',
      title: 'P&L net',
      explain: 'What it would bring in dollars if sold at the bid now, all commissions and fees of both ways included',
      width: 72,
      value: ({ pnlNet }) => pnlNet,
      csv: ({ pnlNet }) => dollarsCell(pnlNet),
      cell: ({ pnlNet }) => (
        <Fade value={pnlNet}>
          <Result micros={pnlNet} />
        </Fade>
      ),
    },
    {
      id: 'percent',
      title: '%',
      explain: 'The same in percent of what was paid',
      width: 54,
      dropsBelow: 900,
      value: ({ pnlPercent }) => pnlPercent,
      cell: ({ pnlPercent, pnlNet }) => (
        <span className="figure" data-tone={toneOf(pnlNet, HALF_CENT)}>
          {signedText(pnlPercent)}
        </span>
      ),
    },
    {
      id: 'age',
      title: 'Age',
      explain: 'Time since the first fill',
      width: 66,
      value: ({ openedUs }) => -openedUs,
      csv: ({ openedUs }) => timeCell(openedUs),
      cell: ({ openedUs }) => <EngineSpan us={openedUs} way="since" className="figure" />,
    },
    {
      id: 'next',
      title: 'Next exit',
      explain: 'The exit rule that is nearest, where it fires, and how far away that is',
      width: 150,
      isText: true,
      value: nextDistance,
      csv: (row) => nextExitOf(row)?.rule ?? '',
      cell: (row) => <NextExit row={row} />,
    },
    {
      id: 'bar',
      title: 'stop … target',
      explain: 'Left the stop or trail, right the target; the mark is where we bought, the dot is the bid now',
      width: 104,
      grow: 1,
      isText: true,
      cell: (row) => <DistanceBar position={row} />,
    },
    {
      id: 'actions',
      title: '',
      explain: 'Flatten, move the stop, or take the target away',
      width: 140,
      isText: true,
      cell: (row) => <RowActions row={row} actions={actions} onMove={onMove} />,
    },
  ];
}

function nextDistance(row: PositionRow): number {
  const next = nextExitOf(row);
  return next === undefined || next.distancePercent === null ? NaN : Math.abs(next.distancePercent);
}

function StateTag({ row }: { readonly row: PositionRow }) {
  if (row.isHalted)
    return (
      <span className="tag" data-tone="danger" title="Trading is halted. Nothing can be sold until it resumes.">
        halt
      </span>
    );
  if (row.isBlind)
    return (
      <span className="tag" data-tone="warn" title="The feed has a gap here: prices may be old, exits of price wait.">
        blind
      </span>
    );
  if (row.isShadow)
    return (
      <span className="tag" title="A strategy that only pretends to trade. No order was sent.">
        shadow
      </span>
    );
  if (QUIET_STATES.has(row.state)) return null;
  return (
    <span className="tag" title={`What the engine says of this position: ${row.state}`}>
      {row.state}
    </span>
  );
}

function NextExit({ row }: { readonly row: PositionRow }) {
  const next = nextExitOf(row);
  if (next === undefined)
    return (
      <span className="quiet" title="No rule of this position can fire as things stand.">
        none armed
      </span>
    );
  return (
    <span className="next-exit">
      <span>{exitWords(next.rule)}</span>
      {next.price !== null && <b className="figure">{microPriceText(next.price)}</b>}
      {next.distance !== null && (
        <span className="figure quiet" title="Distance from the bid, dollars a share">
          {signedText(next.distance / 1e6)}
        </span>
      )}
      {next.atUs !== null && (
        <b className="figure">
          in <EngineSpan us={next.atUs} way="until" />
        </b>
      )}
    </span>
  );
}

interface RowActionsProps {
  readonly row: PositionRow;
  readonly actions: DeskActions;
  readonly onMove: (tradeId: string) => void;
}

function RowActions({ row, actions, onMove }: RowActionsProps) {
  const { tradeId, symbol, quantity } = row;
  const hasTarget = row.exits.some(({ rule }) => rule === 'take-profit');
  return (
    <span className="row-actions">
      <ConfirmButton
        className="row-action"
        label="flatten"
        confirm="sell?"
        title={`Sell all ${countText(quantity)} shares of ${symbol} now (press twice)`}
        testId="row-flatten"
        onConfirm={() => actions.flatten(tradeId, symbol)}
      />
      <button
        type="button"
        className="row-action"
        title="Set another stop price"
        onClick={(event) => {
          event.stopPropagation();
          onMove(tradeId);
        }}
      >
        stop
      </button>
      <ConfirmButton
        className="row-action"
        label="let run"
        confirm="sure?"
        title={
          hasTarget
            ? 'Take the target away and let the other exits decide (press twice)'
            : 'The target was taken away already'
        }
        isDisabled={!hasTarget}
        onConfirm={() => actions.letRun(tradeId, symbol)}
      />
    </span>
  );
}

function totals(rows: readonly PositionRow[]): Readonly<Record<string, ReactNode>> {
  // Shadow positions cost nothing and bring nothing.
  const own = rows.filter(({ isShadow }) => !isShadow);
  const shadows = rows.length - own.length;
  const net = own.reduce((sum, { pnlNet }) => sum + pnlNet, 0);
  const paid = own.reduce((sum, { entry, quantity }) => sum + entry * quantity, 0);
  return {
    symbol: (
      <span title={shadows > 0 ? `${shadows} shadow positions are not counted` : undefined}>
        {own.length} open{shadows > 0 && ` + ${shadows} shadow`}
      </span>
    ),
    pnl: <Result micros={net} testId="positions-net" />,
    percent: (
      <span className="figure" data-tone={toneOf(net, HALF_CENT)}>
        {paid > 0 ? signedText((net / paid) * 100) : '–'}
      </span>
    ),
  };
}

function NoPositions() {
  return (
    <>
      <h2>Nothing is held</h2>
      <p>
        Positions appear here with the first fill. Switch AUTO on in the strip above and enable a strategy; between
        09:30 and 16:00 New York time it buys by itself. A purchase by hand shows up here too.
      </p>
    </>
  );
}
