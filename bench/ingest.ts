/**
 * Vendor messages from bytes to market state, against JSON.parse of the same messages: decode alone, JSON.parse alone, and
 * the whole pipeline (decode, market view, 100-trade bars, in-memory trade tape), interleaved in one process. The market
 * state must hash equal to what the slow reference decoder gives.
 *
 * `--input FRAMES.jsonl` one message a line; without it frames are generated (`--events N --seed N`). `--json` prints one
 * object. Rates are of the
 * fastest of `--runs N` interleaved rounds, because what else a machine does only ever slows; ratios of medians stand beside.
 */
import { readFileSync } from 'node:fs';
import { FailureError, UsageError } from '../src/engine/cli/command.ts';
import { FrameDecoder } from '../src/engine/feeds/frame-decoder.ts';
import { appendReference, decodeReference } from '../src/engine/feeds/reference-decoder.ts';
import { refusedTotal } from '../src/engine/feeds/decoder-counters.ts';
import { TEST_TICKERS } from '../src/engine/feeds/test-tickers.ts';
import { ConditionSets } from '../src/engine/model/conditions.ts';
import { SymbolTable } from '../src/engine/model/symbols.ts';
import { FrameMaker } from './frames.ts';
import { machineLine } from './harness/machine.ts';
import { median } from './harness/measure.ts';
import { readNumbers } from './harness/options.ts';
import { Pipeline } from './pipeline.ts';

interface Frames {
  /** All messages back to back; message n is [starts[n], starts[n + 1]). */
  readonly bytes: Uint8Array;
  readonly starts: Float64Array;
  readonly texts: readonly string[];
}

interface IngestResult {
  readonly events: number;
  readonly decodePerS: number;
  readonly jsonParsePerS: number;
  readonly pipelinePerS: number;
  readonly decodeRatio: number;
  readonly pipelineRatio: number;
  readonly medianDecodeRatio: number;
  readonly medianPipelineRatio: number;
  readonly bytesPerTrade: number;
  readonly peakRssBytes: number;
  readonly hash: string;
  readonly referenceHash: string;
  readonly [key: string]: number | string;
}

export async function run(args: string[]): Promise<void> {
  const { input, isJson, rest } = splitArguments(args);
  const options = readNumbers(rest, { events: 400_000, seed: 1, runs: 7 });
  const frames = input === null ? generate(options.events, options.seed) : load(input);
  const result = measureIngest(frames, Math.max(1, options.runs));
  if (isJson) console.log(JSON.stringify(result));
  else for (const [key, value] of Object.entries(result)) console.log(`${key.padEnd(16)} ${value}`);
  if (result.hash !== result.referenceHash)
    throw new FailureError('the market state differs from the reference decoder on the same frames.');
}

function splitArguments(args: readonly string[]): { input: string | null; isJson: boolean; rest: string[] } {
  const rest: string[] = [];
  let input: string | null = null;
  let isJson = false;
  for (let at = 0; at < args.length; at++) {
    const word = args[at] as string;
    if (word === '--json') isJson = true;
    else if (word.startsWith('--input=')) input = word.slice(8);
    else if (word === '--input') {
      input = args[++at] ?? '';
      if (input === '') throw new UsageError("option '--input' wants a file with one websocket message a line.");
    } else rest.push(word);
  }
  return { input, isJson, rest };
}

function load(file: string): Frames {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new FailureError(`cannot read the frames in '${file}'.`);
  }
  const texts = text.split('\n').filter((line) => line.trim() !== '');
  if (texts.length === 0) throw new FailureError(`there are no frames in '${file}'.`);
  return pack(texts);
}

export function generate(events: number, seed: number, symbols = 5500): Frames {
  const maker = new FrameMaker({ seed, symbols });
  const texts: string[] = [];
  while (maker.events < events) texts.push(maker.next());
  return pack(texts);
}

function pack(made: readonly string[]): Frames {
  const chunks = made.map((text) => Buffer.from(text, 'utf8'));
  const bytes = new Uint8Array(Buffer.concat(chunks));
  const starts = new Float64Array(chunks.length + 1);
  chunks.forEach((chunk, n) => (starts[n + 1] = (starts[n] as number) + chunk.length));
  // Texts are read back from the bytes: strings put together by concatenation would be flattened on the clock.
  const texts = chunks.map((chunk) => chunk.toString('utf8'));
  return { bytes, starts, texts };
}

export function measureIngest(frames: Frames, runs: number): IngestResult {
  const collect = (): void => (globalThis as { gc?: () => void }).gc?.();
  const decodeMs: number[] = [];
  const parseMs: number[] = [];
  const pipelineMs: number[] = [];
  const decoder = new FrameDecoder(new SymbolTable(), new ConditionSets(), { excluded: TEST_TICKERS });
  let events = 0;
  let decoded = 0;
  let last: Pipeline | null = null;
  // An engine's market lives as long as its process. Were the last of a kind to die between rounds, the compiled code that knows
  // its shape would be thrown away with it, and every round would begin in the interpreter.
  const lasting = new Pipeline();
  lasting.run(frames.bytes, frames.starts.subarray(0, 1000));
  // Two rounds of warm-up; then interleaved, so that a change of the machine's speed meets all three.
  for (let round = -2; round < runs; round++) {
    collect();
    let startedMs = performance.now();
    decoded = decodeAll(decoder, frames);
    const decodeTookMs = performance.now() - startedMs;
    collect();
    startedMs = performance.now();
    events = parseAll(frames.texts);
    const parseTookMs = performance.now() - startedMs;
    last = null;
    collect();
    const pipeline = new Pipeline();
    startedMs = performance.now();
    pipeline.run(frames.bytes, frames.starts);
    const pipelineTookMs = performance.now() - startedMs;
    last = pipeline;
    if (round < 0) continue;
    decodeMs.push(decodeTookMs);
    parseMs.push(parseTookMs);
    pipelineMs.push(pipelineTookMs);
  }
  const pipeline = last as Pipeline;
  const hash = pipeline.hash();
  const rate = (times: number[]): number => Math.round((events / fastest(times)) * 1000);
  const result = {
    events,
    decodePerS: rate(decodeMs),
    jsonParsePerS: rate(parseMs),
    pipelinePerS: rate(pipelineMs),
    decodeRatio: Number((fastest(parseMs) / fastest(decodeMs)).toFixed(2)),
    pipelineRatio: Number((fastest(parseMs) / fastest(pipelineMs)).toFixed(2)),
    medianDecodeRatio: Number((median(parseMs) / median(decodeMs)).toFixed(2)),
    medianPipelineRatio: Number((median(parseMs) / median(pipelineMs)).toFixed(2)),
    bytesPerTrade: Number(pipeline.bytesPerTrade().toFixed(1)),
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
    hash,
    frames: frames.texts.length,
    bytes: frames.bytes.length,
    decoded,
    trades: pipeline.trades,
    quotes: pipeline.decoder.counters.quotes,
    bars: pipeline.bars,
    refused: refusedTotal(pipeline.decoder.counters),
    malformed: pipeline.decoder.counters.malformed,
    runs,
    machine: machineLine(),
  };
  if (lasting.events === 0) throw new FailureError('there are no events in the frames.');
  return { ...result, referenceHash: referenceHash(frames, pipeline) };
}

function decodeAll(decoder: FrameDecoder, frames: Frames): number {
  const { bytes, starts } = frames;
  const { batch } = decoder;
  let decoded = 0;
  for (let n = 0; n + 1 < starts.length; n++) {
    decoder.start(bytes, starts[n] as number, starts[n + 1] as number);
    let more: boolean;
    do {
      batch.length = 0;
      more = decoder.fill(batch);
      decoded += batch.length;
    } while (more);
  }
  decoder.takeStatuses();
  return decoded;
}

/** Events as JSON.parse sees them: elements of arrays, single objects. */
function parseAll(texts: readonly string[]): number {
  let events = 0;
  for (const text of texts) {
    try {
      const parsed = JSON.parse(text) as unknown;
      events += Array.isArray(parsed) ? parsed.length : 1;
    } catch {
      // A garbled frame: JSON.parse gets nothing out of it.
    }
  }
  return events;
}

/**
 * The market state by the reference decoder. Where JSON.parse refuses a frame the reference has no opinion, so the
 * decoder's own reading of that frame stands in.
 */
function referenceHash(frames: Frames, fast: Pipeline): string {
  const slow = new Pipeline();
  const results = frames.texts.map((text) => decodeReference(text, TEST_TICKERS));
  if (results.every(({ events }) => events !== null)) {
    for (const { events } of results)
      slow.accept((batch) => void appendReference(batch, events ?? [], slow.symbols, slow.conditions));
    return slow.hash();
  }
  const { bytes, starts } = frames;
  results.forEach(({ events }, n) => {
    if (events === null) slow.runFrame(bytes, starts[n] as number, starts[n + 1] as number);
    else slow.accept((batch) => void appendReference(batch, events, slow.symbols, slow.conditions));
  });
  return fast.trades === slow.trades ? slow.hash() : 'different number of trades';
}

function fastest(values: readonly number[]): number {
  return Math.min(...values);
}
