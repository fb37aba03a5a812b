/** Each state of truth has its own kind and words, and the gravest wins. */
import { expect, it } from 'vitest';
import { ROW_FLAGS } from '#protocol';
import { chartTruth, symbolTruth, type TruthFacts } from './symbol-truth.ts';

const WELL: TruthFacts = { link: 'live', isPast: false, hasFeedGap: false, flags: 2, halt: 'trading', haltReason: '' };

it('tells the states apart', () => {
  const states: readonly Partial<TruthFacts>[] = [
    {},
    { link: 'reconnecting' },
    { link: 'stale' },
    { isPast: true },
    { hasFeedGap: true },
    { flags: ROW_FLAGS.blind },
    { halt: 'halted', haltReason: 'LUDP' },
    { halt: 'suspected', haltReason: 'silence' },
  ];
  const truths = states.map((state) => symbolTruth({ ...WELL, ...state }));
  expect(truths.map(({ kind }) => kind)).toEqual([
    'live',
    'disconnected',
    'stale',
    'past',
    'gap',
    'blind',
    'halted',
    'pause',
  ]);
  expect(new Set(truths.map(({ label }) => label)).size).toBe(8);
  for (const { kind, text } of truths) expect(text === '', kind).toBe(kind === 'live');
});

it('puts a lost engine over everything, and a past market over a halt', () => {
  expect(symbolTruth({ ...WELL, link: 'stopped', isPast: true, halt: 'halted' }).kind).toBe('disconnected');
  expect(symbolTruth({ ...WELL, isPast: true, halt: 'halted' }).kind).toBe('past');
});

it('says the reason of a halt, known or not', () => {
  expect(symbolTruth({ ...WELL, halt: 'halted', haltReason: 'T1' }).text).toContain('news pending (T1)');
  expect(symbolTruth({ ...WELL, halt: 'halted', haltReason: 'XX' }).text).toContain('reason XX');
  expect(symbolTruth({ ...WELL, halt: '', flags: ROW_FLAGS.halted }).kind).toBe('halted');
});

it('ends the chart at the instant looked back at, unless something graver is wrong with it', () => {
  const pastUs = Date.UTC(2026, 10, 20, 15, 4, 5) * 1000;
  const past = symbolTruth({ ...WELL, isPast: true });
  expect(chartTruth(past, pastUs)).toMatchObject({ kind: 'past', label: 'PAST 10:04:05' });
  const lost = symbolTruth({ ...WELL, link: 'stopped', isPast: true });
  expect(chartTruth(lost, pastUs)).toBe(lost);
  const well = symbolTruth(WELL);
  expect(chartTruth(well, null)).toBe(well);
});
