/** Levels across the price pane: where we bought, where we would sell, what works. Matched by id, changed in place. */
import { LineStyle, type AutoscaleInfo, type ISeriesApi, type PriceLineOptions } from 'lightweight-charts';
import { chartColours, type ChartColours } from './chart-colours.ts';
import type { ChartLine } from './chart-marks.ts';

export interface ChartLevels {
  set(lines: readonly ChartLine[]): void;
  recolour(): void;
  /** The range of the candles, made larger to hold the levels that are not too far from it. */
  stretch(base: AutoscaleInfo | null): AutoscaleInfo | null;
}

type Candles = ISeriesApi<'Candlestick', number>;

/** Levels farther away than this many heights of the candles in sight do not squeeze them. */
const REACH = 1.5;

export function createChartLevels(candles: Candles): ChartLevels {
  const shown = new Map<string, { line: ChartLine; readonly drawn: ReturnType<Candles['createPriceLine']> }>();
  return {
    set: (lines) => {
      const wanted = new Set(lines.map(({ id }) => id));
      for (const [id, { drawn }] of shown) {
        if (wanted.has(id)) continue;
        candles.removePriceLine(drawn);
        shown.delete(id);
      }
      for (const line of lines) {
        const known = shown.get(line.id);
        if (!known) shown.set(line.id, { line, drawn: candles.createPriceLine(levelLook(line)) });
        else if (!isSame(known.line, line)) {
          known.line = line;
          known.drawn.applyOptions(levelLook(line));
        }
      }
    },
    recolour: () => {
      for (const { line, drawn } of shown.values()) drawn.applyOptions(levelLook(line));
    },
    stretch: (base) => {
      if (base === null || base.priceRange === null) return base;
      let { minValue, maxValue } = base.priceRange;
      const reach = Math.max(maxValue - minValue, maxValue * 0.001) * REACH;
      const lowest = minValue - reach;
      const highest = maxValue + reach;
      for (const { line } of shown.values()) {
        if (line.price < lowest || line.price > highest) continue;
        minValue = Math.min(minValue, line.price);
        maxValue = Math.max(maxValue, line.price);
      }
      return { ...base, priceRange: { minValue, maxValue } };
    },
  };
}

function isSame(a: ChartLine, b: ChartLine): boolean {
  return (
    a.price === b.price &&
    a.title === b.title &&
    a.kind === b.kind &&
    a.isNext === b.isNext &&
    a.isShadow === b.isShadow
  );
}

function colourOf(kind: ChartLine['kind'], colours: ChartColours): string {
  switch (kind) {
    case 'entry':
      return colours.entry;
    case 'target':
      return colours.up;
    case 'stop':
    case 'trail':
      return colours.down;
    case 'buy-order':
    case 'sell-order':
      return colours.accent;
    default:
      return colours.text2;
  }
}

function levelLook(line: ChartLine): PriceLineOptions {
  const colours = chartColours();
  const color = colourOf(line.kind, colours);
  const isOrder = line.kind === 'buy-order' || line.kind === 'sell-order';
  const isSolid = line.kind === 'entry' && line.isShadow !== true;
  return {
    id: line.id,
    price: line.price,
    color,
    lineWidth: line.kind === 'entry' || line.isNext === true ? 2 : 1,
    lineStyle: isSolid ? LineStyle.Solid : isOrder ? LineStyle.LargeDashed : LineStyle.Dashed,
    lineVisible: true,
    axisLabelVisible: true,
    title: line.isShadow === true ? `${line.title} shadow` : line.title,
    axisLabelColor: color,
    axisLabelTextColor: colours.surface,
  };
}
