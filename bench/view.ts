/**
 * Market view and tick bars: nanoseconds an event on decoded frames of 5,500 symbols, and the memory of the view.
 *
 * `--events N --seed N --runs N --depth N` (recent trades and quotes kept a symbol). Fresh state for every run; JSON.parse of the
 * same messages is measured in between, as a yardstick of the machine's speed at that moment.
 */
import { FailureError } from '../src/engine/cli/command.ts';
import { FrameDecoder } from '../src/engine/feeds/frame-decoder.ts';
import { applyBatch } from '../src/engine/bars/apply-batch.ts';
import { TickBars } from '../src/engine/bars/tick-bars.ts';
import { columnsByteLength } from '../src/engine/lib/columns.ts';
import { hashMarket } from '../src/engine/market/market-hash.ts';
import { MarketView } from '../src/engine/market/market-view.ts';
import { VIEW_COLUMNS } from '../src/engine/market/view-columns.ts';
import { ConditionSets } from '../src/engine/model/conditions.ts';
import type { EventBatch } from '../src/engine/model/event-batch.ts';
import { createEventBatch, EventKind } from '../src/engine/model/event-batch.ts';
import { SYMBOL_CAPACITY, SymbolTable } from '../src/engine/model/symbols.ts';
import { SessionCalendar } from '../src/engine/time/calendar.ts';
import { SessionClock } from '../src/engine/time/session-clock.ts';
import { US_EQUITY_CALENDAR } from '../src/engine/time/us-calendar.ts';
import { FrameMaker } from './frames.ts';
import { machineLine } from './harness/machine.ts';
import { readNumbers } from './harness/options.ts';

export async function run(args: string[]): Promise<void> {
  const options = readNumbers(args, { events: 400_000, seed: 1, runs: 9, depth: 0 });
  const symbols = new SymbolTable();
  const conditions = new ConditionSets();
  const texts: string[] = [];
  const batches = decoded(options.events, options.seed, symbols, conditions, texts);
  const events = batches.reduce((sum, batch) => sum + batch.length, 0);
  const makeView = (): MarketView => {
    const sessions = new SessionClock(new SessionCalendar(US_EQUITY_CALENDAR));
    const view = new MarketView({
      symbols,
      conditions,
      sessions,
      ...(options.depth > 0 ? { recentDepth: options.depth } : {}),
    });
    // First-touch page faults belong to the start of the day.
    view.recentTrades.data.fill(0);
    view.recentQuotes.data.fill(0);
    return view;
  };
  const hashes = new Set<string>();
  const viewNs: number[] = [];
  const bothNs: number[] = [];
  const parseNs: number[] = [];
  let bars = 0;
  for (let round = -2; round < options.runs; round++) {
    let parsed = 0;
    const jsonNs = cpuNs(() => {
      for (const text of texts) parsed += (JSON.parse(text) as unknown[]).length;
    });
    if (parsed < events) throw new FailureError('JSON.parse saw fewer events than the decoder.');
    const alone = makeView();
    const aloneNs = cpuNs(() => applyAlone(batches, alone)) / events;
    const view = makeView();
    const tickBars = new TickBars({ capacity: symbols.capacity });
    bars = 0;
    const together = cpuNs(() => {
      for (const batch of batches) bars += applyBatch(batch, view, tickBars);
    });
    hashes.add(hashMarket(alone)).add(hashMarket(view));
    if (round < 0) continue;
    parseNs.push(jsonNs / events);
    viewNs.push(aloneNs);
    bothNs.push(together / events);
  }
  console.log(machineLine());
  console.log(
    `${events} events of ${symbols.size} symbols, seed ${options.seed}, CPU time, median of ${options.runs} runs (best to worst)`,
  );
  console.log(`market view            ${spread(viewNs)} ns/event`);
  console.log(`JSON.parse             ${spread(parseNs)} ns/event`);
  console.log(`market view and bars   ${spread(bothNs)} ns/event, ${bars} bars`);
  const view = makeView();
  const columns = columnsByteLength(VIEW_COLUMNS, SYMBOL_CAPACITY);
  const rings = view.recentTrades.data.byteLength + view.recentQuotes.data.byteLength;
  console.log(
    `memory for ${SYMBOL_CAPACITY} symbols: columns ${mb(columns)}, private rows ${mb(view.rows.byteLength)}, recent trades and quotes ${mb(rings)}`,
  );
  console.log(`state ${[...hashes].join(' ')}`);
  if (hashes.size !== 1) throw new FailureError('the runs end in different market states.');
}

function applyAlone(batches: readonly EventBatch[], view: MarketView): void {
  for (const batch of batches) {
    for (let i = 0; i < batch.length; i++) {
      if (batch.kind[i] === EventKind.trade) view.applyTrade(batch, i);
      else if (batch.kind[i] === EventKind.quote) view.applyQuote(batch, i);
      else view.applyLuld(batch, i);
    }
  }
}

function decoded(
  events: number,
  seed: number,
  symbols: SymbolTable,
  conditions: ConditionSets,
  texts: string[],
): readonly EventBatch[] {
  const decoder = new FrameDecoder(symbols, conditions);
  const maker = new FrameMaker({ seed });
  const batches: EventBatch[] = [];
  let batch = createEventBatch();
  while (maker.events < events) {
    const bytes = Buffer.from(maker.next());
    texts.push(bytes.toString());
    decoder.start(bytes, 0, bytes.length);
    while (decoder.fill(batch)) {
      batches.push(batch);
      batch = createEventBatch();
    }
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}

function cpuNs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const used = process.cpuUsage(before);
  return (used.user + used.system) * 1000;
}

function spread(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (i: number): string => (sorted[i] as number).toFixed(0);
  return `${at(sorted.length >> 1)} (${at(0)} to ${at(sorted.length - 1)})`;
}

function mb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
