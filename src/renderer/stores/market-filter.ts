/**
 * The quick filter's small language. Words match symbols (any of them); `chg>2 vol>1m spread<10` compare figures (all of
 * them); `is:halted` picks by state. Parsed once, then run over typed arrays.
 */
import { ROW_FLAGS } from '#protocol';
import { MARKET_FIELDS, type MarketFieldName } from './market-fields.ts';
import type { MarketMirror } from './market-mirror.ts';

export type RowTest = (mirror: MarketMirror, row: number) => boolean;

export type ParsedFilter =
  | { readonly ok: true; /** Undefined: everything passes. */ readonly test: RowTest | undefined }
  | { readonly ok: false; readonly message: string };

/** What people type, and the figure it means. */
export const FILTER_WORDS: Readonly<Record<string, MarketFieldName>> = {
  chg: 'changePct',
  change: 'changePct',
  last: 'last',
  price: 'last',
  bid: 'bid',
  ask: 'ask',
  spread: 'spreadBps',
  vol: 'volume',
  volume: 'volume',
  trades: 'trades',
  rate: 'tickRate',
  ticks: 'tickRate',
  rvol: 'relativeVolume',
  usual: 'spreadRatio',
  vwap: 'vwapPct',
  volat: 'volatility',
  close: 'previousClose',
  range: 'dayRange',
};

const STATES: Readonly<Record<string, number>> = {
  halted: ROW_FLAGS.halted,
  luld: ROW_FLAGS.luldPause,
  ssr: ROW_FLAGS.ssr,
  blind: ROW_FLAGS.blind,
  held: ROW_FLAGS.held,
  working: ROW_FLAGS.working,
  crossed: ROW_FLAGS.crossed,
  locked: ROW_FLAGS.locked,
};

const COMPARE = {
  '>': (a: number, b: number) => a > b,
  '>=': (a: number, b: number) => a >= b,
  '<': (a: number, b: number) => a < b,
  '<=': (a: number, b: number) => a <= b,
  '=': (a: number, b: number) => a === b,
} as const;

const SCALES: Readonly<Record<string, number>> = { '': 1, '%': 1, x: 1, k: 1e3, m: 1e6, b: 1e9 };
const TERMS_MAX = 32;

export function parseFilter(text: string): ParsedFilter {
  const terms = text
    .trim()
    .toLowerCase()
    // "vol > 1m" is one term.
    .replaceAll(/\s*(>=|<=|>|<|=)\s*/g, '$1')
    .split(/\s+/)
    .filter((term) => term !== '');
  if (terms.length > TERMS_MAX) return { ok: false, message: `too long: at most ${TERMS_MAX} conditions` };
  const words: string[] = [];
  const tests: RowTest[] = [];
  for (const term of terms) {
    if (/[<>=]/.test(term)) {
      const parsed = comparison(term);
      if (!parsed.ok) return parsed;
      tests.push(parsed.test);
    } else if (term.startsWith('is:')) {
      const flag = Object.hasOwn(STATES, term.slice(3)) ? STATES[term.slice(3)] : undefined;
      if (flag === undefined)
        return { ok: false, message: `“${term.slice(3)}” is no state; use ${Object.keys(STATES).join(', ')}` };
      tests.push((m, row) => ((m.columns.flags[row] as number) & flag) !== 0);
    } else words.push(term.toUpperCase());
  }
  if (words.length > 0) tests.unshift((m, row) => words.some((word) => (m.names[row] as string).includes(word)));
  if (tests.length === 0) return { ok: true, test: undefined };
  return { ok: true, test: (m, row) => tests.every((test) => test(m, row)) };
}

function comparison(
  term: string,
): { readonly ok: true; readonly test: RowTest } | { readonly ok: false; readonly message: string } {
  const match = /^([a-z]*)(>=|<=|>|<|=)(.*)$/.exec(term);
  const [word = '', operator = '', value = ''] = match?.slice(1) ?? [];
  const name = Object.hasOwn(FILTER_WORDS, word) ? FILTER_WORDS[word] : undefined;
  if (name === undefined)
    return { ok: false, message: `“${word || term}” is no figure; use ${Object.keys(FILTER_WORDS).join(', ')}` };
  const number = /^([+-]?(?:\d+\.?\d*|\.\d+))([%xkmb]?)$/.exec(value);
  if (!number)
    return {
      ok: false,
      message:
        value === ''
          ? `“${term}” lacks its number, as in ${word}${operator}2`
          : `“${value}” is no number; try 2, 1.5, 300k or 1m`,
    };
  const threshold = Number(number[1]) * (SCALES[number[2] as string] as number);
  const compare = COMPARE[operator as keyof typeof COMPARE];
  const field = MARKET_FIELDS[name];
  return { ok: true, test: (m, row) => compare(field(m, row), threshold) };
}
