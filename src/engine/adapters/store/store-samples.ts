/** Seeded market events and throw-away folders for the tests and benches of the store. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Rng } from '../../lib/rng.ts';
import { createRng } from '../../lib/rng.ts';
import type { EventBatch } from '../../model/event-batch.ts';
import { createEventBatch, EVENT_COLUMNS, EventFlag, EventKind } from '../../model/event-batch.ts';
import { createMarketStaging, packMarketFrame } from '../../tape/tape-input.ts';
import type { TapeWriter, WriteResult } from './tape-writer.ts';

export const SAMPLE_DAY = '2026-03-02';
export const SAMPLE_OPEN_US = Date.UTC(2026, 2, 2, 14, 30) * 1000;
export const EVENT_COLUMN_NAMES = Object.keys(EVENT_COLUMNS) as (keyof typeof EVENT_COLUMNS)[];

/** A walk of many symbols with the proportions of the real tape: nine quotes to a trade, one side changing at a time. */
export interface SampleMarket {
  fill(batch: EventBatch, rows: number): void;
}

export function createSampleMarket(seed: number, symbols: number, eventsPerSecond = 60_000): SampleMarket {
  const rng = createRng(seed);
  const ticks = Float64Array.from({ length: symbols }, () => 500 + rng.below(30_000));
  const spread = Float64Array.from({ length: symbols }, () => 1 + rng.below(6));
  const bidSize = new Float64Array(symbols).fill(100);
  const askSize = new Float64Array(symbols).fill(100);
  const venues = new Uint8Array(symbols).fill(11);
  const sequence = new Float64Array(12);
  let timeUs = SAMPLE_OPEN_US;
  const meanUs = 1_000_000 / eventsPerSecond;
  return {
    fill(batch, rows) {
      batch.length = 0;
      for (let k = 0; k < rows; k++) {
        const i = batch.length++;
        // A few symbols make most of the traffic.
        const symbol = Math.min(symbols - 1, Math.floor(symbols * rng.next() ** 3));
        timeUs += Math.round(-Math.log(1 - rng.next()) * meanUs);
        const isTrade = rng.next() < 0.1;
        const tape = 1 + (symbol % 3);
        clearRow(batch, i);
        batch.symbol[i] = symbol;
        batch.timeUs[i] = timeUs;
        batch.tape[i] = tape;
        const line = tape * 2 + (isTrade ? 1 : 0);
        sequence[line] = (sequence[line] as number) + 1 + rng.below(40);
        batch.sequence[i] = sequence[line] as number;
        if (isTrade) fillTrade(batch, i, rng, ticks[symbol] as number, spread[symbol] as number);
        else {
          moveQuote(rng, symbol, ticks, spread, bidSize, askSize, venues);
          batch.kind[i] = EventKind.quote;
          batch.price[i] = (ticks[symbol] as number) / 100;
          batch.price2[i] = ((ticks[symbol] as number) + (spread[symbol] as number)) / 100;
          batch.size[i] = bidSize[symbol] as number;
          batch.size2[i] = askSize[symbol] as number;
          batch.venue[i] = venues[symbol] as number;
          batch.venue2[i] = 12;
          batch.conditions[i] = 1;
        }
      }
      batch.receivedUs = timeUs + 3_000;
    },
  };
}

function fillTrade(batch: EventBatch, i: number, rng: Rng, ticks: number, spread: number): void {
  const isMidpoint = rng.next() < 0.15;
  batch.kind[i] = EventKind.trade;
  batch.price[i] = isMidpoint ? (ticks * 2 + spread) / 200 : (ticks + (rng.next() < 0.5 ? 0 : spread)) / 100;
  batch.size[i] = rng.next() < 0.5 ? 100 : 1 + rng.below(400);
  batch.venue[i] = 1 + rng.below(16);
  batch.flags[i] = rng.next() < 0.4 ? EventFlag.trf : 0;
  batch.conditions[i] = rng.below(4);
}

function moveQuote(
  rng: Rng,
  symbol: number,
  ticks: Float64Array,
  spread: Float64Array,
  bidSize: Float64Array,
  askSize: Float64Array,
  venues: Uint8Array,
): void {
  const what = rng.next();
  if (what < 0.15) ticks[symbol] = Math.max(1, (ticks[symbol] as number) + (rng.next() < 0.5 ? -1 : 1));
  else if (what < 0.2) spread[symbol] = 1 + rng.below(6);
  else if (what < 0.6) bidSize[symbol] = 100 * (1 + rng.below(20));
  else askSize[symbol] = 100 * (1 + rng.below(20));
  if (rng.next() < 0.3) venues[symbol] = 1 + rng.below(16);
}

function clearRow(batch: EventBatch, i: number): void {
  for (const name of EVENT_COLUMN_NAMES) batch[name][i] = 0;
}

/** Rows of any values whatever, to hurt the codec. */
export function fillHostile(batch: EventBatch, rows: number, rng: Rng): void {
  const doubles = [
    0,
    -0,
    0.1,
    1e-9,
    1e300,
    -5.25,
    123.456_789,
    0.000_001,
    2 ** 53,
    Number.NaN,
    Infinity,
    -Infinity,
    700_000.01,
  ];
  const value = (): number => {
    const pick = rng.below(3);
    if (pick === 0) return doubles[rng.below(doubles.length)] as number;
    return pick === 1 ? rng.below(50_000) / 100 : rng.next() * 1000;
  };
  batch.length = rows;
  for (let i = 0; i < rows; i++) {
    batch.kind[i] = rng.next() < 0.95 ? 1 + rng.below(3) : rng.below(256);
    batch.symbol[i] = rng.below(50);
    batch.timeUs[i] = rng.next() < 0.95 ? SAMPLE_OPEN_US + rng.below(1_000_000_000) - 5_000_000 : value();
    batch.sequence[i] = rng.next() < 0.9 ? rng.below(1_000_000) : value();
    batch.price[i] = value();
    batch.size[i] = value();
    batch.price2[i] = value();
    batch.size2[i] = value();
    batch.venue[i] = rng.below(256);
    batch.venue2[i] = rng.below(256);
    batch.tape[i] = rng.next() < 0.95 ? rng.below(4) : rng.below(256);
    batch.flags[i] = rng.next() < 0.95 ? rng.below(4) : rng.below(256);
    batch.conditions[i] = rng.below(9);
  }
  batch.receivedUs = SAMPLE_OPEN_US + rng.below(1_000_000);
}

/** Column by column, bit by bit; '' when equal, else where they differ. */
export function differenceOf(a: EventBatch, b: EventBatch): string {
  if (a.length !== b.length) return `length ${a.length} and ${b.length}`;
  for (const name of EVENT_COLUMN_NAMES)
    for (let i = 0; i < a.length; i++)
      if (!Object.is(a[name][i], b[name][i])) return `${name}[${i}]: ${a[name][i]} and ${b[name][i]}`;
  return '';
}

export function copyBatch(batch: EventBatch): EventBatch {
  const copy = createEventBatch(Math.max(1, batch.length));
  for (const name of EVENT_COLUMN_NAMES) copy[name].set(batch[name].subarray(0, batch.length));
  copy.length = batch.length;
  copy.receivedUs = batch.receivedUs;
  return copy;
}

let staging = createMarketStaging(8192);

/** Appends a batch to the writer as the kernel's frame would. */
export function writeBatch(writer: TapeWriter, inputNo: number, batch: EventBatch): WriteResult {
  if (batch.length > staging.rowsMax) staging = createMarketStaging(batch.length);
  packMarketFrame(staging, inputNo, batch, 0, batch.length);
  return writer.addMarket(inputNo, batch.receivedUs, staging.doubles, staging.words, batch.length);
}

export function temporaryFolder(name: string): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), `drover-${name}-`));
}
