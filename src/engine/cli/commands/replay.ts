/** `replay`: runs a recorded day through the kernel again and compares every decision with the recorded ones. */
import { openJournalReader } from '../../adapters/store/journal-sqlite.ts';
import type { JournalRow } from '../../journal/journal-record.ts';
import { toRow } from '../../journal/journal-record.ts';
import { beginningsOf } from '../../hosts/kernel-host/afresh.ts';
import { createOfflineKernel } from '../../hosts/kernel-host/offline-kernel.ts';
import { recordedConfig, recover } from '../../hosts/kernel-host/recovery.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { JournalRecord } from '../../ports/journal.ts';
import type { CliCommand, CliContext, CliValues } from '../command.ts';
import { FailureError } from '../command.ts';
import { DAY_OPTIONS, readDay } from '../data-dir-option.ts';

export const replay: CliCommand = {
  name: 'replay',
  summary: 'replays a recorded day and compares every decision with the recorded ones',
  options: DAY_OPTIONS,
  run: (values, context) => Promise.resolve(runReplay(values, context)),
};

interface Difference {
  readonly seq: number;
  readonly inputNo: number;
  readonly recorded: string;
  readonly replayed: string;
}

function runReplay(values: CliValues, context: CliContext): number {
  const { dataDir, day } = readDay(values);
  const config = recordedConfig(dataDir, day);
  if (config === null)
    throw new FailureError(
      `the recording of ${day} has lost its beginning and there is no checkpoint that knows it; it cannot be replayed.`,
    );
  const journal = openJournalReader(dataDir);
  if (journal === null) throw new FailureError(`there is no journal in ${dataDir}; nothing can be compared.`);
  const recorded = journal.read({ day });
  const differences: Difference[] = [];
  let compared = 0;
  let extra = 0;
  let decisions = 0;
  const beginnings = beginningsOf(dataDir, day);
  const compare = (record: JournalRecord): void => {
    // Made by the last inputs before a kill and not on disk when the recording began anew: nobody ever relied on them.
    if (beginnings.some(({ inputNo, fromSeq }) => record.inputNo < inputNo && record.seq >= fromSeq)) {
      extra++;
      return;
    }
    const next = recorded.next();
    const row = toRow(record);
    // What the journal had not yet on disk when the program ended is made again here; it is no difference.
    if (next.done === true) {
      extra++;
      return;
    }
    compared++;
    if (row.kind === 'decision') decisions++;
    const [was, is] = [lineOf(next.value), lineOf(row)];
    if (was !== is) differences.push({ seq: row.seq, inputNo: row.inputNo, recorded: was, replayed: is });
  };
  const { kernel } = createOfflineKernel(config, { append: compare });
  const renew = (): Kernel => createOfflineKernel(config, { append: compare }).kernel;
  const report = recover({ dataDir, day, kernel, restoreTables: () => undefined, useCheckpoint: false, renew });
  let missing = 0;
  for (let rest = recorded.next(); rest.done !== true; rest = recorded.next()) missing++;
  journal.close();
  const first = differences[0];
  const summary = {
    day,
    inputs: report.inputs,
    events: report.events,
    recordsCompared: compared,
    decisionsCompared: decisions,
    differences: differences.length + missing,
    missing,
    notYetStored: extra,
    problems: report.problems,
    first: first ?? null,
  };
  if (!context.json) {
    for (const problem of report.problems) context.stderr(`drover replay: ${problem}`);
    context.stdout(
      `${day}: ${report.inputs.toLocaleString('en-US')} inputs, ${report.events.toLocaleString('en-US')} events, ${compared} records and ${decisions} decisions compared, ${summary.differences} differences`,
    );
    if (first !== undefined)
      context.stdout(`first at input ${first.inputNo}:\n  recorded ${first.recorded}\n  replayed ${first.replayed}`);
  }
  context.stdout(JSON.stringify(summary));
  return summary.differences === 0 ? 0 : 1;
}

function lineOf(row: JournalRow): string {
  return `${row.seq} ${row.inputNo} ${row.atUs} ${row.kind} ${row.id} ${row.cause} ${row.symbol} ${row.bodyJson}`;
}
