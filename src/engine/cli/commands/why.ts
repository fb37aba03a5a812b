/**
 * `why`: every strategy's rules for a symbol as they stood at an instant of a recorded day, and what became of its candidates.
 * The answer is computed by running the recording from the nearest checkpoint up to that instant, so it is what the engine
 * knew then and nothing else.
 */
import { checkpointBefore } from '../../adapters/store/checkpoint-anchors.ts';
import { openJournalReader } from '../../adapters/store/journal-sqlite.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { OfflineKernel } from '../../hosts/kernel-host/offline-kernel.ts';
import { createOfflineKernel } from '../../hosts/kernel-host/offline-kernel.ts';
import { OutcomeLog } from '../../hosts/kernel-host/outcome-log.ts';
import { recordedConfig, recover, restoreTables, STATE_VERSION } from '../../hosts/kernel-host/recovery.ts';
import { rulesOf } from '../../hosts/kernel-host/symbol-view.ts';
import { newYorkOffsetUs } from '../../time/new-york.ts';
import { SessionCalendar } from '../../time/calendar.ts';
import { US_EQUITY_CALENDAR } from '../../time/us-calendar.ts';
import type { CliCommand, CliContext, CliValues } from '../command.ts';
import { FailureError, UsageError } from '../command.ts';
import { DAY_OPTIONS, readDay } from '../data-dir-option.ts';

export const why: CliCommand = {
  name: 'why',
  summary: 'why a symbol was or was not bought at an instant of a recorded day',
  options: {
    ...DAY_OPTIONS,
    symbol: { type: 'string', value: 'TICKER', help: 'case matters', required: true },
    at: { type: 'string', value: 'HH:MM:SS', help: 'New York time, fractions allowed', required: true },
    strategy: { type: 'string', value: 'NAME', help: 'only this strategy' },
    gate: { type: 'string', value: 'TEXT', help: 'only rules whose name has this text' },
  },
  run: (values, context) => Promise.resolve(runWhy(values, context)),
};

function runWhy(values: CliValues, context: CliContext): number {
  const { dataDir, day } = readDay(values);
  const name = String(values['symbol']);
  const atUs = instantOf(day, String(values['at']));
  const { kernel, outcomes, hasStarted } = kernelAt(dataDir, day, atUs);
  if (!hasStarted) throw new FailureError(`the recording of ${day} begins after ${String(values['at'])}.`);
  const symbol = kernel.symbols.get(name);
  if (symbol === undefined)
    throw new FailureError(`there is no symbol '${name}' in the recording of ${day}; tickers are case-sensitive.`);
  const gate = values['gate'] === undefined ? '' : String(values['gate']).toLowerCase();
  const evaluations = rulesOf(kernel, symbol)
    .filter((evaluation) => values['strategy'] === undefined || evaluation.strategy === values['strategy'])
    .map((evaluation) => ({
      ...evaluation,
      rules: evaluation.rules.filter((rule) => rule.name.toLowerCase().includes(gate)),
    }));
  const candidates = outcomes
    .of(name)
    .filter((candidate) => values['strategy'] === undefined || candidate.strategy === values['strategy']);
  const answer = { symbol: name, day, at: String(values['at']), atUs, evaluations, candidates };
  if (!context.json) tell(context, answer);
  else context.stdout(JSON.stringify(answer));
  return 0;
}

export interface KernelAt {
  readonly kernel: Kernel;
  readonly outcomes: OutcomeLog;
  readonly hasStarted: boolean;
  /** Inputs run for it. */
  readonly inputs: number;
}

/**
 * The kernel as it was at an instant: from the nearest checkpoint before it and the tape from there on. What became of the
 * candidates before that checkpoint is read from the journal, where every outcome stands.
 */
export function kernelAt(dataDir: string, day: string, atUs: number, useCheckpoint = true): KernelAt {
  const config = recordedConfig(dataDir, day);
  if (config === null) throw new FailureError(`the recording of ${day} has lost its beginning; it cannot be asked.`);
  const outcomes = new OutcomeLog();
  const create = (): OfflineKernel => createOfflineKernel(config, { append: (record) => outcomes.record(record) });
  const { kernel, conditions } = create();
  const chosen = useCheckpoint ? checkpointBefore(dataDir, day, atUs, STATE_VERSION) : null;
  const checkpoint = chosen?.checkpoint ?? null;
  if (checkpoint !== null) recordOutcomes(dataDir, day, checkpoint.meta.seq, outcomes);
  const report = recover({
    dataDir,
    day,
    kernel,
    restoreTables: (reader) => restoreTables(reader, kernel.symbols, conditions),
    useCheckpoint: checkpoint !== null,
    choose: () => ({ checkpoint, rejected: [] }),
    onInput: (input) => input.receivedUs <= atUs,
    renew: () => create().kernel,
  });
  return {
    kernel: report.kernel ?? kernel,
    outcomes,
    hasStarted: checkpoint !== null || report.inputs > 0,
    inputs: report.inputs,
  };
}

function recordOutcomes(dataDir: string, day: string, toSeq: number, outcomes: OutcomeLog): void {
  const journal = openJournalReader(dataDir);
  if (journal === null) return;
  try {
    for (const { bodyJson, day: _day, ...row } of journal.read({ day, kind: 'decision', toSeq }))
      outcomes.record({ ...row, body: JSON.parse(bodyJson) as unknown });
  } finally {
    journal.close();
  }
}

function tell(
  context: CliContext,
  answer: {
    symbol: string;
    at: string;
    evaluations: ReturnType<typeof rulesOf>;
    candidates: ReturnType<OutcomeLog['of']>;
  },
): void {
  if (answer.evaluations.length === 0)
    context.stdout(
      `${answer.symbol} had not been judged by any strategy by ${answer.at}: no bar of it had closed yet.`,
    );
  for (const { strategy, pass, rules, atUs } of answer.evaluations) {
    const failing = rules.filter((rule) => !rule.pass);
    context.stdout(
      `${strategy}: ${pass ? 'every rule passes' : `${failing.length} of ${rules.length} fail`} (judged ${clock(atUs)})`,
    );
    for (const rule of rules)
      context.stdout(
        `  ${rule.pass ? 'pass' : 'FAIL'}  ${rule.name.padEnd(34)} ${number(rule.value)} ${rule.operator} ${number(rule.threshold)} ${rule.unit}`,
      );
  }
  for (const candidate of answer.candidates.slice(0, 10))
    context.stdout(`${clock(candidate.atUs)} ${candidate.strategy}: ${candidate.outcome} ${candidate.detail}`);
}

const number = (value: number | null): string => (value === null ? 'unknown' : String(Number(value.toPrecision(7))));

function clock(us: number): string {
  return new Date((us + newYorkOffsetUs(us)) / 1000).toISOString().slice(11, 23);
}

/** New York wall time on a trading day, as epoch microseconds. */
export function instantOf(day: string, text: string): number {
  const match = /^(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d{1,6})?))?$/u.exec(text);
  const [hours, minutes, seconds] = [Number(match?.[1]), Number(match?.[2]), Number(match?.[3] ?? 0)];
  if (match === null || hours > 23 || minutes > 59 || seconds >= 60)
    throw new UsageError(`--at wants a New York time as HH:MM:SS, not '${text}'.`);
  const trading = new SessionCalendar(US_EQUITY_CALENDAR).dayOfDate(day.slice(0, 10));
  if (trading === undefined) throw new UsageError(`'${day}' is no date.`);
  return trading.midnightUs + Math.round((hours * 3600 + minutes * 60 + seconds) * 1e6);
}
