/** A backtest: the same kernel, desk and paper exchange as the workstation, over recorded days, one day after the other. */
import { createHash } from 'node:crypto';
import { createWriteStream, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { FailureError } from '../../cli/command.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { StrategyFile } from '../../kernel/strategy-shelf.ts';
import type { KernelConfig } from '../../kernel/kernel-config.ts';
import { defaultConfig } from '../../kernel/kernel-config.ts';
import type { ClosedTrade } from '../../model/trade.ts';
import type { JournalRecord } from '../../ports/journal.ts';
import { createOfflineKernel } from '../kernel-host/offline-kernel.ts';
import { runOffline } from '../kernel-host/offline-run.ts';
import { loadReference } from '../kernel-host/reference.ts';
import { drawdownOf } from '../report/drawdown.ts';
import { isEligible, randomTwin } from './random-twin.ts';
import type { RunFigures, Significance } from './significance.ts';
import { figuresOfRun, judgeSignificance } from './significance.ts';

export interface BacktestOptions {
  readonly input: string;
  readonly days: readonly string[];
  readonly strategy: string;
  readonly params: Readonly<Record<string, number>>;
  readonly seed: number;
  readonly out: string;
  /** The user's own strategy files, loaded before each day. */
  readonly files?: readonly StrategyFile[];
  /** Runs of the strategy's random twin to compare with; 0 = none. */
  readonly significance?: number;
  readonly onRandomRun?: (run: number, runs: number) => void;
  readonly signal?: AbortSignal;
  readonly onDay?: (day: string, events: number, trades: number) => void;
}

export interface BacktestSummary {
  readonly strategy: string;
  readonly version: string;
  readonly params: Readonly<Record<string, number>>;
  readonly days: readonly string[];
  readonly seed: number;
  readonly events: number;
  readonly signals: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly trades: number;
  readonly wins: number;
  readonly losses: number;
  readonly winRate: number | null;
  readonly profitFactor: number | null;
  /** Dollars. */
  readonly net: number;
  readonly gross: number;
  readonly costs: number;
  readonly expectancy: number | null;
  readonly averageHoldSeconds: number | null;
  readonly maxDrawdown: number;
  readonly openAtEnd: number;
  /** SHA-256 of trades.jsonl: equal results, equal hash. */
  readonly hash: string;
  /** Beside random entries under the same exits and costs, when asked for. */
  readonly significance?: Significance;
}

const TRADES_FILE = 'trades.jsonl';
const SUMMARY_FILE = 'summary.json';
const RESULTS = [TRADES_FILE, SUMMARY_FILE] as const;

export async function runBacktest(options: BacktestOptions): Promise<BacktestSummary> {
  mkdirSync(options.out, { recursive: true });
  // A run that does not reach its end must not leave the figures of another one beside its ledger.
  for (const name of RESULTS) rmSync(path.join(options.out, name), { force: true });
  const ledger = createWriteStream(path.join(options.out, 'ledger.jsonl'));
  const lines: string[] = [];
  const all: ClosedTrade[] = [];
  const outcomes: Record<string, number> = {};
  let events = 0;
  let signals = 0;
  let openAtEnd = 0;
  let version = '';
  const eligible = { instants: 0, signals: 0 };
  for (const day of options.days) {
    const onRecord = (record: JournalRecord): void => {
      if (record.kind === 'signal') signals++;
      if (record.kind !== 'decision' && record.kind !== 'signal') return;
      const { code } = record.body as { code?: string };
      if (record.kind === 'decision' && code !== undefined) outcomes[code] = (outcomes[code] ?? 0) + 1;
      ledger.write(`${JSON.stringify({ day, ...record })}\n`);
    };
    const { kernel, count, trades } = await runDay(options, day, onRecord, (before) => countEligible(before, eligible));
    const slot = kernel.strategies.slots.find((candidate) => candidate.definition.name === options.strategy);
    version = slot?.version ?? '';
    if (slot !== undefined && slot.fault !== '')
      throw new FailureError(`strategy ${options.strategy} was switched off on ${day}: ${slot.fault}.`);
    eligible.signals += slot?.signals ?? 0;
    openAtEnd += kernel.main.desk.summaries.positions(kernel.nowUs).length;
    for (const trade of trades) lines.push(JSON.stringify(tradeLine(day, trade)));
    all.push(...trades);
    events += count;
    options.onDay?.(day, count, trades.length);
  }
  ledger.end();
  await finished(ledger);
  const text = lines.map((line) => `${line}\n`).join('');
  writeFileSync(path.join(options.out, TRADES_FILE), text);
  const hash = createHash('sha256').update(text).digest('hex');
  const significance =
    options.significance === undefined || options.significance === 0
      ? undefined
      : await compareWithRandom(options, options.significance, figuresOfRun(all), eligible);
  const summary: BacktestSummary = {
    strategy: options.strategy,
    version,
    params: options.params,
    days: options.days,
    seed: options.seed,
    events,
    signals,
    outcomes,
    ...figures(all),
    openAtEnd,
    hash,
    ...(significance === undefined ? {} : { significance }),
  };
  writeFileSync(path.join(options.out, SUMMARY_FILE), `${JSON.stringify(summary, null, 2)}\n`);
  return summary;
}

interface DayRun {
  readonly kernel: Kernel;
  readonly count: number;
  readonly trades: readonly ClosedTrade[];
}

/** One day through a fresh kernel. `prepare` may change the kernel before the first event. */
async function runDay(
  options: BacktestOptions,
  day: string,
  onRecord: (record: JournalRecord) => void,
  prepare: (kernel: Kernel) => void,
): Promise<DayRun> {
  let intent = 0;
  const offline = createOfflineKernel(await configOf(options, day), {
    append: (record) => {
      if (record.kind === 'intent') intent = record.seq;
      onRecord(record);
    },
  });
  const { kernel } = offline;
  for (const file of options.files ?? []) loadFile(kernel, file, options);
  prepare(kernel);
  const count = await runOffline({
    offline,
    feed: { kind: 'replay', dir: options.input, day, speed: 0 },
    lastIntent: () => intent,
    options: { nowUs: 0 },
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  if (options.signal?.aborted === true)
    throw new FailureError('the backtest was stopped before its end; there is no summary of a part.');
  const trades = kernel.main.desk.summaries
    .closedTrades()
    .toSorted((a, b) => a.closedUs - b.closedUs || (a.id < b.id ? -1 : 1));
  return { kernel, count, trades };
}

/** The user's file as the workstation loads it: by the same command, then switched on when it is the one asked for. */
function loadFile(kernel: Kernel, file: StrategyFile, options: BacktestOptions): void {
  const ask = (name: string, args: unknown): void => {
    const answer = kernel.accept({ kind: 'command', command: { id: name, name, args }, atUs: kernel.nowUs });
    if (answer?.ok === false) throw new FailureError(`${answer.message}.`);
  };
  ask('loadStrategy', file);
  const item = kernel.shelf.items().find((candidate) => candidate.file === file.file);
  if (item === undefined) return;
  const isChosen = item.name === options.strategy;
  if (isChosen) ask('setStrategyParams', { strategy: item.name, params: options.params });
  ask('setStrategyMode', { strategy: item.name, mode: isChosen ? 'enabled' : 'off' });
}

/** Counts the instants at which nothing but the strategy's own rules stood between it and an entry. */
function countEligible(kernel: Kernel, eligible: { instants: number }): void {
  const { ledger } = kernel;
  const record = ledger.record.bind(ledger);
  ledger.record = (strategy, symbol, atUs, inputNo, gates, isPass, persist) => {
    if (isEligible(gates)) eligible.instants++;
    record(strategy, symbol, atUs, inputNo, gates, isPass, persist);
  };
}

async function compareWithRandom(
  options: BacktestOptions,
  runs: number,
  own: RunFigures,
  eligible: { readonly instants: number; readonly signals: number },
): Promise<Significance> {
  const chance = eligible.instants === 0 ? 0 : eligible.signals / eligible.instants;
  const random: RunFigures[] = [];
  if (chance === 0) return judgeSignificance(own, random, chance);
  for (let run = 0; run < runs; run++) {
    const all: ClosedTrade[] = [];
    for (const day of options.days) {
      const { trades } = await runDay(
        options,
        day,
        () => undefined,
        (kernel) => {
          const slot = kernel.strategies.slots.find((candidate) => candidate.definition.name === options.strategy);
          if (slot === undefined) return;
          const twin = randomTwin(slot.definition, `${options.seed}/significance/${run}`, chance);
          kernel.strategies.setMode(options.strategy, 'off');
          kernel.strategies.add(twin, 'random', 'enabled', slot.params);
        },
      );
      all.push(...trades);
    }
    random.push(figuresOfRun(all));
    options.onRandomRun?.(run + 1, runs);
  }
  return judgeSignificance(own, random, chance);
}

async function configOf(options: BacktestOptions, day: string): Promise<KernelConfig> {
  // The run id is that of the seed, as in every replay, so ids are the same whatever day it is run on.
  const base = defaultConfig(`R${options.seed}`, day, options.seed);
  return {
    ...base,
    feed: `replay ${path.resolve(options.input)}@${day}`,
    isAuto: true,
    reference: await loadReference({ kind: 'replay', dir: options.input, day, speed: 0 }, 0),
    strategies: base.strategies.map((choice) =>
      choice.name === options.strategy
        ? { ...choice, mode: 'enabled', params: options.params }
        : { ...choice, mode: 'off' },
    ),
  };
}

function tradeLine(day: string, trade: ClosedTrade): object {
  return {
    day,
    id: trade.id,
    symbol: trade.ticker,
    strategy: trade.strategy,
    version: trade.version,
    openedUs: trade.openedUs,
    closedUs: trade.closedUs,
    shares: trade.shares,
    entry: trade.averageBuy / 1e6,
    exit: trade.averageSell / 1e6,
    gross: trade.gross / 1e6,
    costs: trade.charges / 1e6,
    net: trade.net / 1e6,
    exitReason: trade.exitReason,
    predictedCosts: trade.predicted === null ? null : trade.predicted.total / 1e6,
    fills: trade.fills.map((fill) => ({
      side: fill.side,
      quantity: fill.quantity,
      price: fill.price / 1e6,
      atUs: fill.atUs,
    })),
  };
}

function figures(
  trades: readonly ClosedTrade[],
): Pick<
  BacktestSummary,
  | 'trades'
  | 'wins'
  | 'losses'
  | 'winRate'
  | 'profitFactor'
  | 'net'
  | 'gross'
  | 'costs'
  | 'expectancy'
  | 'averageHoldSeconds'
  | 'maxDrawdown'
> {
  const won = trades.filter((trade) => trade.net > 0);
  const lost = trades.filter((trade) => trade.net < 0);
  const sum = (list: readonly ClosedTrade[], of: (trade: ClosedTrade) => number): number =>
    list.reduce((total, trade) => total + of(trade), 0);
  const net = sum(trades, (trade) => trade.net);
  const lossTotal = -sum(lost, (trade) => trade.net);
  const some = trades.length > 0;
  return {
    trades: trades.length,
    wins: won.length,
    losses: lost.length,
    winRate: some ? won.length / trades.length : null,
    profitFactor: lossTotal > 0 ? sum(won, (trade) => trade.net) / lossTotal : null,
    net: net / 1e6,
    gross: sum(trades, (trade) => trade.gross) / 1e6,
    costs: sum(trades, (trade) => trade.charges) / 1e6,
    expectancy: some ? net / trades.length / 1e6 : null,
    averageHoldSeconds: some ? sum(trades, (trade) => trade.heldUs) / trades.length / 1e6 : null,
    maxDrawdown: drawdownOf(trades) / 1e6,
  };
}
