/** `days`: what the data folder holds, day by day, in bytes. Changes nothing. */
import { dataUsage } from '../../adapters/store/retention.ts';
import { retentionPolicy } from '../../hosts/history/retention-settings.ts';
import { bytesText } from '../../lib/bytes-text.ts';
import type { CliCommand, CliContext, CliValues } from '../command.ts';
import { FailureError } from '../command.ts';
import { DAY_OPTIONS, readDay } from '../data-dir-option.ts';

export const days: CliCommand = {
  name: 'days',
  summary: 'shows what each recorded day takes on disk, and how long days are kept',
  options: { 'data-dir': DAY_OPTIONS['data-dir'] },
  run: (values, context) => Promise.resolve(runDays(values, context)),
};

function runDays(values: CliValues, context: CliContext): number {
  const { dataDir } = readDay(values);
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
