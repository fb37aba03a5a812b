/** A recorded day as the journal has it, with what it was begun with. */
import { openJournalReader } from '../../adapters/store/journal-sqlite.ts';
import { FailureError } from '../../cli/command.ts';
import { toRecord } from '../../journal/journal-record.ts';
import type { KernelConfig } from '../../kernel/kernel-config.ts';
import type { JournalRecord } from '../../ports/journal.ts';
import { recordedConfig } from '../kernel-host/recovery.ts';
import type { DayReport } from './day-report.ts';
import { dayReport } from './day-report.ts';
import type { DayTrading } from './day-trading.ts';
import { readDayTrading } from './day-trading.ts';

export interface RecordedDay {
  readonly config: KernelConfig;
  readonly trading: DayTrading;
}

/** `config` of the recording; `FailureError` when there is none or no journal. */
export function readRecordedDay(dataDir: string, day: string): RecordedDay {
  const config = recordedConfig(dataDir, day);
  if (config === null) throw new FailureError(`the recording of ${day} has lost its beginning; it cannot be read.`);
  const journal = openJournalReader(dataDir);
  if (journal === null) throw new FailureError(`there is no journal in ${dataDir}.`);
  try {
    return { config, trading: readDayTrading(records(journal.read({ day }))) };
  } finally {
    journal.close();
  }
}

function* records(rows: Iterable<Parameters<typeof toRecord>[0]>): Generator<JournalRecord> {
  for (const row of rows) yield toRecord(row);
}

export function reportOf(day: string, { config, trading }: RecordedDay): DayReport {
  return dayReport({ day, feed: config.feed, broker: config.broker, seed: config.seed }, trading);
}
