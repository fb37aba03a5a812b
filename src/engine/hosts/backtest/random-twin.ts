/**
 * A strategy's twin without skill: the same universe, sessions, bars, cooldown, plan, exits and sizes, entered when a die says
 * so instead of when the rules do. What the strategy earns beyond its twins is what its rules are worth.
 */
import { createRng } from '../../lib/rng.ts';
import type { RuleResult } from '../../model/signal.ts';
import type { StrategyDefinition } from '../../strategies/api.ts';
import { rule } from '../../strategies/rules.ts';
import { checkPlan } from '../../strategies/check-plan.ts';

const GATES = ['universe:', 'session:', 'cooldown:'];

/** Whether an evaluation passed everything but the strategy's own rules: an instant at which its twin might enter. */
export function isEligible(gates: readonly RuleResult[]): boolean {
  return gates.every((gate) => gate.pass || !GATES.some((name) => gate.name.startsWith(name)));
}

/** `chance`: the share of eligible instants at which it enters. `seed`: another one enters elsewhere. */
export function randomTwin(definition: StrategyDefinition, seed: string, chance: number): StrategyDefinition {
  return {
    ...definition,
    name: twinName(definition.name),
    about: `Enters at random, otherwise as ${definition.name}.`,
    entry: (context) => {
      const { symbol } = context;
      const die = createRng(`${seed}/${symbol.name}/${symbol.trades}/${symbol.volume}`).next();
      // A plan may need what only the strategy's rules make sure of; then there is nothing to enter with.
      const canPlan = die < chance && hasPlan(() => checkPlan(definition.plan(context)));
      return [rule('the die says so', die, '<', chance), rule('a plan can be made', canPlan ? 1 : 0, '==', 1)];
    },
  };
}

export function twinName(name: string): string {
  return `${name}-random`.slice(0, 40);
}

function hasPlan(make: () => unknown): boolean {
  try {
    make();
    return true;
  } catch {
    return false;
  }
}
