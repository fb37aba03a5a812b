/** Levels, fills and instants of a trade for its chart, as they are now or as they were at an instant. Pure. */
import type { BarView, ExitPlanRule, TradeDetail } from '#protocol';
import { exitKind as lineKind } from '../../charts/trade-lines.ts';
import type { ChartLine, ChartMarker, ChartMoment } from '../../charts/chart-marks.ts';
import { microPriceText } from '../../format/money.ts';
import { exitWords } from '../../format/exit-words.ts';
import { holdingAt, planAt } from './trade-words.ts';

export interface TradeMarks {
  readonly lines: readonly ChartLine[];
  readonly markers: readonly ChartMarker[];
  readonly moments: readonly ChartMoment[];
}

/**
 * `atUs` null: now. Then the levels are the forecast's own; in the past they are those of the plan in force. Where a trail
 * stood is not recorded: it is worked out from the bids at the closes of `bars`, and called "about".
 */
export function tradeMarks(detail: TradeDetail, atUs: number | null, bars: readonly BarView[]): TradeMarks {
  const untilUs = atUs ?? Infinity;
  const markers = detail.fills
    .filter((fill) => fill.atUs <= untilUs)
    .map((fill) => ({
      id: fill.executionId,
      atUs: fill.atUs,
      price: fill.price / 1e6,
      side: fill.side,
      text: `${fill.side === 'buy' ? '+' : '−'}${fill.quantity}`,
    }));
  const moments = untilUs < detail.signalUs ? [] : [{ id: 'signal', atUs: detail.signalUs, title: 'signal' }];
  return { lines: [...entryLine(detail, untilUs), ...exitLines(detail, atUs, bars)], markers, moments };
}

function entryLine(detail: TradeDetail, untilUs: number): readonly ChartLine[] {
  const { held, entry } = holdingAt(detail.fills, untilUs, 0);
  if (entry === 0) return [];
  const quantity = held > 0 ? held : detail.quantity;
  return [
    {
      id: 'entry',
      kind: 'entry',
      price: entry / 1e6,
      title: `${quantity} @ ${microPriceText(entry)}`,
      ...(detail.isShadow ? { isShadow: true } : {}),
    },
  ];
}

function exitLines(detail: TradeDetail, atUs: number | null, bars: readonly BarView[]): readonly ChartLine[] {
  if (atUs === null && detail.isOpen)
    return detail.exits.flatMap((exit, i) =>
      exit.price === null
        ? []
        : [
            {
              id: `exit ${i}`,
              kind: lineKind(exit.rule),
              price: exit.price / 1e6,
              title: exit.isNext ? `${exitWords(exit.rule)}, next` : exitWords(exit.rule),
              ...(exit.isNext ? { isNext: true } : {}),
            },
          ],
    );
  // A trade that is over shows the plan it ended with.
  const at = atUs ?? detail.closedUs ?? Infinity;
  if (detail.closedUs !== null && at > detail.closedUs) return [];
  return (planAt(detail.plans, at)?.rules ?? []).flatMap((rule, i) => {
    const trail = trailAbout(rule, bars, detail.openedUs, at);
    const price = rule.price ?? trail;
    const title = trail === null ? exitWords(rule.rule) : 'trail, about';
    return price === null ? [] : [{ id: `exit ${i}`, kind: lineKind(rule.rule), price: price / 1e6, title }];
  });
}

/** Micro-dollars; null when nothing trails, or the distance is measured in what the bars do not carry. */
export function trailAbout(
  rule: Pick<ExitPlanRule, 'trailPercent' | 'trailPrice'>,
  bars: readonly BarView[],
  openedUs: number,
  atUs: number,
): number | null {
  if (openedUs === 0 || (rule.trailPercent === null && rule.trailPrice === null)) return null;
  let peak = 0;
  for (const { closeTimeUs, bidAtClose } of bars)
    if (closeTimeUs >= openedUs && closeTimeUs <= atUs) peak = Math.max(peak, bidAtClose * 1e6);
  if (peak === 0) return null;
  return Math.round(rule.trailPrice === null ? peak * (1 - (rule.trailPercent ?? 0) / 100) : peak - rule.trailPrice);
}
