/**
 * Rules as data: a strategy says "value operator threshold" under a name, and the engine judges, records and explains.
 * Every rule of a tree is judged each time, even when the outcome is already clear, so that "why not" shows all of them.
 */
import { assertNever } from '../lib/assert.ts';
import { compare } from '../model/compare.ts';
import type { Operator, RuleResult } from '../model/signal.ts';

export interface RuleLeaf {
  readonly kind: 'rule';
  readonly name: string;
  readonly value: number;
  readonly operator: Operator;
  readonly threshold: number;
  /** 'bps', '$', 'x', 's', '%' ... for display. */
  readonly unit: string;
}
export type RuleNode =
  | RuleLeaf
  | { readonly kind: 'all'; readonly rules: readonly RuleNode[] }
  | { readonly kind: 'any'; readonly rules: readonly RuleNode[] }
  | { readonly kind: 'not'; readonly rule: RuleNode };

/** One named rule. A NaN on either side never passes. */
export function rule(name: string, value: number, operator: Operator, threshold: number, unit = ''): RuleLeaf {
  return { kind: 'rule', name, value, operator, threshold, unit };
}

/** Passes when every rule passes. A list of rules given to the engine is such an `all`. */
export function all(...rules: readonly RuleNode[]): RuleNode {
  return { kind: 'all', rules };
}

/** Passes when at least one rule passes; an empty list never does. */
export function any(...rules: readonly RuleNode[]): RuleNode {
  return { kind: 'any', rules };
}

/** Passes when the rule does not. A rule over NaN still fails: what is not known is not the opposite. */
export function not(inner: RuleNode): RuleNode {
  return { kind: 'not', rule: inner };
}

/**
 * Judges a tree: appends one RuleResult a leaf, in the order written, and returns whether the tree passes.
 * Under an odd number of `not`s a leaf's own `pass` stays what the comparison said; only the tree is turned around.
 */
export function judge(node: RuleNode, results: RuleResult[]): boolean {
  switch (node.kind) {
    case 'rule': {
      if (typeof node.name !== 'string' || node.name === '') throw new TypeError('a rule of it has no name');
      if (typeof node.value !== 'number' || typeof node.threshold !== 'number')
        throw new TypeError(`its rule '${node.name}' compares something that is not a number`);
      const pass = compare(node.value, node.operator, node.threshold);
      results.push({
        name: node.name,
        value: node.value,
        operator: node.operator,
        threshold: node.threshold,
        pass,
        unit: typeof node.unit === 'string' ? node.unit : '',
      });
      return pass;
    }
    case 'all': {
      let pass = true;
      for (const inner of node.rules) pass = judge(inner, results) && pass;
      return pass;
    }
    case 'any': {
      let pass = false;
      for (const inner of node.rules) pass = judge(inner, results) || pass;
      return pass;
    }
    case 'not': {
      const first = results.length;
      const pass = judge(node.rule, results);
      for (let i = first; i < results.length; i++) {
        const leaf = results[i] as RuleResult;
        if (Number.isNaN(leaf.value) || Number.isNaN(leaf.threshold)) return false;
      }
      return !pass;
    }
    default:
      return assertNever(node);
  }
}
