import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RuleResult } from '../model/signal.ts';
import type { RuleNode } from './rules.ts';
import { compare } from '../model/compare.ts';
import { all, any, judge, not, rule } from './rules.ts';

const leaf = (pass: boolean): RuleNode => rule('r', pass ? 1 : 0, '>', 0);

function truth(node: RuleNode): boolean {
  if (node.kind === 'rule') return compare(node.value, node.operator, node.threshold);
  if (node.kind === 'not') return !truth(node.rule);
  return node.kind === 'all' ? node.rules.every(truth) : node.rules.some(truth);
}

describe('rules', () => {
  it('judges every leaf even when the outcome is clear', () => {
    const results: RuleResult[] = [];
    expect(judge(all(leaf(false), any(leaf(true), leaf(false)), not(leaf(true))), results)).toBe(false);
    expect(results.map((result) => result.pass)).toEqual([false, true, false, true]);
  });

  it('never passes on NaN, not even turned around', () => {
    for (const operator of ['<', '<=', '>', '>=', '==', '!='] as const) {
      expect(judge(rule('nan', Number.NaN, operator, 1), [])).toBe(false);
      expect(judge(rule('nan', 1, operator, Number.NaN), [])).toBe(false);
      expect(judge(not(rule('nan', Number.NaN, operator, 1)), [])).toBe(false);
    }
  });

  it('agrees with plain boolean logic on any tree', () => {
    const tree = fc.letrec<{ node: RuleNode }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        fc.boolean().map(leaf),
        fc.array(tie('node'), { maxLength: 3 }).map((rules) => all(...rules)),
        fc.array(tie('node'), { maxLength: 3 }).map((rules) => any(...rules)),
        tie('node').map(not),
      ),
    })).node;
    fc.assert(
      fc.property(tree, (node) => {
        expect(judge(node, [])).toBe(truth(node));
      }),
    );
  });
});
