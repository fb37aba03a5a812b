/** `twin`: a recorded day beside a backtest of the same day, every difference with its cause. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { TWIN_CAUSES } from '../../hosts/backtest/twin-causes.ts';
import type { TwinDifference } from '../../hosts/backtest/twin-causes.ts';
import type { TwinResult } from '../../hosts/backtest/twin.ts';
import { runTwin } from '../../hosts/backtest/twin.ts';
import { formatNewYorkTime, money } from '../../hosts/report/report-text.ts';
import type { CliCommand, CliContext, CliValues } from '../command.ts';
import { FailureError, UsageError } from '../command.ts';
import { DAY_OPTIONS, readDay } from '../data-dir-option.ts';

export const twin: CliCommand = {
  name: 'twin',
  summary: 'a recorded day beside its backtest: every difference with its cause',
  options: {
    ...DAY_OPTIONS,
    input: { type: 'string', value: 'DIR', help: 'flat files to backtest with (default: the recorded market itself)' },
    out: { type: 'string', value: 'FILE', help: 'write the comparison there as JSON' },
  },
  run: runCommand,
};

async function runCommand(values: CliValues, context: CliContext): Promise<number> {
  const { dataDir, day } = readDay(values);
  const { input, out } = values;
  if (Array.isArray(input) || Array.isArray(out)) throw new UsageError('--input and --out are given once.');
  const result = await runTwin({
    dataDir,
    day,
    signal: context.signal,
    ...(input === undefined ? {} : { input: path.resolve(String(input)) }),
  });
  const json = JSON.stringify(result);
  if (typeof out === 'string') {
    try {
      writeFileSync(path.resolve(out), `${json}\n`);
    } catch (error) {
      throw new FailureError(
        `--out ${out} cannot be written: ${error instanceof Error ? error.message : String(error)}.`,
      );
    }
  }
  if (!context.json) for (const line of linesOf(result)) context.stdout(line);
  context.stdout(json);
  return (result.causes.unexplained ?? 0) === 0 ? 0 : 1;
}

function linesOf(result: TwinResult): readonly string[] {
  const { live, twin: other, attempts, equal, differences } = result;
  const lines = [
    `${result.day}: ${attempts} signals, ${equal} equal, ${differences.length} different; twin on ${result.market} ` +
      `(${result.eventsLive.toLocaleString('en-US')} events recorded, ${result.eventsTwin.toLocaleString('en-US')} in the twin)`,
    `live ${live.trades} trades, net ${money(live.net)}; twin ${other.trades} trades, net ${money(other.net)}`,
    ...Object.entries(result.causes).map(
      ([cause, count]) => `  ${cause} ${count}: ${TWIN_CAUSES[cause as keyof typeof TWIN_CAUSES]}`,
    ),
    ...differences.map(lineOf),
  ];
  return lines;
}

function lineOf({ cause, atUs, ticker, strategy, side, fields, live, twin: other }: TwinDifference): string {
  const where = `${formatNewYorkTime(atUs)} ${ticker} ${strategy}`;
  if (side === 'live') return `${where}: only live: ${live}; cause ${cause}`;
  if (side === 'twin') return `${where}: only in the twin: ${other}; cause ${cause}`;
  const told = fields.map(([name, a, b]) => `${name} ${timeOr(name, a)} / ${timeOr(name, b)}`).join(', ');
  return `${where}: ${told}; cause ${cause}`;
}

const TIMES: ReadonlySet<string> = new Set(['signal', 'opened', 'closed']);

function timeOr(name: string, value: string | number): string {
  return TIMES.has(name) ? formatNewYorkTime(Number(value)) : String(value === '' ? '-' : value);
}
