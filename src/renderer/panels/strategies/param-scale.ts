/** Where a parameter's value stands on its slider, and back. Wide ranges are logarithmic, so that the usual end can be set. */
import type { ParamView } from '#protocol';
import { fixedText } from '../../format/number.ts';

export type ParamRange = Pick<ParamView, 'min' | 'max' | 'default' | 'unit'>;

/** Steps of a slider. */
export const SLIDER_STEPS = 1_000;
const WIDE = 200;
const WHOLE_UNITS = ['bars', 'min', 's', 'sh', 'trades', 'ticks'];

function isLogarithmic({ min, max }: ParamRange): boolean {
  return min >= 0 && max / Math.max(min, max / 1e9) > WIDE;
}

/** The lowest value on a logarithmic scale; what is below it stands at the very left. */
function floorOf(range: ParamRange): number {
  return range.min > 0 ? range.min : Math.max(range.default, range.max / 1e6) / 1_000;
}

export function sliderOf(range: ParamRange, value: number): number {
  const { min, max } = range;
  const inside = Math.min(max, Math.max(min, value));
  if (max <= min) return 0;
  if (!isLogarithmic(range)) return Math.round(((inside - min) / (max - min)) * SLIDER_STEPS);
  const floor = floorOf(range);
  if (inside <= floor) return 0;
  return Math.round((Math.log(inside / floor) / Math.log(max / floor)) * SLIDER_STEPS);
}

export function valueOf(range: ParamRange, slider: number): number {
  const { min, max } = range;
  const share = Math.min(1, Math.max(0, slider / SLIDER_STEPS));
  if (share === 0) return min;
  if (share === 1) return max;
  const floor = floorOf(range);
  const raw = isLogarithmic(range) ? floor * (max / floor) ** share : min + (max - min) * share;
  return Math.min(max, Math.max(min, rounded(range, raw)));
}

/** Two digits that count, three where the range is not wide; whole where halves mean nothing. */
function rounded(range: ParamRange, raw: number): number {
  const digits = isLogarithmic(range) ? 2 : 3;
  const value = Number(raw.toPrecision(digits));
  return WHOLE_UNITS.includes(range.unit) && raw >= 1 ? Math.round(value) : value;
}

/** "5,000,000", "1.4": as it is typed, grouped. */
export function paramNumber(value: number): string {
  const decimals = Number.isInteger(value) ? 0 : Math.min(6, (String(value).split('.')[1] ?? '').length);
  return fixedText(value, decimals);
}

/** "5,000,000 $", "6 bps", "1.4 x"; units of money stand before. */
export function paramText(value: number, unit: string): string {
  const text = paramNumber(value);
  return unit === '$' ? `$${text}` : unit === '' ? text : `${text} ${unit}`;
}

/** "minRelativeVolume" as people say it: "min relative volume". */
export function paramWords(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replaceAll(/\b(vwap|rsi|atr|bps)\b/g, (word) => (word === 'bps' ? word : word.toUpperCase()));
}

/** What the typed text means, or a sentence about why the engine will not take it. */
export function readParam(
  range: ParamRange,
  text: string,
): { readonly value: number | undefined; readonly fault: string } {
  const clean = text.replaceAll(',', '').replaceAll('−', '-').trim();
  const value = clean === '' ? Number.NaN : Number(clean);
  if (!Number.isFinite(value)) return { value: undefined, fault: 'Type a number.' };
  if (value < range.min || value > range.max)
    return {
      value,
      fault: `Outside its bounds: ${paramText(range.min, range.unit)} to ${paramText(range.max, range.unit)}.`,
    };
  return { value, fault: '' };
}
