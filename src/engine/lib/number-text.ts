/** Numbers as people read them, the same on every machine. */

/** Between `least` and `most` decimals, thousands grouped. */
export function decimals(value: number, least: number, most: number): string {
  let text = value.toFixed(most);
  while (most-- > least && text.endsWith('0')) text = text.slice(0, -1);
  const [whole = '', rest = ''] = text.split('.');
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/gu, ',');
  return rest === '' ? grouped : `${grouped}.${rest}`;
}

/** Micro-dollars as `$1,234.50`; under a dollar with up to four decimals. */
export function dollarText(micros: number): string {
  return `${micros < 0 ? '-' : ''}$${decimals(Math.abs(micros / 1e6), 2, Math.abs(micros) < 1_000_000 ? 4 : 2)}`;
}
