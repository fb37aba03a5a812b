/** `drill`: kill -9 at random instants, start again, compare with the uninterrupted run. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runDrill } from '../../hosts/drill/drill.ts';
import type { CliCommand, CliContext, CliValues } from '../command.ts';
import { UsageError } from '../command.ts';

export const drill: CliCommand = {
  name: 'drill',
  summary: 'kills the engine again and again and compares what is left with an uninterrupted run',
  options: {
    kills: { type: 'string', value: 'N', help: 'kills (default 20)' },
    seed: { type: 'string', value: 'N', help: 'of the market and of the instants (default 1)' },
    keep: { type: 'boolean', help: 'keep the two data folders and say where they are' },
  },
  run: runDrillCommand,
};

async function runDrillCommand(values: CliValues, context: CliContext): Promise<number> {
  const kills = whole(values['kills'] ?? '20', '--kills', 100_000);
  const seed = whole(values['seed'] ?? '1', '--seed', 2 ** 31);
  const folder = mkdtempSync(path.join(tmpdir(), 'drover-drill-'));
  try {
    const report = await runDrill(folder, kills, seed, (line) =>
      context.json ? undefined : context.stderr(`drover drill: ${line}`),
    );
    context.stdout(JSON.stringify(report));
    return report.differences === 0 && report.lost === 0 && report.doubled === 0 && report.recordsCompared > 0 ? 0 : 1;
  } finally {
    if (values['keep'] === true) context.stderr(`drover drill: the folders are in ${folder}`);
    else rmSync(folder, { recursive: true, force: true });
  }
}

function whole(value: unknown, name: string, max: number): number {
  const text = String(value);
  if (!/^\d{1,10}$/u.test(text) || Number(text) > max)
    throw new UsageError(`${name} wants a whole number from 0 to ${max}.`);
  return Number(text);
}
