/** `backtest`: a strategy over recorded days with the workstation's own kernel; trades, ledger and a summary with a hash. */
import path from 'node:path';
import { runBacktest } from '../../hosts/backtest/backtest.ts';
import { BUILTIN_STRATEGIES } from '../../strategies/builtin/index.ts';
import { SessionCalendar } from '../../time/calendar.ts';
import { US_EQUITY_CALENDAR } from '../../time/us-calendar.ts';
import type { CliCommand, CliContext, CliValues } from '../command.ts';
import { UsageError } from '../command.ts';

export const backtest: CliCommand = {
  name: 'backtest',
  summary: 'a strategy over recorded days; report, trades.jsonl and ledger.jsonl',
  stopsCleanly: true,
  options: {
    input: { type: 'string', value: 'DIR', help: "flat files in the vendor's layout", required: true },
    days: { type: 'string', value: 'A..B', help: 'one day or a range, YYYY-MM-DD', required: true },
    strategy: { type: 'string', value: 'NAME', help: 'which strategy', required: true },
    set: { type: 'string', value: 'k=v', help: 'a parameter; may be given several times' },
    seed: { type: 'string', value: 'N', help: 'of the paper exchange and of chance (default 1)' },
    out: { type: 'string', value: 'DIR', help: 'where the results go', required: true },
  },
  run: runCommand,
};

async function runCommand(values: CliValues, context: CliContext): Promise<number> {
  const strategy = String(values['strategy']);
  const definition = BUILTIN_STRATEGIES.find((candidate) => candidate.name === strategy);
  if (definition === undefined)
    throw new UsageError(
      `there is no strategy '${strategy}'; there are ${BUILTIN_STRATEGIES.map((candidate) => candidate.name).join(', ')}.`,
    );
  const seedText = String(values['seed'] ?? '1');
  if (!/^\d{1,9}$/u.test(seedText)) throw new UsageError('--seed wants a whole number, 0 or more.');
  const summary = await runBacktest({
    input: path.resolve(String(values['input'])),
    days: daysOf(String(values['days'])),
    strategy,
    params: readParams(values['set'], definition.params),
    seed: Number(seedText),
    out: path.resolve(String(values['out'])),
    signal: context.signal,
    onDay: (day, events, trades) =>
      context.json
        ? undefined
        : context.stderr(`drover backtest: ${day}: ${events.toLocaleString('en-US')} events, ${trades} trades`),
  });
  context.stdout(JSON.stringify(summary));
  return 0;
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
