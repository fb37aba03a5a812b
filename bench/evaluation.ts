/**
 * Strategies over the whole market: what judging costs an event with four strategies and 5,500 symbols, and what the decision
 * ledger adds. Kernels that differ in one thing only take the same batches in turn, chunk by chunk in one run:
 * no strategy, four judged at bar closes without the ledger, the same with it, and all four judged at every trade. At the end
 * the strategies' indicators beside `technicalindicators` over the same bars, every value compared.
 *
 * `--events N` for each kernel (1200000), `--chunk N` events before the next kernel's turn (50000), `--bars N` trades a bar of
 * the strategies (100; other bars than the built-in ones are built beside them), `--seed N`, `--symbols N`, `--peer N` bars a
 * symbol for the indicators (1000; 0: none).
 */
import { compileStrategy, StepGuard } from '../src/engine/adapters/strategies/compile.ts';
import { FailureError } from '../src/engine/cli/command.ts';
import { FrameDecoder } from '../src/engine/feeds/frame-decoder.ts';
import { Kernel } from '../src/engine/kernel/kernel.ts';
import { defaultConfig } from '../src/engine/kernel/kernel-config.ts';
import { ConditionSets } from '../src/engine/model/conditions.ts';
import type { EventBatch } from '../src/engine/model/event-batch.ts';
import { createEventBatch } from '../src/engine/model/event-batch.ts';
import { SymbolTable } from '../src/engine/model/symbols.ts';
import type { StrategyDefinition } from '../src/engine/strategies/api.ts';
import { BUILTIN_STRATEGIES } from '../src/engine/strategies/builtin/index.ts';
import { SessionCalendar } from '../src/engine/time/calendar.ts';
import { SessionClock } from '../src/engine/time/session-clock.ts';
import { US_EQUITY_CALENDAR } from '../src/engine/time/us-calendar.ts';
import { DEFAULT_FRAMES, FrameMaker } from './frames.ts';
import { machineLine } from './harness/machine.ts';
import { cpuMs, median } from './harness/measure.ts';
import { readNumbers } from './harness/options.ts';
import { measurePeerIndicators } from './peer-indicators.ts';

export interface EvaluationOptions {
  readonly events: number;
  readonly chunk: number;
  readonly bars: number;
  readonly seed: number;
  readonly symbols: number;
}

type Variant = 'none' | 'bars-no-ledger' | 'bars' | 'ticks-no-ledger' | 'ticks';
const VARIANTS: readonly Variant[] = ['none', 'bars-no-ledger', 'bars', 'ticks-no-ledger', 'ticks'];

export interface EvaluationResult {
  readonly events: number;
  /** Nanoseconds an event, the whole kernel. */
  readonly nsPerEvent: Readonly<Record<Variant, number>>;
  readonly evaluations: Readonly<Record<Variant, number>>;
  /** Nanoseconds that one judgement of one strategy costs, ledger included. */
  readonly nsPerEvaluation: number;
  /** Share of the kernel's time an event that the ledger takes, percent; judged at bars and at every trade. */
  readonly ledgerPercent: number;
  readonly ledgerPercentTicks: number;
  /** The same against ingest as a whole: decoding and kernel. */
  readonly ledgerPercentOfIngest: number;
  readonly ledgerPercentOfIngestTicks: number;
  readonly decodeNsPerEvent: number;
  readonly signals: number;
}

export async function run(args: string[]): Promise<void> {
  const isJson = args.includes('--json');
  const options = readNumbers(
    args.filter((word) => word !== '--json'),
    { events: 1_200_000, chunk: 50_000, bars: 100, seed: 1, symbols: 5500, peer: 1000 },
  );
  const result = measureEvaluation(options);
  const indicators =
    options.peer > 0
      ? measurePeerIndicators({ symbols: 100, bars: options.peer, seed: options.seed, runs: 5 })
      : undefined;
  if (isJson) {
    console.log(JSON.stringify({ ...result, indicators, machine: machineLine() }));
    return;
  }
  console.log(`${machineLine()}; seed ${options.seed}, ${options.symbols} symbols, ${options.bars}-trade bars`);
  for (const variant of VARIANTS) {
    console.log(
      `${variant.padEnd(16)} ${result.nsPerEvent[variant].toFixed(0).padStart(6)} ns an event, ` +
        `${result.evaluations[variant].toLocaleString('en-US')} judgements`,
    );
  }
  console.log(`one judgement of one strategy: ${result.nsPerEvaluation.toFixed(0)} ns; ${result.signals} signals`);
  console.log(
    `ledger: ${result.ledgerPercent.toFixed(2)} % of the kernel's time, ${result.ledgerPercentOfIngest.toFixed(2)} % of ingest ` +
      `(decoding ${result.decodeNsPerEvent.toFixed(0)} ns an event); judged at every trade ` +
      `${result.ledgerPercentTicks.toFixed(2)} % and ${result.ledgerPercentOfIngestTicks.toFixed(2)} %`,
  );
  if (indicators !== undefined) {
    console.log(
      `four indicators a bar: ${indicators.oursNsPerBar.toFixed(0)} ns, technicalindicators ${indicators.peerNsPerBar.toFixed(0)} ns ` +
        `(${indicators.ratio.toFixed(2)} times ours), ${indicators.compared.toLocaleString('en-US')} values compared`,
    );
  }
  await Promise.resolve();
}

export function measureEvaluation(options: EvaluationOptions): EvaluationResult {
  const market = new Market(options);
  const kernels = new Map(VARIANTS.map((variant) => [variant, market.kernel(variant, options.bars)]));
  const times = new Map<Variant, number[]>(VARIANTS.map((variant) => [variant, []]));
  const decode: number[] = [];
  const rounds = Math.max(3, Math.ceil(options.events / options.chunk));
  for (let round = 0; round < rounds; round++) {
    const batches = market.batches(options.chunk);
    decode.push(market.decodingMs / market.lastEvents);
    // Every kernel has every place in the order equally often.
    for (let k = 0; k < VARIANTS.length; k++) {
      const variant = VARIANTS[(k + round) % VARIANTS.length] as Variant;
      const kernel = kernels.get(variant) as Kernel;
      const from = cpuMs();
      for (const batch of batches) kernel.accept({ kind: 'market', batch });
      times.get(variant)?.push((cpuMs() - from) / market.lastEvents);
    }
  }
  const evaluations = record((variant) => kernelEvaluations(kernels.get(variant) as Kernel));
  if (evaluations['bars'] === 0 || evaluations['bars'] !== evaluations['bars-no-ledger'])
    throw new FailureError('the kernels did not judge the same things.');
  const nsPerEvent = record((variant) => median((times.get(variant) as number[]).slice(2)) * 1e6);
  const perEvent = evaluations['ticks'] / market.events;
  const bars = kernels.get('bars') as Kernel;
  const decodeNsPerEvent = median(decode.slice(2)) * 1e6;
  // Differences of medians over the same chunks: noise of the machine meets all kernels alike.
  const ledger = pairedMedian(times, 'bars', 'bars-no-ledger') * 1e6;
  const ledgerTicks = pairedMedian(times, 'ticks', 'ticks-no-ledger') * 1e6;
  return {
    events: market.events,
    nsPerEvent,
    evaluations,
    nsPerEvaluation: (pairedMedian(times, 'ticks', 'none') * 1e6) / perEvent,
    ledgerPercent: (ledger / nsPerEvent['bars']) * 100,
    ledgerPercentTicks: (ledgerTicks / nsPerEvent['ticks']) * 100,
    ledgerPercentOfIngest: (ledger / (nsPerEvent['bars'] + decodeNsPerEvent)) * 100,
    ledgerPercentOfIngestTicks: (ledgerTicks / (nsPerEvent['ticks'] + decodeNsPerEvent)) * 100,
    decodeNsPerEvent,
    signals: bars.strategies.slots.reduce((sum, slot) => sum + slot.signals, 0),
  };
}

function record<T>(of: (variant: Variant) => T): Record<Variant, T> {
  return Object.fromEntries(VARIANTS.map((variant) => [variant, of(variant)])) as Record<Variant, T>;
}

function kernelEvaluations(kernel: Kernel): number {
  return kernel.strategies.slots.reduce((sum, slot) => sum + slot.evaluations, 0);
}

/** The generated market as batches, and kernels that take them. */
class Market {
  readonly #maker: FrameMaker;
  readonly #symbols = new SymbolTable();
  readonly #conditions = new ConditionSets();
  readonly #decoder = new FrameDecoder(this.#symbols, this.#conditions);
  readonly #options: EvaluationOptions;
  readonly #sessions = new SessionClock(new SessionCalendar(US_EQUITY_CALENDAR));
  events = 0;
  lastEvents = 0;
  decodingMs = 0;

  constructor(options: EvaluationOptions) {
    this.#options = options;
    this.#maker = new FrameMaker({ seed: options.seed, symbols: options.symbols });
    for (const ticker of this.#maker.tickers) this.#symbols.intern(ticker);
  }

  kernel(variant: Variant, bars: number): Kernel {
    const guard = new StepGuard();
    const base = defaultConfig('EVAL', '2026-03-02', this.#options.seed);
    const kernel = new Kernel({
      config: {
        ...base,
        strategies: base.strategies.map((choice) => ({ ...choice, mode: 'off' as const })),
        reference: this.#maker.tickers.map((name) => ({
          name,
          type: 'CS',
          tape: 1,
          previousClose: 100,
          averageVolume: 1e6,
        })),
      },
      symbols: this.#symbols,
      conditions: this.#conditions,
      sessions: this.#sessions,
      journal: { append: () => undefined },
      tapeTrades: 0,
      compile: (code, file) => compileStrategy(code, file, guard),
      guard,
      send: () => undefined,
    });
    if (variant === 'none') return kernel;
    for (const definition of BUILTIN_STRATEGIES) {
      const other = variantOf(definition, variant.startsWith('ticks') ? 'tick' : 'bar', bars);
      kernel.strategies.add(other, 'bench', 'enabled', defaults(definition));
      kernel.bars.of(other.bars);
    }
    // Commands look again whether anybody wants ticks.
    kernel.accept({
      kind: 'command',
      command: { id: 'auto', name: 'setAuto', args: { on: false } },
      atUs: kernel.nowUs,
    });
    if (variant.endsWith('no-ledger')) kernel.ledger.record = () => undefined;
    return kernel;
  }

  /** The next `count` events, decoded. */
  batches(count: number): readonly EventBatch[] {
    const texts: Uint8Array[] = [];
    const before = this.#maker.events;
    while (this.#maker.events - before < count) texts.push(Buffer.from(this.#maker.next()));
    this.lastEvents = this.#maker.events - before;
    const batches = texts.map(() => createEventBatch(32));
    const from = cpuMs();
    texts.forEach((bytes, at) => {
      const batch = batches[at] as EventBatch;
      this.#decoder.start(bytes, 0, bytes.length);
      for (let more = true; more;) {
        more = this.#decoder.fill(batch);
        if (more) throw new FailureError('a generated message has more events than a batch has room for.');
      }
      this.events += batch.length;
      batch.receivedUs =
        DEFAULT_FRAMES.startMs * 1000 + Math.floor((this.events * 1e6) / DEFAULT_FRAMES.eventsPerSecond);
    });
    this.decodingMs = cpuMs() - from;
    return batches;
  }
}

function variantOf(definition: StrategyDefinition, evaluateOn: 'bar' | 'tick', trades: number): StrategyDefinition {
  return { ...definition, evaluateOn, bars: { kind: 'tick', trades } };
}

function defaults(definition: StrategyDefinition): Record<string, number> {
  return Object.fromEntries(Object.entries(definition.params).map(([name, spec]) => [name, spec.default]));
}

function pairedMedian(times: ReadonlyMap<Variant, readonly number[]>, a: Variant, b: Variant): number {
  const [left, right] = [times.get(a) ?? [], times.get(b) ?? []];
  return median(left.map((ms, at) => ms - (right[at] as number)).slice(2));
}
