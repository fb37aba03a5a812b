/** The gate that refused a signal and its two numbers, in words a trader reads: dollars, seconds, New York time. */
import { decimals, dollarText } from '../lib/number-text.ts';
import { newYorkOffsetUs } from '../time/new-york.ts';

type Unit = 'dollars' | 'seconds' | 'instant' | 'percent' | 'bps';

const UNITS: Readonly<Record<string, Unit>> = {
  notional: 'dollars',
  exposure: 'dollars',
  'symbol-exposure': 'dollars',
  'strategy-exposure': 'dollars',
  'buying-power': 'dollars',
  'price-min': 'dollars',
  gain: 'dollars',
  limit: 'dollars',
  'luld-band': 'dollars',
  age: 'seconds',
  clock: 'seconds',
  duplicate: 'seconds',
  'quote-time': 'seconds',
  'quote-age': 'seconds',
  until: 'instant',
  collar: 'percent',
  'collar-last': 'percent',
  'extended-jump': 'percent',
  'spread-cap': 'bps',
};

/** '' without a gate; `exposure $5,200.00 against $5,000.00`. Money is micro-dollars, times are microseconds. */
export function refusalText(gate: string, value: number | null, limit: number | null): string {
  const unit = UNITS[gate];
  // The other number of an instant is the time of asking, which every line carries already.
  if (unit === 'instant') return `${gate} ${value === null ? '' : newYorkTime(value)}`.trim();
  const numbers = [value, limit].filter((number) => number !== null).map((number) => numberText(number, unit));
  return `${gate} ${numbers.join(' against ')}`.trim();
}

function numberText(value: number, unit: Unit | undefined): string {
  switch (unit) {
    case 'dollars':
      return dollarText(value);
    case 'seconds':
      return `${decimals(value / 1e6, 1, 3)} s`;
    case 'percent':
      return `${decimals(value, 2, 2)} %`;
    case 'bps':
      return `${decimals(value, 1, 1)} bps`;
    default:
      return decimals(value, 0, 2);
  }
}

/** hh:mm:ss in New York. */
function newYorkTime(us: number): string {
  const second = Math.floor((us + newYorkOffsetUs(us)) / 1e6);
  return [3600, 60, 1]
    .map((unit, at) => String(Math.floor(second / unit) % (at === 0 ? 24 : 60)).padStart(2, '0'))
    .join(':');
}
