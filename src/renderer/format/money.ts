/** Money in micro-dollars as text. Pure. */
import { fixedText, NONE, priceText, signedText } from './number.ts';

/** Results below this are shown as zero and take no colour. */
export const HALF_CENT = 5_000;

/** A result with its sign: "+6.31", "−8.41", "0.00". */
export function resultText(micros: number, decimals = 2): string {
  return signedText(micros / 1e6, decimals);
}

/** An amount without a sign of its own: "1,234.50". */
export function amountText(micros: number, decimals = 2): string {
  return fixedText(micros / 1e6, decimals);
}

/** An amount with its unit: "$1,234.50"; whole dollars from 100,000 up, where cents say nothing. */
export function dollarsText(micros: number): string {
  if (!Number.isFinite(micros)) return NONE;
  const dollars = Math.abs(micros / 1e6);
  return `${micros <= -HALF_CENT ? '−' : ''}$${fixedText(dollars, dollars >= 99_999.5 ? 0 : 2)}`;
}

export function microPriceText(micros: number | null): string {
  return micros === null ? NONE : priceText(micros / 1e6);
}

/** Colour goes with the sign that is shown: nothing that rounds to zero is green or red. */
export function toneOf(value: number, smallest = 0): 'up' | 'down' | 'flat' {
  if (!Number.isFinite(value) || Math.abs(value) < smallest || value === 0) return 'flat';
  return value > 0 ? 'up' : 'down';
}
