/**
 * Bars of whole days out of flat files: seconds a day and symbol, and nanoseconds an event of the bar builder alone; then bars
 * of 100 trades beside `tardis-dev` over the same trades, every bar compared.
 *
 * `--input DIR --day YYYY-MM-DD` reads real files; without them a day is generated (`--trades N --seed N`, three symbols).
 * `--peer N` trades for the comparison (200000; 0: none), `--json` prints one object.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readMarketDay } from '../src/engine/adapters/flatfiles/market-day.ts';
import { readSymbolDay } from '../src/engine/adapters/flatfiles/symbol-day.ts';
import { BarBuilder } from '../src/engine/bars/bar-builder.ts';
import { imbalanceRule } from '../src/engine/bars/imbalance-rule.ts';
import { notionalRule } from '../src/engine/bars/notional-rule.ts';
import { tickRule } from '../src/engine/bars/tick-rule.ts';
import { timeRule } from '../src/engine/bars/time-rule.ts';
import { volumeRule } from '../src/engine/bars/volume-rule.ts';
import { UsageError } from '../src/engine/cli/command.ts';
import { hashMarket } from '../src/engine/market/market-hash.ts';
import type { EventBatch } from '../src/engine/model/event-batch.ts';
import { createEventBatch, EVENT_COLUMNS, EventKind } from '../src/engine/model/event-batch.ts';
import { generateDay } from '../src/engine/testing/generated-day.ts';
import { MarketRig } from '../src/engine/testing/market-rig.ts';
import { machineLine } from './harness/machine.ts';
import { readNumbers } from './harness/options.ts';
import { measurePeerBars } from './peer-bars.ts';

export async function run(args: string[]): Promise<void> {
  const isJson = args.includes('--json');
  const { input, day, rest } = splitArguments(args.filter((word) => word !== '--json'));
  const options = readNumbers(rest, { trades: 60_000, seed: 1, peer: 200_000 });
  const say = (line: string): void => {
    if (!isJson) console.log(line);
  };
  say(machineLine());
  const made = input ?? mkdtempSync(path.join(os.tmpdir(), 'drover-bench-bars-'));
  try {
    if (input === null) {
      say(`generated day, seed ${options.seed}`);
      generateDay({ dir: made, day, symbols: ['AAA', 'BBB', 'CCC'], seed: options.seed, trades: options.trades });
    }
    const measured = await measure(made, day, say);
    const peer =
      options.peer > 0 ? await measurePeerBars({ trades: options.peer, seed: options.seed, runs: 5 }) : undefined;
    if (isJson) console.log(JSON.stringify({ ...measured, peer, machine: machineLine() }));
    else if (peer !== undefined) {
      say(
        `bars of 100 trades, view and builder: ${peer.oursNsPerTrade.toFixed(0)} ns a trade, tardis-dev ${peer.peerNsPerTrade.toFixed(0)} ns ` +
          `(${peer.ratio.toFixed(1)} times ours), ${peer.bars} bars of ${peer.trades} trades are the same`,
      );
    }
  } finally {
    if (input === null) rmSync(made, { recursive: true, force: true });
  }
}

interface MeasuredBars {
  readonly events: number;
  readonly symbols: number;
  /** The whole market from the files, read and merged. */
  readonly readSeconds: number;
  /** By kind of bar: processor time of the builder alone, and how many bars. */
  readonly nsPerEvent: Readonly<Record<string, number>>;
  readonly bars: Readonly<Record<string, number>>;
  readonly marketHash: string;
}

async function measure(dir: string, day: string, say: (line: string) => void): Promise<MeasuredBars> {
  const rig = new MarketRig({ capacity: 16_384 });
  const batches: EventBatch[] = [];
  let startedMs = performance.now();
  for await (const batch of readMarketDay(dir, day, { symbols: rig.symbols, conditions: rig.conditions }))
    batches.push(copyOf(batch));
  const events = batches.reduce((sum, batch) => sum + batch.length, 0);
  const readSeconds = (performance.now() - startedMs) / 1000;
  say(`whole market: ${events} events of ${rig.symbols.size} symbols read and merged in ${readSeconds.toFixed(2)} s`);
  for (const symbol of rig.symbols.names.slice(0, 8)) {
    const one = new MarketRig({ capacity: 1 });
    startedMs = performance.now();
    for await (const batch of readSymbolDay(dir, day, symbol, { symbols: one.symbols, conditions: one.conditions }))
      one.apply(batch);
    one.bars.finish();
    say(`${symbol}: ${one.bars.closed.count(0)} bars of 100 prints from the files in ${seconds(startedMs)}`);
  }
  const nsPerEvent: Record<string, number> = {};
  const closedBars: Record<string, number> = {};
  let marketHash = '';
  for (const rule of [tickRule(100), timeRule(60), volumeRule(10_000), notionalRule(1_000_000), imbalanceRule(30)]) {
    const view = new MarketRig({ capacity: 16_384 });
    const bars = new BarBuilder({ capacity: 16_384, rule });
    for (const name of rig.symbols.names) view.id(name);
    for (const set of rig.conditions.sets) view.conditions.intern(set);
    let spentUs = 0;
    let closed = 0;
    // The view's answers are needed first and are no part of the time.
    const results = new Int32Array(4096);
    for (const batch of batches) {
      for (let i = 0; i < batch.length; i++)
        results[i] =
          batch.kind[i] === EventKind.trade ? view.view.applyTrade(batch, i) : view.view.applyQuote(batch, i);
      const before = process.cpuUsage();
      for (let i = 0; i < batch.length; i++) {
        if (batch.kind[i] === EventKind.trade) closed += bars.applyTrade(batch, i, results[i] as number, view.view);
        else closed += bars.applyQuote(batch, i, results[i] as number);
      }
      const used = process.cpuUsage(before);
      spentUs += used.user + used.system;
    }
    const { kind } = rule.kind;
    nsPerEvent[kind] = (spentUs * 1000) / events;
    closedBars[kind] = closed + bars.finish();
    marketHash = String(hashMarket(view.view));
    say(`${kind} bars: ${nsPerEvent[kind].toFixed(0)} ns/event (CPU), ${closedBars[kind]} bars, market ${marketHash}`);
  }
  return { events, symbols: rig.symbols.size, readSeconds, nsPerEvent, bars: closedBars, marketHash };
}

function copyOf(batch: EventBatch): EventBatch {
  const copy = createEventBatch();
  for (const name of Object.keys(EVENT_COLUMNS) as (keyof typeof EVENT_COLUMNS)[]) copy[name].set(batch[name]);
  copy.length = batch.length;
  return copy;
}

function splitArguments(args: readonly string[]): { input: string | null; day: string; rest: string[] } {
  const rest: string[] = [];
  let input: string | null = null;
  let day = '2024-01-10';
  for (let at = 0; at < args.length; at++) {
    const word = args[at] as string;
    if (word !== '--input' && word !== '--day') {
      rest.push(word);
      continue;
    }
    const value = args[++at];
    if (value === undefined) throw new UsageError(`option '${word}' needs a value.`);
    if (word === '--day') day = value;
    else {
      readdirSync(value);
      input = value;
    }
  }
  return { input, day, rest };
}

function seconds(startedMs: number): string {
  return `${((performance.now() - startedMs) / 1000).toFixed(2)} s`;
}
