/** The trade page: why it fired, where it stands, when it sells, what it cost, its life; and its past, step by step. */
import { ReceiptText } from 'lucide-react';
import { useMemo, useRef } from 'react';
import type { PositionRow, TradeDetail } from '#protocol';
import { HALF_CENT, microPriceText, resultText, toneOf } from '../../format/money.ts';
import { countText, signedText } from '../../format/number.ts';
import { spanText } from '../../format/span.ts';
import { EngineSpan } from '../../parts/engine-time.tsx';
import { useOnScreen, useSeenTopic } from '../../parts/seen-topic.ts';
import { SymbolLink } from '../../parts/symbol-link.tsx';
import type { PanelDefinition } from '../panel.ts';
import { usePickedTrade } from '../positions/positions-panel.tsx';
import { Economics } from './economics.tsx';
import { TimeMachineBar } from './time-machine-bar.tsx';
import { Timeline } from './timeline.tsx';
import { TradeActions } from './trade-actions.tsx';
import { TradeChart } from './trade-chart.tsx';
import { percentOf } from './trade-words.ts';
import { usePlayback } from './use-playback.ts';
import { useFit, type Size } from '../../parts/use-fit.ts';
import { useTradeBars } from './use-trade-bars.ts';
import { useTradeDetail } from './use-trade-detail.ts';
import { WhenSells } from './when-sells.tsx';
import { WhyFired } from './why-fired.tsx';
import './trade-page.css';

export const tradePagePanel: PanelDefinition = {
  kind: 'trade-page',
  title: 'Trade',
  explain: 'One trade whole: why it fired, where it stands, when it sells, what it cost; the time machine',
  icon: ReceiptText,
  component: TradePagePanel,
  opensBeside: true,
};

function TradePagePanel() {
  const host = useRef<HTMLElement>(null);
  const isSeen = useOnScreen(host);
  useFit(host, columnsOf);
  const tradeId = usePickedTrade();
  const { detail, fault } = useTradeDetail(tradeId, isSeen);
  return (
    <section ref={host} className="desk-panel trade-page" aria-label="Trade" data-testid="trade-page">
      {detail ? (
        <TradePage key={detail.tradeId} detail={detail} fault={fault} isSeen={isSeen} />
      ) : (
        <NoTrade tradeId={tradeId} fault={fault} />
      )}
    </section>
  );
}

/** How many tables stand side by side. */
function columnsOf({ width }: Size): readonly string[] {
  return width >= 1180 ? ['three'] : width >= 760 ? ['two'] : [];
}

interface TradePageProps {
  readonly detail: TradeDetail;
  readonly fault: string;
  readonly isSeen: boolean;
}

function TradePage({ detail, fault, isSeen }: TradePageProps) {
  const { symbol, signalUs, closedUs, tradeId, fills } = detail;
  const span = useMemo(() => ({ symbol, signalUs, closedUs }), [symbol, signalUs, closedUs]);
  const { bars, isComplete, fault: barsFault } = useTradeBars(span, isSeen);
  const playback = usePlayback(bars, fills, signalUs);
  const positions = useSeenTopic<readonly PositionRow[]>('positions', isSeen && detail.isOpen);
  const position = positions?.find((row) => row.tradeId === tradeId);
  const isPast = playback.atUs !== null;
  return (
    <>
      <Header detail={detail} position={position} />
      {fault !== '' && (
        <p className="trade-fault" role="alert">
          This is the last that was known: {fault}. The engine is asked again; exits do not wait for it.
        </p>
      )}
      <div className="trade-body">
        <div className="trade-chart" data-past={isPast || undefined}>
          <TradeChart detail={detail} bars={bars} atUs={playback.atUs} />
          {bars.length === 0 && (
            <p className="trade-chart-none">
              {barsFault !== ''
                ? `The bars could not be fetched: ${barsFault}.`
                : isComplete
                  ? 'No bar has closed around this trade yet.'
                  : 'Asking for the bars …'}
            </p>
          )}
        </div>
        <div className="trade-controls">
          <TimeMachineBar detail={detail} bars={bars} playback={playback} />
          <TradeActions
            detail={detail}
            held={position?.quantity ?? detail.quantity}
            bid={position?.bid ?? 0}
            isPast={isPast}
          />
        </div>
        <div className="trade-sections">
          <WhyFired detail={detail} />
          <WhenSells detail={detail} isPast={isPast} />
          <Economics detail={detail} />
        </div>
        <Timeline items={detail.timeline} atUs={playback.atUs} />
      </div>
    </>
  );
}

interface HeaderProps {
  readonly detail: TradeDetail;
  readonly position: PositionRow | undefined;
}

function Header({ detail, position }: HeaderProps) {
  const { symbol, strategy, version, isOpen, isShadow, openedUs, closedUs, quantity, entry, exit } = detail;
  const net = position?.pnlNet ?? detail.pnlNet;
  const percent = position?.pnlPercent ?? percentOf(detail);
  const held = isOpen ? (position?.quantity ?? quantity) : quantity;
  return (
    <header className="trade-header">
      <span className="trade-symbol">
        <SymbolLink symbol={symbol} />
      </span>
      <b className="figure trade-quantity" title={isOpen ? 'Shares held' : 'Shares bought and sold again'}>
        {isOpen ? '+' : ''}
        {countText(held)} sh
      </b>
      <span>
        {strategy} <span className="quiet">{version.slice(0, 8)}</span>
      </span>
      {isShadow && <span className="tag">shadow</span>}
      {position?.isHalted === true && (
        <span className="tag" data-tone="danger">
          halted
        </span>
      )}
      {position?.isBlind === true && (
        <span className="tag" data-tone="warn">
          blind
        </span>
      )}
      <span className="trade-state" data-open={isOpen || undefined}>
        {isOpen ? (
          openedUs > 0 ? (
            <>
              open <EngineSpan us={openedUs} way="since" className="figure" />
            </>
          ) : (
            'entry under way'
          )
        ) : openedUs > 0 && closedUs !== null ? (
          <>
            closed after <span className="figure">{spanText(closedUs - openedUs)}</span>
          </>
        ) : (
          'not entered'
        )}
      </span>
      {entry !== null && (
        <span className="figure trade-prices">
          <span className="entry-price">{microPriceText(entry)}</span>
          {exit !== null && <> → {microPriceText(exit)}</>}
        </span>
      )}
      <span className="bar-space" />
      <span
        className="trade-net"
        title="Net of all commissions and fees, dollars; while open as if sold at the bid now"
      >
        <span className="quiet">net</span>
        <b className="figure" data-tone={toneOf(net, HALF_CENT)} data-testid="trade-net">
          {resultText(net)}
        </b>
        <span className="figure" data-tone={toneOf(net, HALF_CENT)}>
          {Number.isFinite(percent) ? `(${signedText(percent)} %)` : ''}
        </span>
      </span>
    </header>
  );
}

function NoTrade({ tradeId, fault }: { readonly tradeId: string | undefined; readonly fault: string }) {
  return (
    <div className="empty">
      {tradeId === undefined ? (
        <>
          <h2>No trade is chosen</h2>
          <p>
            Click a row of the positions, the working orders or the closed trades: the trade shows here why it fired,
            where it stands and when it would sell.
          </p>
        </>
      ) : fault === '' ? (
        <p>Asking the engine …</p>
      ) : (
        <>
          <h2>This trade cannot be shown</h2>
          <p>The engine said: {fault}. Choose another one; nothing that is held is affected.</p>
        </>
      )}
    </div>
  );
}
