/**
 * The paper account over midnight: a new day begins with the cash, the unsettled proceeds, the open positions with their exit
 * plans, the locks and the kill switch of the last day of the same market (docs/specs/recovery.md, CAR1..). The last day is
 * brought back from its newest checkpoint and the tape behind it; what it says goes into the configuration of the new one.
 */
import fs from 'node:fs';
import path from 'node:path';
import { listCheckpoints } from '../../adapters/store/checkpoint-files.ts';
import { readExits } from '../../adapters/store/exits-file.ts';
import { openJournalReader } from '../../adapters/store/journal-sqlite.ts';
import { tapeTail } from '../../adapters/store/tape-tail.ts';
import { TapeReader } from '../../adapters/store/tape-reader.ts';
import { decodeJson } from '../../lib/json-bytes.ts';
import type { Adoption } from '../../kernel/adoption.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { KernelConfig } from '../../kernel/kernel-config.ts';
import { createDeskState } from '../../kernel/trading/context.ts';
import type { Order } from '../../model/order.ts';
import { isTerminal } from '../../model/order.ts';
import type { Fill } from '../../model/fill.ts';
import type { TradeRecord } from '../../positions/trade-record.ts';
import type { PaperState } from '../../sim/paper/paper-types.ts';
import { peaksOf } from './afresh.ts';
import type { OfflineKernel } from './offline-kernel.ts';
import { createOfflineKernel } from './offline-kernel.ts';
import { FRESH, recordedConfig, recover, restoreTables } from './recovery.ts';
import { planTakeover } from './takeover.ts';

/** Without a checkpoint so much tape is replayed for it and no more: about half a minute. Beyond, the journal has to do. */
const REPLAY_EVENTS_MAX = 20_000_000;
const AGREE_STEPS = 100;
const AGREE_STEP_US = 100_000;
const DAY = /^\d{4}-\d{2}-\d{2}(?:-[b-z])?$/;

export interface CarriedAccount {
  /** JSON text of the main desk's checkpoint sections, by name. */
  readonly sections: Readonly<Record<string, string>>;
  readonly fromDay: string;
}

export type CarryResult =
  | { readonly kind: 'none' }
  | { readonly kind: 'carried'; readonly account: CarriedAccount }
  /** There is an account and it cannot be brought back. */
  | { readonly kind: 'lost'; readonly sentence: string };

/** The account of the latest earlier day of this market. */
export function carryOver(dataDir: string, date: string, market: string): CarryResult {
  const day = earlierDays(dataDir, date).find((key) => recordedConfig(dataDir, key)?.feed === market);
  const config = day === undefined ? null : recordedConfig(dataDir, day);
  if (day === undefined || config === null || config.paper === null) return { kind: 'none' };
  const create = (): OfflineKernel => createOfflineKernel(config, { append: () => undefined });
  const offline = create();
  const isAnew = !isQuick(dataDir, day);
  const lastSeq = lastSeqOf(dataDir, day);
  if (isAnew && lastSeq === 0) {
    const sentence = `the account of ${day} cannot be carried over: there is no checkpoint of that day, its journal is lost and its tape is too long to be run again; a fresh one is used`;
    return { kind: 'lost', sentence };
  }
  const tail = isAnew ? tapeTail(dataDir, day, Infinity) : null;
  const report =
    tail !== null
      ? { ...FRESH, resumeAfterUs: tail.lastUs }
      : recover({
          dataDir,
          day,
          kernel: offline.kernel,
          restoreTables: (reader) => restoreTables(reader, offline.symbols, offline.conditions),
          renew: () => create().kernel,
        });
  const kernel = report.kernel ?? offline.kernel;
  const exits = readExits(dataDir);
  const takeover = planTakeover({
    dataDir,
    day,
    run: config.run,
    kernel,
    report,
    journalSeq: lastSeq,
    exits,
    replaces: null,
    ...(tail === null ? {} : { afresh: { names: [], afterInputNo: tail.lastInputNo, peaks: peaksOf(exits) } }),
  });
  // Also when nothing was lost: what was on its way at the end of the day is asked for on the next, never assumed.
  const nothing: Adoption = {
    records: [],
    nextSeq: kernel.journal.nextSeq,
    idsFrom: kernel.highestId(),
    exits: null,
    gapFromUs: null,
  };
  const command = { id: 'carry', name: 'adopt', args: takeover?.adoption ?? nothing };
  kernel.accept({ kind: 'command', command, atUs: Math.max(kernel.nowUs, takeover?.atUs ?? 0) });
  if (tail !== null) agree(kernel);
  const saved = new Map<string, Uint8Array>();
  kernel.main.save({ section: (name, bytes) => void saved.set(name, bytes.slice()) });
  return { kind: 'carried', account: { sections: sectionsFor(saved), fromDay: day } };
}

/** Books made from the journal alone learn their cash from the broker's first answer; it comes within seconds. */
function agree(kernel: Kernel): void {
  for (let n = 0; n < AGREE_STEPS && !kernel.main.desk.summaries.risk().isReconciled; n++)
    kernel.accept({ kind: 'time', nowUs: kernel.nowUs + AGREE_STEP_US });
}

function earlierDays(dataDir: string, date: string): string[] {
  const folder = path.join(dataDir, 'tape');
  const names = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  return names
    .filter((name) => DAY.test(name) && name.slice(0, 10) < date)
    .toSorted()
    .toReversed();
}

function isQuick(dataDir: string, day: string): boolean {
  if (listCheckpoints(dataDir).some((name) => name.startsWith(`${day}-0`))) return true;
  const reader = new TapeReader({ dataDir, day });
  const { events } = reader.stat();
  reader.close();
  return events <= REPLAY_EVENTS_MAX;
}

function lastSeqOf(dataDir: string, day: string): number {
  const journal = openJournalReader(dataDir);
  try {
    return journal?.lastSeq(day) ?? 0;
  } finally {
    journal?.close();
  }
}

/** What the new day needs: everything that is still open, and nothing that points into the old day's journal. */
export function sectionsFor(saved: ReadonlyMap<string, Uint8Array>): Record<string, string> {
  const sections: Record<string, string> = {};
  for (const [name, bytes] of saved) if (name !== 'pair') sections[name] = JSON.stringify(decodeJson(bytes));
  const read = <T>(name: string): T => JSON.parse(sections[name] ?? 'null') as T;
  const books = read<{ trades: TradeRecord[]; unmanaged: unknown }>('positions/trades');
  const trades = books.trades.filter((trade) => trade.state === 'open' || trade.state === 'opening');
  const kept = new Set(trades.map((trade) => trade.id));
  const book = read<{ orders: Order[]; missing: [string, number][]; unsettled: string[] }>('orders/book');
  const orders = book.orders.filter((order) => kept.has(order.tradeId) || !isTerminal(order.state));
  const ids = new Set(orders.map((order) => order.id));
  const fills = read<{ fills: Fill[]; commissions: [string, unknown][] }>('orders/fills');
  const ownFills = fills.fills.filter((fill) => ids.has(fill.orderId));
  const keys = new Set(ownFills.map((fill) => fill.key));
  const paper = read<PaperState>('sim/paper');
  const state = read<Record<string, unknown>>('desk/state');
  const fresh = createDeskState(false);
  return {
    ...sections,
    'positions/trades': JSON.stringify({ ...books, trades }),
    'orders/book': JSON.stringify({ orders, missing: [], unsettled: book.unsettled.filter((id) => ids.has(id)) }),
    'orders/fills': JSON.stringify({
      fills: ownFills,
      commissions: fills.commissions.filter(([key]) => keys.has(key)),
    }),
    // The executions of trades that ended are in the cash already; told again they would be booked again.
    'sim/paper': JSON.stringify({
      ...paper,
      orders: paper.orders.filter((order) => ids.has(order.id)),
      executions: paper.executions.filter((execution) => ids.has(execution.clientOrderId)),
      commands: [],
      reports: [],
      corrections: [],
      isLinkUp: false,
      linkUpUs: 0,
    }),
    'desk/state': JSON.stringify({
      ...fresh,
      orderCounter: state['orderCounter'],
      tradeCounter: state['tradeCounter'],
      queryCounter: state['queryCounter'],
      regime: state['regime'],
      lastEntryUs: state['lastEntryUs'],
      // What the user changed holds until it is changed again.
      limits: state['limits'],
      budgets: state['budgets'],
      dueUs: 0,
    }),
  };
}

/** The configuration of the new day with the account in it. */
export function withAccount(config: KernelConfig, result: CarryResult): KernelConfig {
  if (result.kind !== 'carried') return config;
  return { ...config, carried: result.account.sections, carriedFrom: result.account.fromDay };
}
