/** What the scanner saw, in words: names of its rules and the numbers that go with them. Pure. */
import { compactText, fixedText, priceText, signedText } from '../../format/number.ts';

interface RuleWords {
  readonly name: string;
  readonly explain: string;
}

const RULES: Readonly<Record<string, RuleWords>> = {
  'volume-surge': { name: 'volume surge', explain: 'Traded far more than usual by this minute of the day' },
  velocity: { name: 'velocity', explain: 'Trades come much faster than over the last minute' },
  'spread-blow-out': { name: 'spread blew out', explain: 'The spread is many times its own usual width' },
  gap: { name: 'gap', explain: 'Opened far from the previous close' },
  'new-high-on-volume': {
    name: 'new high on volume',
    explain: 'A new high of the day while it trades more than usual',
  },
  halt: { name: 'halt', explain: 'Trading was halted' },
  resume: { name: 'resumed', explain: 'Trading goes on after a halt' },
  'crossed-market': { name: 'crossed market', explain: 'The bid stands over the offer for a while: data or a fault' },
};

export function scannerRule(rule: string): RuleWords {
  return RULES[rule] ?? { name: rule.replaceAll('-', ' '), explain: 'A rule of the scanner' };
}

export const SCANNER_RULES = Object.keys(RULES);

const price = (label: string) => (value: number) => `${label} ${priceText(value)}`;
const NUMBERS: Readonly<Record<string, (value: number) => string>> = {
  relativeVolume: (value) => `${fixedText(value, 1)}× usual volume`,
  volume: (value) => `${compactText(value)} shares`,
  tradesPerSecond10s: (value) => `${fixedText(value, 1)} trades/s`,
  tradesPerSecond60s: (value) => `minute ${fixedText(value, 1)}/s`,
  ratio: (value) => `${fixedText(value, 1)}×`,
  spread: price('spread'),
  spreadBps: (value) => `${fixedText(value, 0)} bps`,
  gapFraction: (value) => `${signedText(value * 100)} %`,
  changeFraction: (value) => `${signedText(value * 100)} % today`,
  open: price('open'),
  previousClose: price('close before'),
  high: price('high'),
  before: price('before'),
  last: price('last'),
  bid: price('bid'),
  ask: price('ask'),
  halts: (value) => (value === 1 ? 'first halt today' : `halt ${fixedText(value, 0)} of today`),
  forUs: (value) => `for ${fixedText(value / 1e6, 1)} s`,
};
/** Instants say nothing that the line's own time does not. */
const UNSAID = new Set(['sinceUs']);

/** "relativeVolume 8.1, volume 120000" as "8.1× usual volume, 120.00k shares". What it does not know stays as it came. */
export function scannerText(text: string): string {
  return text
    .split(', ')
    .map((part) => {
      const [, name, figure] = /^([A-Za-z0-9]+) (-?[\d.]+(?:e[+-]?\d+)?)$/.exec(part) ?? [];
      if (name === undefined || figure === undefined) return part;
      if (UNSAID.has(name)) return '';
      return NUMBERS[name]?.(Number(figure)) ?? part;
    })
    .filter((part) => part !== '')
    .join(', ');
}
