/**
 * What a start reads first, before anybody knows which day and market it is about: the exits file, shown to the windows at
 * once, and the newest checkpoint (docs/specs/recovery.md, RCV5, RCV8).
 */
import path from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import type { PositionRow } from '#protocol';
import type { CheckpointChoice } from '../../adapters/store/checkpoint-files.ts';
import { newestCheckpoint } from '../../adapters/store/checkpoint-files.ts';
import type { ExitsRead } from '../../adapters/store/exits-file.ts';
import { readExits } from '../../adapters/store/exits-file.ts';
import type { ExitsBooks } from '../../kernel/adoption.ts';
import { StartMeter } from './start-meter.ts';
import type { FromKernel, KernelEarlyData } from './worker-messages.ts';

export interface FirstLook {
  readonly exits: ExitsRead;
  /** As the positions table shows them; prices are not known yet. */
  readonly positions: readonly PositionRow[];
  readonly meter: StartMeter;
  /** The newest whole checkpoint of a day. */
  readonly newestOf: (day: string) => CheckpointChoice;
}

export function takeFirstLook(early: KernelEarlyData, port: MessagePort, nowUs: () => number): FirstLook {
  const { dataDir, processUs } = early;
  const meter = new StartMeter(processUs, nowUs);
  const exits = readExits(dataDir);
  const positions = exitsRows(exits);
  port.postMessage({ kind: 'value', topic: 'positions', key: undefined, value: positions } satisfies FromKernel);
  meter.exitsRead(positions.length);
  const guess = newestCheckpoint(dataDir);
  return { exits, positions, meter, newestOf: (day) => ofDay(guess, day) ?? newestCheckpoint(dataDir, day) };
}

/** Nearly always the newest of all is of the day that goes on. */
function ofDay({ checkpoint, rejected }: CheckpointChoice, day: string): CheckpointChoice | null {
  if (checkpoint === null || checkpoint.meta.day !== day) return null;
  return rejected.every(({ file }) => path.basename(file).startsWith(`${day}-0`)) ? { checkpoint, rejected } : null;
}

function exitsRows({ content }: ExitsRead): PositionRow[] {
  const { books } = (content?.state ?? {}) as { readonly books?: ExitsBooks };
  return (books?.trades ?? [])
    .filter((trade) => trade.position.held !== 0)
    .map((trade) => ({
      tradeId: trade.id,
      symbol: trade.ticker,
      strategy: trade.strategy,
      version: trade.version,
      isShadow: false,
      quantity: trade.position.held,
      entry: trade.position.averageCost,
      bid: 0,
      last: 0,
      pnlNet: 0,
      pnlPercent: 0,
      peak: trade.peakBid,
      trough: trade.troughBid,
      openedUs: trade.openedUs,
      state: 'recovering',
      isBlind: true,
      isHalted: false,
      exits: [],
    }));
}
