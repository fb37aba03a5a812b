/** `drover soak`: random buying with injected faults over a simulated market, audited after every event. */
import { FAULT_NAMES, parseFaults } from '../../sim/paper/faults.ts';
import { runSoak } from '../../testing/auditor-soak.ts';
import type { CliCommand, CliContext, CliValues } from '../command.ts';
import { UsageError } from '../command.ts';

const ORDERS_MAX = 1_000_000;
const SEEDS_MAX = 10_000;

export const soak: CliCommand = {
  name: 'soak',
  summary: 'random buying with injected faults, every invariant audited; exit 1 when one breaks',
  options: {
    orders: { type: 'string', value: 'N', help: 'entry orders to send (1000)' },
    seed: { type: 'string', value: 'N', help: 'same seed, same run (1)' },
    seeds: { type: 'string', value: 'N', help: 'how many seeds to run, counting up from --seed (1)' },
    faults: { type: 'string', value: 'SPEC', help: `all, none, or NAME=RATE,... of ${FAULT_NAMES.join(' ')} (all)` },
  },
  run: runSoakCommand,
};

async function runSoakCommand(values: CliValues, context: CliContext): Promise<number> {
  const orders = wholeNumber(values, 'orders', 1000, 1, ORDERS_MAX);
  const seed = wholeNumber(values, 'seed', 1, 0, Number.MAX_SAFE_INTEGER);
  const seeds = wholeNumber(values, 'seeds', 1, 1, SEEDS_MAX);
  const spec = text(values, 'faults') ?? 'all';
  const faults = parseFaults(spec);
  if (typeof faults === 'string') throw new UsageError(`--faults: ${faults}.`);
  let broken = 0;
  for (let i = 0; i < seeds && !context.signal.aborted; i++) {
    const card = runSoak({ orders, seed: seed + i, faults });
    if (card.violations.length > 0) broken++;
    if (!context.json) {
      const { fills, partials, cancels, rejects, unknowns, unknownsResolved, violations, costsRatio, hash } = card;
      context.stderr(
        `seed ${card.seed}: ${card.orders} orders, ${fills} fills, ${partials} partials, ${cancels} cancels, ${rejects} rejects, ` +
          `${unknownsResolved}/${unknowns} unknowns resolved, costs realised/predicted ${costsRatio ?? '-'}, ${violations.length} violations, ${hash}`,
      );
      for (const violation of violations.slice(0, 10)) context.stderr(`  ${violation.rule}: ${violation.text}`);
    }
    context.stdout(JSON.stringify({ ...card, faults: spec }));
    // Lets a stop signal in between two seeds.
    await Promise.resolve();
  }
  return broken > 0 ? 1 : 0;
}

function text(values: CliValues, name: string): string | undefined {
  const value = values[name];
  if (Array.isArray(value)) throw new UsageError(`option '--${name}' may be given once.`);
  return typeof value === 'string' ? value : undefined;
}

function wholeNumber(values: CliValues, name: string, fallback: number, least: number, most: number): number {
  const given = text(values, name);
  if (given === undefined) return fallback;
  const number = /^\d+$/.test(given) ? Number(given) : Number.NaN;
  if (!(number >= least && number <= most))
    throw new UsageError(`--${name} '${given}' must be a whole number from ${least} to ${most}.`);
  return number;
}
