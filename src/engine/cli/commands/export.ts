/** `drover export`: a recorded day as Parquet files for Python, DuckDB and the like. */
import fs from 'node:fs';
import path from 'node:path';
import { parseDate } from '../../time/civil.ts';
import type { CliCommand, CliContext, CliValues } from '../command.ts';
import { FailureError, UsageError } from '../command.ts';

export const exportCommand: CliCommand = {
  name: 'export',
  summary: 'write a recorded day as Parquet: trades, quotes, bands, bars, orders, fills, decisions',
  options: {
    'data-dir': { type: 'string', value: 'DIR', help: 'data folder of the recording', required: true },
    day: { type: 'string', value: 'YYYY-MM-DD', help: 'trading day', required: true },
    out: { type: 'string', value: 'DIR', help: 'folder for the Parquet files, made if missing', required: true },
    trades: { type: 'string', value: 'N', help: 'trades a bar (100); 0 for no bars' },
  },
  run: runExport,
};

async function runExport(values: CliValues, context: CliContext): Promise<number> {
  const dataDir = String(values['data-dir']);
  const day = String(values['day']);
  const outDir = String(values['out']);
  const tradesPerBar = Number(values['trades'] ?? 100);
  if (parseDate(day) === undefined) throw new UsageError(`--day '${day}' is not a date; write it YYYY-MM-DD.`);
  if (!Number.isInteger(tradesPerBar) || tradesPerBar < 0)
    throw new UsageError('--trades must be a whole number, 0 or more.');
  if (!fs.existsSync(dataDir)) throw new UsageError(`there is no data folder ${dataDir}.`);
  const { exportDay } = await import('../../adapters/store/day-export.ts');
  const { openJournalReader } = await import('../../adapters/store/journal-sqlite.ts');
  const journal = openJournalReader(dataDir);
  const hasRecords = journal !== null && journal.lastSeq(day) > 0;
  journal?.close();
  if (!hasRecords && !fs.existsSync(path.join(dataDir, 'tape', day)))
    throw new FailureError(`nothing was recorded in ${dataDir} on ${day}.`);
  const result = await exportDay({ dataDir, day, outDir, tradesPerBar, signal: context.signal });
  for (const damage of result.tapeDamage)
    context.stderr(
      `tape: ${damage.kind} of ${damage.bytes} bytes in ${damage.file}, inputs after ${damage.afterInputNo ?? 'the start'}`,
    );
  if (result.journalDamage > 0)
    context.stderr(`journal: ${result.journalDamage} rows have a wrong checksum and were left out`);
  if (context.json) context.stdout(JSON.stringify(result));
  else
    for (const file of result.files)
      context.stdout(
        `${file.name.padEnd(14)} ${String(file.rows).padStart(10)} rows ${String(file.bytes).padStart(12)} bytes  ${file.file}`,
      );
  return context.signal.aborted ? 1 : 0;
}
