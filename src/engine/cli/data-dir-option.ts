/** The `--data-dir` and `--day` options of commands that look at recorded days. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { defaultDataDir } from '../adapters/data-folder.ts';
import { foldFrontIfIdle } from '../adapters/store/tape-fold.ts';
import type { CliOption, CliValues } from './command.ts';
import { FailureError, UsageError } from './command.ts';

export const DAY_OPTIONS = {
  'data-dir': { type: 'string', value: 'DIR', help: 'where the days are kept (default: the usual folder)' },
  day: { type: 'string', value: 'DAY', help: 'YYYY-MM-DD (default: the latest recorded day)' },
} as const satisfies Record<string, CliOption>;

/** The folder and the recorded day meant; a sentence when there is none. */
export function readDay(values: CliValues): { readonly dataDir: string; readonly day: string } {
  const given = values['data-dir'];
  if (Array.isArray(given) || Array.isArray(values['day']))
    throw new UsageError('--data-dir and --day are given once.');
  const dataDir = given === undefined ? defaultDataDir() : path.resolve(String(given));
  const folder = path.join(dataDir, 'tape');
  const days = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => /^\d{4}-\d{2}-\d{2}/u.test(name))
        .toSorted()
    : [];
  if (days.length === 0)
    throw new FailureError(`there is no recorded day in ${dataDir}; start Drover with this data folder first.`);
  const day = values['day'] === undefined ? (days.at(-1) as string) : String(values['day']);
  if (!days.includes(day))
    throw new FailureError(`the day ${day} is not recorded in ${dataDir}; recorded are ${days.slice(-5).join(', ')}.`);
  foldFrontIfIdle(dataDir, day);
  return { dataDir, day };
}
