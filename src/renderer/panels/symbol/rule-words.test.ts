/** Rules in words. */
import { describe, expect, it } from 'vitest';
import type { RuleView } from '#protocol';
import { nearness, ruleComparison, ruleFigure, ruleFigures, whyNotSentence } from './rule-words.ts';

const rule = (change: Partial<RuleView>): RuleView => ({
  name: 'spread',
  value: 9.2,
  operator: '<=',
  threshold: 5,
  unit: 'bps',
  pass: false,
  ...change,
});
const view = (rules: readonly RuleView[], pass = false) => ({ strategy: 's', mode: 'enabled', atUs: 1, pass, rules });

describe('why not', () => {
  it('counts what fails and says each with value, turned operator and threshold', () => {
    const rules = [
      rule({}),
      rule({ name: 'volume', value: 1.4, operator: '>=', threshold: 3, unit: 'x' }),
      ...[1, 2, 3, 4].map((i) => rule({ name: `ok ${i}`, pass: true })),
    ];
    expect(whyNotSentence(view(rules))).toBe('2 of 6 fail: spread 9.2 bps > 5 bps, volume 1.4× < 3×');
  });

  it('names at most three and counts the rest', () => {
    expect(whyNotSentence(view([1, 2, 3, 4, 5].map((i) => rule({ name: `r${i}` }))))).toMatch(
      /^5 of 5 fail: r1 .*, r2 .*, r3 .* and 2 more$/,
    );
  });

  it('says when all pass, and when nothing was judged', () => {
    expect(whyNotSentence(view([rule({ pass: true })], true))).toBe('All 1 pass: it fires.');
    expect(whyNotSentence(view([]))).toMatch(/^Not judged yet/);
  });

  it('names a rule that is true or false without its figures', () => {
    const open = rule({ name: 'inside the window', value: 0, operator: '==', threshold: 1, unit: '' });
    expect(whyNotSentence(view([open]))).toBe('1 of 1 fail: inside the window');
  });

  it('does not compare what has no value', () => {
    expect(ruleComparison(rule({ value: null }))).toBe('cannot be judged yet');
    expect(ruleComparison(rule({ pass: true, value: 4 }))).toBe('4 bps ≤ 5 bps');
  });
});

it('writes figures by unit', () => {
  expect([
    ruleFigure(64.123, '$'),
    ruleFigure(-0.5, '$'),
    ruleFigure(0.456, 'x'),
    ruleFigure(12_345.6, 'sh'),
    ruleFigure(null, 'bps'),
  ]).toEqual(['64.12', '−0.5000', '0.46×', '12,346 sh', '–']);
});

describe('small figures and near ones', () => {
  it.each([
    [0.0034, 0.0041, '', '0.0034', '0.0041'],
    [0.00012, 0.5, '$', '0.00012', '0.5000'],
    [1.42, 1.44, 'x', '1.42×', '1.44×'],
    [1.0004, 1.0001, '×', '1.0004×', '1.0001×'],
    [64.1234, 64.1231, '$', '64.1234', '64.1231'],
    [5, 5, 'bps', '5 bps', '5 bps'],
    [0, 0.002, '', '0', '0.0020'],
    [null, 0.002, '', '–', '0.0020'],
  ] as const)('%d against %d %s', (value, threshold, unit, left, right) => {
    expect(ruleFigures(rule({ value, threshold, unit }))).toEqual({ value: left, threshold: right });
  });
});

it('says how near a value has come to its threshold', () => {
  expect(nearness(rule({ value: 10, threshold: 5 }))).toBe(0.5);
  expect(nearness(rule({ value: 1.5, operator: '>=', threshold: 3 }))).toBe(0.5);
  expect(nearness(rule({ value: 7, operator: '>', threshold: 3 }))).toBe(1);
  for (const change of [{ value: null }, { value: 0 }, { threshold: -1 }, { operator: '==' }])
    expect(nearness(rule(change))).toBeNull();
});
