/**
 * The twin of a recorded day: a backtest of that day with the configuration, strategies and seed it was recorded with, and
 * without anything the user did, compared with what was recorded. The market is that of flat files or of the recording.
 */
import { TapeReader } from '../../adapters/store/tape-reader.ts';
import type { FeedNotice } from '../../ports/feed.ts';
import type { JournalRecord } from '../../ports/journal.ts';
import type { OfflineKernel } from '../kernel-host/offline-kernel.ts';
import { createOfflineKernel } from '../kernel-host/offline-kernel.ts';
import type { TimedCommand } from '../kernel-host/offline-run.ts';
import { runOffline } from '../kernel-host/offline-run.ts';
import { readDayTrading } from '../report/day-trading.ts';
import { closedOf, tradeFigures } from '../report/day-report.ts';
import type { TradeFigures } from '../report/day-report.ts';
import { readRecordedDay } from '../report/recorded-day.ts';
import type { TwinCause, TwinComparison } from './twin-causes.ts';
import { compareTwin } from './twin-causes.ts';
import { readTwinRecording } from './twin-recording.ts';

export interface TwinOptions {
  readonly dataDir: string;
  readonly day: string;
  /** Folder of flat files; the recorded market itself when absent. */
  readonly input?: string;
  readonly signal?: AbortSignal;
}

export interface TwinResult extends TwinComparison {
  readonly day: string;
  readonly market: 'flat files' | 'recording';
  readonly eventsLive: number;
  readonly eventsTwin: number;
  readonly live: TradeFigures;
  readonly twin: TradeFigures;
  readonly causes: Readonly<Partial<Record<TwinCause, number>>>;
}

export async function runTwin(options: TwinOptions): Promise<TwinResult> {
  const { dataDir, day, input } = options;
  const { config, trading: live } = readRecordedDay(dataDir, day);
  const recording = readTwinRecording(dataDir, day, config.isAuto);
  const records: JournalRecord[] = [];
  const journal = new TwinJournal(records);
  const offline = createOfflineKernel({ ...config, isAuto: true }, journal);
  offline.kernel.accept({ kind: 'command', command: { id: 'configure', name: 'configure', args: null }, atUs: 0 });
  const counts = countEvents(offline);
  const eventsTwin =
    input === undefined
      ? runFromTape(options, offline, journal, recording.setup)
      : await runOffline({
          offline,
          lastIntent: () => journal.intent,
          feed: { kind: 'replay', dir: input, day: day.slice(0, 10), speed: 0 },
          options: { nowUs: 0 },
          commands: recording.setup,
          // What came after the workstation had ended is no difference.
          ...(recording.lastUs === 0 ? {} : { untilUs: recording.lastUs }),
          ...(options.signal === undefined ? {} : { signal: options.signal }),
        });
  const twin = readDayTrading(records);
  const comparison = compareTwin(live, twin, recording, { eventsBySymbol: counts(offline) });
  const causes: Partial<Record<TwinCause, number>> = {};
  for (const { cause } of comparison.differences) causes[cause] = (causes[cause] ?? 0) + 1;
  return {
    day,
    market: input === undefined ? 'recording' : 'flat files',
    eventsLive: recording.events,
    eventsTwin,
    live: tradeFigures(closedOf(live)),
    twin: tradeFigures(closedOf(twin)),
    causes,
    ...comparison,
  };
}

/** Keeps what the comparison reads, as the disk would have seen it. */
class TwinJournal {
  intent = 0;
  readonly #records: JournalRecord[];

  constructor(records: JournalRecord[]) {
    this.#records = records;
  }

  append(record: JournalRecord): void {
    if (record.kind === 'intent') this.intent = record.seq;
    this.#records.push(JSON.parse(JSON.stringify(record)) as JournalRecord);
  }
}

/** Trades and quotes by ticker, counted on their way into the kernel. */
function countEvents({ kernel }: OfflineKernel): (offline: OfflineKernel) => ReadonlyMap<string, number> {
  const counts: number[] = [];
  const accept = kernel.accept.bind(kernel);
  kernel.accept = (input) => {
    if (input.kind === 'market')
      for (let i = 0; i < input.batch.length; i++) {
        const symbol = input.batch.symbol[i] as number;
        counts[symbol] = (counts[symbol] ?? 0) + 1;
      }
    return accept(input);
  };
  return ({ symbols }) => {
    const bySymbol = new Map<string, number>();
    for (const [symbol, count] of counts.entries()) if (count !== undefined) bySymbol.set(symbols.name(symbol), count);
    return bySymbol;
  };
}

/** Market, feed notices and time as recorded; what a simulated disk confirms, it confirms at once. */
function runFromTape(
  { dataDir, day }: TwinOptions,
  { kernel, symbols, conditions }: OfflineKernel,
  journal: TwinJournal,
  setup: readonly TimedCommand[],
): number {
  const reader = new TapeReader({ dataDir, day, symbols, sets: conditions });
  const isSetup = new Set(setup.map(({ command }) => command.id));
  reader.seek({});
  let events = 0;
  let told = 0;
  for (let input = reader.next(); input !== null; input = reader.next()) {
    if (input.kind === 'market') {
      reader.batch.receivedUs = input.receivedUs;
      kernel.accept({ kind: 'market', batch: reader.batch });
      events += reader.batch.length;
    } else if (input.kind === 'feed') kernel.accept({ kind: 'feed', notice: input.body as FeedNotice });
    else if (input.kind === 'time') kernel.accept({ kind: 'time', nowUs: input.receivedUs });
    else if (input.kind === 'command') {
      const command = input.body as TimedCommand['command'];
      if (isSetup.has(command.id)) kernel.accept({ kind: 'command', command, atUs: kernel.nowUs });
    }
    while (journal.intent > told) {
      told = journal.intent;
      kernel.accept({ kind: 'durable', seq: told });
    }
  }
  reader.close();
  return events;
}
