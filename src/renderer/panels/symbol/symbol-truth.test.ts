/** Each state of truth has its own kind and words, and the gravest wins. */
import { expect, it } from 'vitest';
import { ROW_FLAGS } from '#protocol';
import { symbolTruth, type TruthFacts } from './symbol-truth.ts';

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
