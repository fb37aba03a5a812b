/** Is this a stop price one can mean? Pure; '' when it is, else a sentence. */
import { priceText } from '../../format/number.ts';

export function stopFault(text: string, bid: number): string {
  if (!/^\d{1,7}(\.\d{1,4})?$/.test(text.trim())) return 'A price in dollars, as 63.80.';
  const price = Number(text);
  if (price <= 0) return 'A stop is over zero.';
  if (bid > 0 && price >= bid)
    return `That is not below the bid of ${priceText(bid)}: it would sell at once. Use flatten for that.`;
  return '';
}
