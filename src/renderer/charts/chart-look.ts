/** Options that make the chart look like the rest of the window: theme tokens, quiet lines, tabular prices. */
import { CrosshairMode, LineStyle, type ChartOptionsImpl, type DeepPartial } from 'lightweight-charts';
import { bpsText, compactText, priceText } from '../format/number.ts';
import { chartColours, faded } from './chart-colours.ts';

export const PRICE_FORMAT = { type: 'custom', formatter: priceText, minMove: 0.01 } as const;
export const SUB_DOLLAR_FORMAT = { type: 'custom', formatter: priceText, minMove: 0.0001 } as const;
export const VOLUME_FORMAT = { type: 'custom', formatter: compactText, minMove: 1 } as const;
export const SPREAD_FORMAT = { type: 'custom', formatter: bpsText, minMove: 0.1 } as const;

/** Below a pixel a bar candles are mush, and cost the more. */
export const SPACING_LEAST = 1;
/** A steady width: the plot must not move when a price gains a digit. */
export const PRICE_SCALE_WIDTH = { full: 76, mini: 52 } as const;
const SPACING_MOST = 60;

export function chartLook(isMini: boolean): DeepPartial<ChartOptionsImpl<number>> {
  const colours = chartColours();
  const grid = { color: faded(colours.lineStrong, isMini ? 0.35 : 0.5) };
  const crosshair = {
    color: faded(colours.text3, 0.7),
    width: 1,
    style: LineStyle.Dotted,
    labelBackgroundColor: colours.surfaceRaised,
  } as const;
  return {
    layout: {
      background: { color: colours.surface },
      textColor: colours.text2,
      fontFamily: colours.font,
      fontSize: isMini ? 10 : 11,
      attributionLogo: false,
      panes: { separatorColor: colours.line, separatorHoverColor: colours.lineStrong, enableResize: true },
    },
    grid: { vertLines: { ...grid, visible: !isMini }, horzLines: grid },
    crosshair: {
      mode: CrosshairMode.Normal,
      vertLine: { ...crosshair, visible: !isMini, labelVisible: !isMini },
      horzLine: { ...crosshair, visible: !isMini, labelVisible: !isMini },
    },
    rightPriceScale: {
      borderVisible: false,
      minimumWidth: PRICE_SCALE_WIDTH[isMini ? 'mini' : 'full'],
      scaleMargins: isMini ? { top: 0.12, bottom: 0.08 } : { top: 0.08, bottom: 0.06 },
    },
    timeScale: {
      visible: !isMini,
      borderColor: colours.line,
      minBarSpacing: SPACING_LEAST,
      maxBarSpacing: SPACING_MOST,
      rightBarStaysOnScroll: true,
      shiftVisibleRangeOnNewBar: true,
      tickMarkMaxCharacterLength: 8,
      minimumHeight: 24,
    },
    handleScroll: !isMini,
    handleScale: !isMini,
    kineticScroll: { mouse: false, touch: true },
  };
}
