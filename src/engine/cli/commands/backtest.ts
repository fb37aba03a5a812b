/** `backtest`: a strategy over recorded days with the workstation's own kernel; trades, ledger and a summary with a hash. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { compileStrategy, StepGuard } from '../../adapters/strategies/compile.ts';
import { prepareStrategy } from '../../adapters/strategies/prepare.ts';
import { runBacktest } from '../../hosts/backtest/backtest.ts';
import { BUILTIN_STRATEGIES } from '../../strategies/builtin/index.ts';
import { SessionCalendar } from '../../time/calendar.ts';
import { US_EQUITY_CALENDAR } from '../../time/us-calendar.ts';
import type { CliCommand, CliContext, CliValues } from '../command.ts';
import { FailureError, UsageError } from '../command.ts';
import type { Significance } from '../../hosts/backtest/significance.ts';
import type { StrategyFile } from '../../kernel/strategy-shelf.ts';
import type { StrategyDefinition } from '../../strategies/api.ts';

export const backtest: CliCommand = {
  name: 'backtest',
  summary: 'a strategy over recorded days; report, trades.jsonl and ledger.jsonl',
  stopsCleanly: true,
  options: {
    input: { type: 'string', value: 'DIR', help: "flat files in the vendor's layout", required: true },
    days: { type: 'string', value: 'A..B', help: 'one day or a range, YYYY-MM-DD', required: true },
    strategy: { type: 'string', value: 'NAME', help: 'which strategy', required: true },
    set: { type: 'string', value: 'k=v', help: 'a parameter; may be given several times' },
    'strategies-dir': { type: 'string', value: 'DIR', help: 'your own strategy files (.ts), as in the data folder' },
    significance: {
      type: 'string',
      value: 'N',
      help: 'compare with N runs of random entries under the same exits and costs',
    },
    seed: { type: 'string', value: 'N', help: 'of the paper exchange and of chance (default 1)' },
    out: { type: 'string', value: 'DIR', help: 'where the results go', required: true },
  },
  run: runCommand,
};

async function runCommand(values: CliValues, context: CliContext): Promise<number> {
  const strategy = String(values['strategy']);
  const own = values['strategies-dir'] === undefined ? [] : readStrategies(String(values['strategies-dir']));
  const known = [...BUILTIN_STRATEGIES, ...own.map((one) => one.definition)];
  const definition = known.find((candidate) => candidate.name === strategy);
  if (definition === undefined)
    throw new UsageError(
      `there is no strategy '${strategy}'; there are ${known.map((candidate) => candidate.name).join(', ')}.`,
    );
  const runsText = String(values['significance'] ?? '0');
  if (!/^\d{1,4}$/u.test(runsText)) throw new UsageError('--significance wants a number of runs, 0 to 9999.');
  const seedText = String(values['seed'] ?? '1');
  if (!/^\d{1,9}$/u.test(seedText)) throw new UsageError('--seed wants a whole number, 0 or more.');
  const summary = await runBacktest({
    input: path.resolve(String(values['input'])),
    days: daysOf(String(values['days'])),
    strategy,
    params: readParams(values['set'], definition.params),
    seed: Number(seedText),
    out: path.resolve(String(values['out'])),
    files: own.filter((one) => one.definition.name === strategy).map((one) => one.file),
    significance: Number(runsText),
    onRandomRun: (run, runs) =>
      context.json ? undefined : context.stderr(`drover backtest: random run ${run} of ${runs}`),
    signal: context.signal,
    onDay: (day, events, trades) =>
      context.json
        ? undefined
        : context.stderr(`drover backtest: ${day}: ${events.toLocaleString('en-US')} events, ${trades} trades`),
  });
  if (!context.json && summary.significance !== undefined) context.stderr(sentence(summary.significance));
  context.stdout(JSON.stringify(summary));
  return 0;
}

function sentence({ strategy, runs, random, percentile, pValue, randomMeanExpectancy }: Significance): string {
  if (percentile === null || pValue === null || strategy.expectancy === null)
    return 'drover backtest: no trade, so there is nothing to compare with random entries.';
  const dollars = (value: number): string => `${value < 0 ? '-' : ''}$${Math.abs(value).toFixed(2)}`;
  return (
    `drover backtest: ${dollars(strategy.expectancy)} a trade over ${strategy.trades} trades; ${runs} runs of random entries made ` +
    `${dollars(randomMeanExpectancy ?? 0)} over ${Math.round(random.reduce((sum, run) => sum + run.trades, 0) / Math.max(1, runs))}: ` +
    `better than ${percentile.toFixed(0)} % of them, p = ${pValue.toFixed(3)}.`
  );
}

/** The user's files of a folder, each compiled once to know its name and parameters. */
function readStrategies(dir: string): { readonly file: StrategyFile; readonly definition: StrategyDefinition }[] {
  let names: string[];
  try {
    names = readdirSync(dir).filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'));
  } catch {
    throw new UsageError(`--strategies-dir: cannot read the folder '${dir}'.`);
  }
  if (names.length === 0) throw new UsageError(`--strategies-dir: there is no strategy file (.ts) in '${dir}'.`);
  return names.toSorted().map((name) => {
    const prepared = prepareStrategy(name, readFileSync(path.join(dir, name), 'utf8'));
    if (!prepared.ok) throw new FailureError(`${name}:${prepared.line}: ${prepared.message}.`);
    const compiled = compileStrategy(prepared.strategy.code, name, new StepGuard());
    if (!compiled.ok) throw new FailureError(`${name}: ${compiled.message}.`);
    return { file: { file: name, ...prepared.strategy }, definition: compiled.definition };
  });
}

/** Trading days of 'A' or 'A..B'. */
export function daysOf(text: string): string[] {
  const match = /^(\d{4}-\d{2}-\d{2})(?:\.\.(\d{4}-\d{2}-\d{2}))?$/u.exec(text);
  const calendar = new SessionCalendar(US_EQUITY_CALENDAR);
  const first = match === null ? undefined : calendar.dayOfDate(match[1] as string);
  const last = match === null ? undefined : calendar.dayOfDate(match[2] ?? (match[1] as string));
  if (first === undefined || last === undefined)
    throw new UsageError(`--days wants YYYY-MM-DD or YYYY-MM-DD..YYYY-MM-DD, not '${text}'.`);
  if (last.index < first.index) throw new UsageError('--days ends before it begins.');
  const days: string[] = [];
  for (let index = first.index; index <= last.index; index++)
    if (calendar.day(index).kind !== 'closed') days.push(calendar.day(index).date);
  if (days.length === 0) throw new UsageError(`--days ${text}: the market was closed.`);
  return days;
}

function readParams(
  given: CliValues[string],
  schema: Readonly<Record<string, { readonly min: number; readonly max: number }>>,
): Record<string, number> {
  const params: Record<string, number> = {};
  for (const text of given === undefined ? [] : Array.isArray(given) ? given : [String(given)]) {
    const [key, value] = text.split('=');
    const spec = key === undefined || !Object.hasOwn(schema, key) ? undefined : schema[key];
    if (spec === undefined)
      throw new UsageError(`--set ${text}: there is no such parameter; there are ${Object.keys(schema).join(', ')}.`);
    const number = Number(value);
    if (value === undefined || value.trim() === '' || !(number >= spec.min && number <= spec.max))
      throw new UsageError(`--set ${text}: the value must be between ${spec.min} and ${spec.max}.`);
    params[key as string] = number;
  }
  return params;
}
