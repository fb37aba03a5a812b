/** The live facts of a symbol as a row of cells of fixed width: a figure that grows moves nothing. */
import type { ReactNode } from 'react';
import { useServices } from '../../app/services.ts';
import { bpsText, compactText, countText, fixedText, priceText, signedText } from '../../format/number.ts';
import { durationText, timeText } from '../../format/time.ts';
import { MARKET_FIELDS } from '../../stores/market-fields.ts';
import type { MarketMirror } from '../../stores/market-mirror.ts';
import type { Truth } from './symbol-truth.ts';

interface CellProps {
  readonly label: string;
  readonly explain: string;
  readonly width: number;
  readonly children: ReactNode;
  readonly testId?: string;
}

function Cell({ label, explain, width, children, testId }: CellProps) {
  return (
    <div className="sp-fact" style={{ width }} title={explain} data-testid={testId}>
      <span className="sp-fact-label">{label}</span>
      <span className="sp-fact-value">{children}</span>
    </div>
  );
}

const signOf = (value: number): -1 | 0 | 1 => (value > 0 ? 1 : value < 0 ? -1 : 0);

/** Where a price stands between two others, as a bar with its ends written beneath. */
function Between({
  low,
  high,
  at,
  tone,
}: {
  readonly low: number;
  readonly high: number;
  readonly at: number;
  readonly tone: 'day' | 'band';
}) {
  const isKnown = low > 0 && high > low && at > 0;
  const part = isKnown ? Math.min(1, Math.max(0, (at - low) / (high - low))) : 0;
  return (
    <span className="sp-between" data-tone={tone}>
      <span className="sp-between-track">{isKnown && <i style={{ left: `${part * 100}%` }} />}</span>
      <span className="sp-between-ends">
        <span>{priceText(low)}</span>
        <span>{priceText(high)}</span>
      </span>
    </span>
  );
}

interface SymbolFactsProps {
  /** Row in the market mirror, -1 while unknown. */
  readonly row: number;
  readonly truth: Truth;
  readonly phase: string;
}

export function SymbolFacts({ row, truth, phase }: SymbolFactsProps) {
  const { market } = useServices();
  const m = market.mirror;
  const read = (name: keyof typeof MARKET_FIELDS): number => (row < 0 ? Number.NaN : MARKET_FIELDS[name](m, row));
  const column = (name: keyof MarketMirror['columns']): number =>
    row < 0 ? Number.NaN : (m.columns[name][row] as number);
  const change = read('change');
  const changePct = read('changePct');
  const vwapPct = read('vwapPct');
  const lastUs = column('lastTimeUs');
  const spreadCents = (column('ask') - column('bid')) * 100;
  return (
    <div className="sp-facts" data-testid="symbol-facts" role="group" aria-label="Facts">
      <Cell
        label="Last"
        width={88}
        testId="fact-last"
        explain={`Price of the last counting trade, at ${timeText(lastUs)} New York.`}
      >
        <b className="sp-fact-last" data-sign={signOf(change)}>
          {priceText(read('last'))}
        </b>
      </Cell>
      <Cell label="Change" width={118} explain="Last against the previous official close, in dollars and percent.">
        <span data-sign={signOf(change)}>
          {signedText(change)} <small>{signedText(changePct)} %</small>
        </span>
      </Cell>
      <Cell label="Bid × ask" width={158} testId="fact-quote" explain="National best bid and offer.">
        <span className="sp-fact-quote">
          {priceText(read('bid'))} <i>×</i> {priceText(read('ask'))}
        </span>
      </Cell>
      <Cell label="Sizes" width={104} explain="Shares at the best bid and at the best offer.">
        <small className="sp-fact-sizes">
          {countText(read('bidSize'))} × {countText(read('askSize'))}
        </small>
      </Cell>
      <Cell
        label="Spread, usual"
        width={116}
        explain={`Ask minus bid against the middle: ${fixedText(spreadCents, 1)} cents now. The multiple compares with this symbol's own typical spread.`}
      >
        {bpsText(read('spreadBps'))} <small>bps</small>{' '}
        <small className="sp-fact-multiple">{fixedText(read('spreadRatio'), 1)}×</small>
      </Cell>
      <Cell
        label="Volume, usual"
        width={122}
        explain="Shares traded today in all sessions. The multiple compares with what is usual by this minute."
      >
        {compactText(read('volume'))}{' '}
        <small className="sp-fact-multiple">{fixedText(read('relativeVolume'), 1)}×</small>
      </Cell>
      <Cell
        label="From VWAP"
        width={76}
        explain={`Last against the day's volume-weighted average price, ${priceText(column('vwap'))}.`}
      >
        <span data-sign={signOf(vwapPct)}>
          {signedText(vwapPct)} <small>%</small>
        </span>
      </Cell>
      <Cell
        label="Day range"
        width={110}
        explain={`Low and high of today. Opened at ${priceText(column('dayOpen'))}, previous close ${priceText(column('previousClose'))}.`}
      >
        <Between low={column('dayLow')} high={column('dayHigh')} at={column('last')} tone="day" />
      </Cell>
      <Cell
        label="LULD band"
        width={110}
        explain="Limit up-limit down: the price may not trade beyond these. At an edge for 15 seconds trading pauses."
      >
        <Between low={column('luldLow')} high={column('luldHigh')} at={column('last')} tone="band" />
      </Cell>
      <Cell label="Ticks/s" width={58} explain="Trades a second, weighted towards the last ten seconds.">
        {fixedText(read('tickRate'), 1)}
      </Cell>
      <Cell label="Trades" width={66} explain="Trades reported today, all sessions.">
        {countText(read('trades'))}
      </Cell>
      <Cell
        label="State"
        width={96}
        testId="fact-state"
        explain={truth.text === '' ? `Trading. Session: ${phase}.` : truth.text}
      >
        <span className="truth-badge" data-kind={truth.kind}>
          {truth.label === '' ? phase.toUpperCase() || '–' : truth.label}
        </span>
      </Cell>
      <Cell
        label="Last print"
        width={66}
        explain={`The last counting trade was at ${timeText(lastUs)} New York; this is how long before the newest frame.`}
      >
        <small>{lastUs > 0 ? durationText(m.atUs - lastUs) : '–'}</small>
      </Cell>
    </div>
  );
}
