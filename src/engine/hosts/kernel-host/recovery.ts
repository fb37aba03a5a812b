/**
 * Start-up is crash recovery: the newest whole checkpoint of the day, then the tape behind it, input by input, through the
 * same kernel. What comes out is the state in which the program stopped, however it stopped.
 */
import type { CheckpointChoice } from '../../adapters/store/checkpoint-files.ts';
import { newestCheckpoint } from '../../adapters/store/checkpoint-files.ts';
import type { Journal } from '../../adapters/store/journal-sqlite.ts';
import { openJournalReader } from '../../adapters/store/journal-sqlite.ts';
import { foldFrontIfIdle } from '../../adapters/store/tape-fold.ts';
import { TapeReader } from '../../adapters/store/tape-reader.ts';
import type { TapeDamage } from '../../adapters/store/tape-scan.ts';
import { decodeJson } from '../../lib/json-bytes.ts';
import type { Adoption } from '../../kernel/adoption.ts';
import type { KernelInput, UserCommand } from '../../kernel/input.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { KernelConfig } from '../../kernel/kernel-config.ts';
import type { ConditionSets } from '../../model/conditions.ts';
import type { EventBatch } from '../../model/event-batch.ts';
import type { SymbolTable } from '../../model/symbols.ts';
import type { EpochUs, InputNo } from '../../model/units.ts';
import type { BrokerEvent } from '../../ports/broker.ts';
import type { CheckpointReader } from '../../ports/checkpoint.ts';
import type { FeedNotice } from '../../ports/feed.ts';
import type { TapeInput } from '../../tape/tape-input.ts';

/** Changes whenever an older program's checkpoints cannot be understood; they are then passed over for the tape. */
export const STATE_VERSION = 1;

export interface RecoveryReport {
  /** Inputs applied from the tape, behind the checkpoint. */
  readonly inputs: number;
  readonly events: number;
  readonly checkpointInputNo: InputNo | null;
  /** Stamp of the last thing the feed had sent; null when the day is new. */
  readonly resumeAfterUs: EpochUs | null;
  /** One sentence each: damaged files, holes, what was lost. */
  readonly problems: readonly string[];
  /** The kernel at the end: another than the one given when the recording begins anew in between. */
  readonly kernel?: Kernel;
  /** First input that the tape does not have although later ones are there; the kernel is detached then. */
  readonly holeAtInputNo: InputNo | null;
  readonly holeFromUs: EpochUs | null;
}

export const FRESH: RecoveryReport = {
  inputs: 0,
  events: 0,
  checkpointInputNo: null,
  resumeAfterUs: null,
  problems: [],
  holeAtInputNo: null,
  holeFromUs: null,
};

/** The configuration the day was begun with, null when the day has no tape yet. */
export function recordedConfig(dataDir: string, day: string): KernelConfig | null {
  foldFrontIfIdle(dataDir, day);
  const first = configOnTape(dataDir, day);
  if (first !== null) return first;
  // The first block is damaged: the checkpoint knows it too, and the journal most of it.
  const { checkpoint } = newestCheckpoint(dataDir, day);
  const bytes = checkpoint?.section('config');
  return bytes === undefined ? journalledConfig(dataDir, day) : decodeJson<KernelConfig>(bytes);
}

/** The configuration at the tape's beginning, read without touching anything; null when it is not in a whole block there. */
export function configOnTape(dataDir: string, day: string): KernelConfig | null {
  const reader = new TapeReader({ dataDir, day });
  reader.seek({});
  const first = reader.next();
  reader.close();
  if (first?.kind !== 'command') return null;
  const command = first.body as UserCommand;
  return command.name === 'configure' ? (command.args as KernelConfig) : null;
}

/** The configuration as the journal keeps it: without reference rows. */
function journalledConfig(dataDir: string, day: string): KernelConfig | null {
  return fromJournal(dataDir, (journal) => {
    for (const row of journal.read({ day, kind: 'config', limit: 1 }))
      return { ...(JSON.parse(row.bodyJson) as KernelConfig), reference: [], carried: {} };
    return null;
  });
}

/** Whether anything of the day was ever recorded that can still be read, or was acknowledged. */
export function hasRecords(dataDir: string, day: string): boolean {
  const reader = new TapeReader({ dataDir, day });
  const { blocks } = reader.stat();
  reader.close();
  if (blocks > 0) return true;
  return fromJournal(dataDir, (journal) => (journal.days().some((known) => known.day === day) ? true : null)) ?? false;
}

/** Null as well when it cannot be read before the store has repaired it. */
function fromJournal<T>(dataDir: string, ask: (journal: Journal) => T | null): T | null {
  let journal: Journal | null = null;
  try {
    journal = openJournalReader(dataDir);
    return journal === null ? null : ask(journal);
  } catch {
    return null;
  } finally {
    journal?.close();
  }
}

/** Names and condition sets get the ids they had. */
export function restoreTables(reader: CheckpointReader, symbols: SymbolTable, conditions: ConditionSets): void {
  const names = reader.section('symbols');
  const sets = reader.section('conditions');
  if (names !== undefined) for (const name of decodeJson<string[]>(names)) symbols.intern(name);
  if (sets !== undefined) for (const set of decodeJson<number[][]>(sets)) conditions.intern(set);
}

export interface RecoverOptions {
  readonly dataDir: string;
  readonly day: string;
  readonly kernel: Kernel;
  /** Puts names and condition sets in place before the kernel's own state is restored. */
  readonly restoreTables: (reader: CheckpointReader) => void;
  readonly useCheckpoint?: boolean;
  /** The checkpoint to begin from; the newest whole one of the day when absent. */
  readonly choose?: () => CheckpointChoice;
  /** Makes another kernel, empty, for a recording that begins anew (AFR6). Without it nothing before the beginning is run. */
  readonly renew?: () => Kernel;
  /** Input of the latest new beginning, for those who cannot renew; 0 when there is none. */
  readonly begunAtInputNo?: InputNo;
  /** Called before each input, for replays that compare; and to stop early by returning false. */
  readonly onInput?: (input: TapeInput, batch: EventBatch) => boolean;
  /** Called after each input with its market events; false ends the replay there. */
  readonly onApplied?: (events: number) => boolean;
}

export function recover(options: RecoverOptions): RecoveryReport {
  const { dataDir, day, begunAtInputNo = 0 } = options;
  let { kernel } = options;
  const choose = options.choose ?? ((): CheckpointChoice => newestCheckpoint(dataDir, day));
  const problems: string[] = [];
  let checkpointInputNo: InputNo | null = null;
  let resumeAfterUs: EpochUs | null = null;
  if (options.useCheckpoint !== false) {
    const { checkpoint, rejected } = choose();
    for (const bad of rejected) problems.push(`checkpoint ${bad.file} was passed over: ${bad.detail}`);
    if (checkpoint !== null && checkpoint.meta.inputNo < begunAtInputNo)
      problems.push(`checkpoint ${checkpoint.file} was passed over: it is of before the recording began anew`);
    else if (checkpoint !== null && checkpoint.meta.stateVersion === STATE_VERSION) {
      options.restoreTables(checkpoint);
      kernel.restore(checkpoint);
      checkpointInputNo = checkpoint.meta.inputNo;
      const stamp = checkpoint.section('resume');
      if (stamp !== undefined) resumeAfterUs = new Float64Array(stamp.slice().buffer)[0] as number;
    } else if (checkpoint !== null)
      problems.push(
        `checkpoint ${checkpoint.file} is of another version of the program and was passed over for the tape`,
      );
  }
  // Without a checkpoint of after it, a new beginning is where to begin.
  if (checkpointInputNo === null && begunAtInputNo > 0) kernel.inputNo = begunAtInputNo - 1;
  const tapeFrom = (fromInputNo: InputNo): TapeReader => {
    const opened = new TapeReader({ dataDir, day, symbols: kernel.symbols, sets: kernel.view.conditions });
    opened.seek(fromInputNo === 1 ? {} : { fromInputNo });
    return opened;
  };
  let reader = tapeFrom(kernel.inputNo + 1);
  let inputs = 0;
  let events = 0;
  let holeAtInputNo: InputNo | null = null;
  let holeFromUs: EpochUs | null = null;
  let renewedAt: InputNo = 0;
  const damage: TapeDamage[] = [];
  for (let input = reader.next(); input !== null; input = reader.next()) {
    if (options.onInput?.(input, reader.batch) === false) break;
    const fed = toKernelInput(input, reader.batch);
    if (fed === null) continue;
    if (beginsAnew(fed) && options.renew !== undefined && kernel.inputNo > 0 && renewedAt !== input.inputNo) {
      kernel = options.renew();
      kernel.inputNo = input.inputNo - 1;
      renewedAt = input.inputNo;
      [holeAtInputNo, holeFromUs] = [null, null];
      damage.push(...reader.damage);
      reader.close();
      // Its tables get their ids in the order in which the new kernel gave them.
      reader = tapeFrom(input.inputNo);
      continue;
    }
    if (input.inputNo !== kernel.inputNo + 1) {
      problems.push(
        `inputs ${kernel.inputNo + 1} to ${input.inputNo - 1} are missing from the tape; what was decided from there on is taken from the journal`,
      );
      holeAtInputNo ??= kernel.inputNo + 1;
      holeFromUs ??= kernel.nowUs;
      kernel.detach();
      kernel.inputNo = input.inputNo - 1;
    }
    inputs++;
    // Behind a hole our state is not the one that was adopted into then; the journal is taken over once, at the end.
    if (kernel.isDetached && fed.kind === 'command' && fed.command.name === 'adopt' && !beginsAnew(fed))
      kernel.inputNo++;
    else kernel.accept(fed);
    if (fed.kind === 'market') events += fed.batch.length;
    if (fed.kind === 'market' || fed.kind === 'feed') resumeAfterUs = input.receivedUs;
    if (options.onApplied?.(fed.kind === 'market' ? fed.batch.length : 0) === false) break;
  }
  for (const bad of [...damage, ...reader.damage])
    problems.push(
      `the tape file ${bad.file} is damaged (${bad.kind}) after input ${bad.afterInputNo ?? 0}; ${bad.bytes} bytes were passed over`,
    );
  reader.close();
  return { inputs, events, checkpointInputNo, resumeAfterUs, problems, holeAtInputNo, holeFromUs, kernel };
}

function beginsAnew(input: KernelInput): boolean {
  return (
    input.kind === 'command' && input.command.name === 'adopt' && (input.command.args as Adoption).afresh !== undefined
  );
}

function toKernelInput(input: TapeInput, batch: EventBatch): KernelInput | null {
  switch (input.kind) {
    case 'market':
      batch.receivedUs = input.receivedUs;
      return { kind: 'market', batch };
    case 'feed':
      return { kind: 'feed', notice: input.body as FeedNotice };
    case 'time':
      return { kind: 'time', nowUs: input.receivedUs };
    case 'durable':
      return { kind: 'durable', seq: input.seq };
    case 'broker':
      return { kind: 'broker', event: input.body as BrokerEvent, atUs: input.receivedUs };
    case 'command':
      return { kind: 'command', command: input.body as UserCommand, atUs: input.receivedUs };
    case 'hole':
    case 'note':
      return null;
  }
}
