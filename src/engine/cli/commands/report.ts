/** `report`: the report of a recorded day, out of its journal. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { readRecordedDay, reportOf } from '../../hosts/report/recorded-day.ts';
import { reportLines } from '../../hosts/report/report-text.ts';
import type { CliCommand, CliContext, CliValues } from '../command.ts';
import { FailureError, UsageError } from '../command.ts';
import { DAY_OPTIONS, readDay } from '../data-dir-option.ts';

export const report: CliCommand = {
  name: 'report',
  summary: "a recorded day's trades, result, costs predicted and charged, gaps and notes",
  options: {
    ...DAY_OPTIONS,
    out: { type: 'string', value: 'FILE', help: 'write it there too: text, or JSON when the name ends in .json' },
  },
  run: (values, context) => Promise.resolve(runReport(values, context)),
};

function runReport(values: CliValues, context: CliContext): number {
  const { dataDir, day } = readDay(values);
  if (Array.isArray(values['out'])) throw new UsageError('--out is given once.');
  const made = reportOf(day, readRecordedDay(dataDir, day));
  const json = JSON.stringify(made);
  const text = reportLines(made).join('\n');
  const out = values['out'];
  if (typeof out === 'string') {
    try {
      writeFileSync(path.resolve(out), out.endsWith('.json') ? `${json}\n` : `${text}\n`);
    } catch (error) {
      throw new FailureError(
        `--out ${out} cannot be written: ${error instanceof Error ? error.message : String(error)}.`,
      );
    }
  }
  context.stdout(context.json ? json : text);
  return 0;
}
