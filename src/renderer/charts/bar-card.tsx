/** Every field of one bar, in words and figures: what the crosshair shows. */
import type { BarView } from '#protocol';
import { bpsText, compactText, countText, priceText, signedText } from '../format/number.ts';
import { dateText, durationText, timeText } from '../format/time.ts';
import { spreadBps } from './bar-points.ts';
import './bar-card.css';

interface Fact {
  readonly label: string;
  readonly text: string;
  readonly sign?: -1 | 0 | 1;
}

const centsText = (dollars: number | null): string =>
  dollars === null ? '–' : `${(dollars * 100).toFixed(dollars < 0.01 ? 2 : 1)}¢`;

/** The facts of a bar, column by column. */
export function barFacts(bar: BarView): readonly (readonly Fact[])[] {
  const change = (bar.close / bar.open - 1) * 100;
  const bps = spreadBps(bar);
  const sided = bar.printsAtAsk + bar.printsAtBid;
  return [
    [
      { label: 'Open', text: priceText(bar.open) },
      { label: 'High', text: priceText(bar.high) },
      { label: 'Low', text: priceText(bar.low) },
      { label: 'Close', text: priceText(bar.close) },
      { label: 'Change', text: `${signedText(change)} %`, sign: Math.sign(change) as -1 | 0 | 1 },
    ],
    [
      { label: 'Volume', text: compactText(bar.volume) },
      { label: 'Trades', text: countText(bar.trades) },
      { label: 'VWAP', text: bar.vwap === null ? '–' : priceText(bar.vwap) },
      { label: 'At ask', text: `${countText(bar.printsAtAsk)} (${share(bar.printsAtAsk, sided)})` },
      { label: 'At bid', text: `${countText(bar.printsAtBid)} (${share(bar.printsAtBid, sided)})` },
    ],
    [
      { label: 'Spread', text: bps === null ? '–' : `${bpsText(bps)} bps` },
      { label: 'Least, most', text: `${centsText(bar.spreadMin)}, ${centsText(bar.spreadMax)}` },
      { label: 'Bid, ask', text: `${priceText(bar.bidAtClose)} × ${priceText(bar.askAtClose)}` },
      // A bar made from trades alone does not know them.
      { label: 'Quotes', text: bar.quotes < 0 ? '–' : countText(bar.quotes) },
      { label: 'Not counted', text: `${countText(bar.ineligiblePrints)} (${compactText(bar.ineligibleVolume)} sh)` },
    ],
  ];
}

function share(part: number, whole: number): string {
  return whole > 0 ? `${Math.round((part / whole) * 100)} %` : '–';
}

/** What is unusual about a bar, as short words. */
export function barFlags(bar: BarView): readonly string[] {
  const flags: string[] = [];
  if (bar.phase !== 'regular') flags.push(bar.phase);
  if (bar.hasHalt) flags.push('halt');
  if (bar.hasGap) flags.push('gap in the data');
  if (bar.isShort) flags.push('cut short by the end of its session');
  if (bar.isForming) flags.push('forming');
  return flags;
}

export function BarCard({ bar }: { readonly bar: BarView | null }) {
  if (bar === null) return null;
  const flags = barFlags(bar);
  return (
    <div className="bar-card" data-testid="bar-card" role="status" aria-live="off">
      <header>
        <b>{timeText(bar.openTimeUs)}</b>
        <span>to {timeText(bar.closeTimeUs)}</span>
        <span className="quiet">
          {dateText(bar.closeTimeUs)}, {durationText(bar.closeTimeUs - bar.openTimeUs)}, bar {countText(bar.index + 1)}
        </span>
        {flags.map((flag) => (
          <i key={flag}>{flag}</i>
        ))}
      </header>
      <div className="bar-card-columns">
        {barFacts(bar).map((column, i) => (
          <dl key={i}>
            {column.map(({ label, text, sign }) => (
              <div key={label}>
                <dt>{label}</dt>
                <dd data-sign={sign}>{text}</dd>
              </div>
            ))}
          </dl>
        ))}
      </div>
    </div>
  );
}
