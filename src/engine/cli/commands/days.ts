/** `days`: what the data folder holds, day by day, in bytes; with --prune, old days are compacted and removed by policy now. */
import { dataUsage } from '../../adapters/store/retention.ts';
import { takeStoreGuard } from '../../adapters/store/store-guard.ts';
import { tidyDays } from '../../hosts/history/days.ts';
import { retentionPolicy, unreconciledDays } from '../../hosts/history/retention-settings.ts';
import { bytesText } from '../../lib/bytes-text.ts';
import type { CliCommand, CliContext, CliValues } from '../command.ts';
import { FailureError } from '../command.ts';
import { DAY_OPTIONS, readDay } from '../data-dir-option.ts';

export const days: CliCommand = {
  name: 'days',
  summary: 'shows what each recorded day takes on disk, and how long days are kept',
  options: {
    'data-dir': DAY_OPTIONS['data-dir'],
    prune: { type: 'boolean', help: 'compact and remove old days now, as a running Drover does by itself' },
  },
  run: runDays,
};

async function runDays(values: CliValues, context: CliContext): Promise<number> {
  const { dataDir, day } = readDay(values);
  if (values['prune'] === true && !(await prune(dataDir, day, context))) return 1;
  let usage: ReturnType<typeof dataUsage>;
  try {
    usage = dataUsage(dataDir);
  } catch (error) {
    throw new FailureError(`${dataDir} cannot be read: ${error instanceof Error ? error.message : String(error)}.`);
  }
  const retention = retentionPolicy(dataDir);
  if (context.json) {
    context.stdout(JSON.stringify({ dataDir, ...usage, retention }));
    return 0;
  }
  context.stdout('day             tape     look back       parquet  journal records');
  for (const day of usage.days) {
    const sizes = [day.tapeBytes, day.scrubBytes, day.parquetBytes].map((bytes) => bytesText(bytes).padStart(12));
    context.stdout(`${day.day.padEnd(12)}${sizes.join('  ')}  ${String(day.journalRecords).padStart(14)}`);
  }
  const kept = (count: number | null): string => (count === null ? 'for ever' : `${count} days`);
  context.stdout(
    `journal ${bytesText(usage.journalBytes)}, checkpoints ${bytesText(usage.checkpointBytes)}, all ${bytesText(usage.totalBytes)}, free ${bytesText(usage.freeBytes)}`,
  );
  context.stdout(
    `kept: tape ${kept(retention.tapeDays)}, look back ${kept(retention.scrubDays)}, parquet ${kept(retention.parquetDays)}`,
  );
  return 0;
}

/** The latest recorded day counts as the current one. False when a step was not possible. */
async function prune(dataDir: string, day: string, context: CliContext): Promise<boolean> {
  const lock = takeStoreGuard(dataDir);
  if (!lock.ok) throw new FailureError(lock.message);
  try {
    const policy = retentionPolicy(dataDir);
    const lines = await tidyDays({ dataDir, day, keepDays: unreconciledDays(dataDir), policy });
    for (const { text } of lines) context.stderr(`drover days: ${text}`);
    if (lines.length === 0) context.stderr('drover days: no day is old enough to be compacted or removed');
    return lines.every(({ severity }) => severity !== 'warn');
  } finally {
    lock.guard.release();
  }
}
