/**
 * The decision ledger: for every strategy and symbol the latest judgement of every gate, each change of pass/fail with its
 * time and input number, and what came closest to firing. Reading it answers "why did it NOT fire".
 *
 * In memory: one row a (strategy, symbol) in typed arrays, a bounded ring of transitions (oldest forgotten), and the near
 * misses of the last minute. On disk (through the sink): every evaluation on a bar close, so any past moment can be asked.
 */
import { assert } from '../lib/assert.ts';
import { decodeJson, encodeJson } from '../lib/json-bytes.ts';
import type { Operator, RuleResult } from '../model/signal.ts';
import type { EpochUs, InputNo, SymbolId } from '../model/units.ts';
import type { Checkpointable, CheckpointReader, CheckpointWriter } from '../ports/checkpoint.ts';

/** Gates of one evaluation at most; a strategy with more is refused when it is loaded or first judged. */
export const MAX_GATES = 24;
export const TRANSITION_RING = 65_536;
const NEAR_MISS_WINDOW_US = 60_000_000;

/** Names and operators of a list of gates: the part that does not change from one evaluation to the next. */
export interface GateShape {
  readonly id: number;
  readonly names: readonly string[];
  readonly operators: readonly Operator[];
  readonly units: readonly string[];
}

export interface Evaluation {
  readonly strategy: string;
  readonly symbol: SymbolId;
  readonly atUs: EpochUs;
  readonly inputNo: InputNo;
  readonly gates: readonly RuleResult[];
  /** Whether the whole tree passed (not the same as every gate passing when `any` or `not` is used). */
  readonly pass: boolean;
}

export interface Transition {
  readonly strategy: string;
  readonly symbol: SymbolId;
  readonly atUs: EpochUs;
  readonly inputNo: InputNo;
  /** Gate numbers that changed, as bits; `passes` has the bits after the change. */
  readonly changed: number;
  readonly passes: number;
}

export interface NearMiss {
  readonly strategy: string;
  readonly symbol: SymbolId;
  readonly atUs: EpochUs;
  readonly failed: number;
  readonly gates: number;
  /** The gate that stopped it: of the failing ones, the one furthest from its threshold. */
  readonly gate: RuleResult;
  /** 0 = would have fired; grows with the number of failing gates and their distance. */
  readonly distance: number;
}

/** Where every bar-close evaluation goes to be kept on disk. Arrays are only valid during the call. */
export interface LedgerSink {
  shape(shape: GateShape): void;
  evaluation(
    strategy: number,
    symbol: SymbolId,
    atUs: EpochUs,
    inputNo: InputNo,
    shape: number,
    passes: number,
    isPass: boolean,
    gates: readonly RuleResult[],
  ): void;
}

interface StrategyRows {
  readonly name: string;
  readonly index: number;
  readonly atUs: Float64Array;
  readonly inputNo: Float64Array;
  readonly shape: Uint16Array;
  readonly count: Uint8Array;
  readonly passes: Int32Array;
  readonly isPass: Uint8Array;
  readonly values: Float64Array;
  readonly thresholds: Float64Array;
  readonly distance: Float32Array;
  lastShape: number;
}

export class DecisionLedger implements Checkpointable {
  readonly #capacity: number;
  readonly #strategies: StrategyRows[] = [];
  readonly #byName = new Map<string, StrategyRows>();
  readonly #shapes: GateShape[] = [];
  readonly #shapeIds = new Map<string, number>();
  readonly #sink: LedgerSink | null;
  /** Ring of transitions: strategy, symbol, changed, passes; times and inputs beside. */
  readonly #ring = new Int32Array(TRANSITION_RING * 4);
  readonly #ringAt = new Float64Array(TRANSITION_RING * 2);
  #transitions = 0;
  /** Rows above this were never judged. */
  #used = 0;
  evaluations = 0;

  constructor(symbolCapacity: number, sink: LedgerSink | null = null) {
    this.#capacity = symbolCapacity;
    this.#sink = sink;
  }

  /** Registers a strategy under its ledger name (name and version); returns its index. Calling again is harmless. */
  add(name: string): number {
    const known = this.#byName.get(name);
    if (known !== undefined) return known.index;
    const n = this.#capacity;
    const rows: StrategyRows = {
      name,
      index: this.#strategies.length,
      atUs: new Float64Array(n),
      inputNo: new Float64Array(n),
      shape: new Uint16Array(n),
      count: new Uint8Array(n),
      passes: new Int32Array(n),
      isPass: new Uint8Array(n),
      values: new Float64Array(n * MAX_GATES),
      thresholds: new Float64Array(n * MAX_GATES),
      distance: new Float32Array(n).fill(Number.POSITIVE_INFINITY),
      lastShape: -1,
    };
    this.#strategies.push(rows);
    this.#byName.set(name, rows);
    return rows.index;
  }

  /** Records one evaluation. `persist` is true for bar-close evaluations. */
  record(
    strategy: number,
    symbol: SymbolId,
    atUs: EpochUs,
    inputNo: InputNo,
    gates: readonly RuleResult[],
    isPass: boolean,
    persist: boolean,
  ): void {
    const rows = this.#strategies[strategy] as StrategyRows;
    assert(gates.length <= MAX_GATES, 'the host refuses strategies with too many gates');
    const shape = this.#shapeOf(rows, gates);
    let passes = 0;
    const base = symbol * MAX_GATES;
    for (let i = 0; i < gates.length; i++) {
      const gate = gates[i] as RuleResult;
      rows.values[base + i] = gate.value;
      rows.thresholds[base + i] = gate.threshold;
      if (gate.pass) passes |= 1 << i;
    }
    const before = rows.passes[symbol] as number;
    const sameShape = rows.shape[symbol] === shape && (rows.inputNo[symbol] as number) > 0;
    const changed = sameShape ? before ^ passes : (1 << gates.length) - 1;
    if (changed !== 0) this.#transition(rows.index, symbol, atUs, inputNo, changed, passes);
    if (symbol >= this.#used) this.#used = symbol + 1;
    rows.atUs[symbol] = atUs;
    rows.inputNo[symbol] = inputNo;
    rows.shape[symbol] = shape;
    rows.count[symbol] = gates.length;
    rows.passes[symbol] = passes;
    rows.isPass[symbol] = isPass ? 1 : 0;
    rows.distance[symbol] = isPass ? 0 : distanceOf(gates);
    this.evaluations++;
    if (persist) this.#sink?.evaluation(rows.index, symbol, atUs, inputNo, shape, passes, isPass, gates);
  }

  /** A strategy's gates are nearly always those of its last judgement: compared name by name, without making a key. */
  #shapeOf(rows: StrategyRows, gates: readonly RuleResult[]): number {
    const last = this.#shapes[rows.lastShape];
    if (last === undefined || last.names.length !== gates.length) return (rows.lastShape = this.#shape(gates));
    for (let i = 0; i < gates.length; i++) {
      const gate = gates[i] as RuleResult;
      if (gate.name !== last.names[i] || gate.operator !== last.operators[i])
        return (rows.lastShape = this.#shape(gates));
    }
    return rows.lastShape;
  }

  #shape(gates: readonly RuleResult[]): number {
    let key = '';
    for (const gate of gates) key += `${gate.name}\u0000${gate.operator}\u0000`;
    const known = this.#shapeIds.get(key);
    if (known !== undefined) return known;
    const shape: GateShape = {
      id: this.#shapes.length,
      names: gates.map((gate) => gate.name),
      operators: gates.map((gate) => gate.operator),
      units: gates.map((gate) => gate.unit),
    };
    assert(shape.id < 65_535, 'strategies have few shapes; names must not carry values');
    this.#shapes.push(shape);
    this.#shapeIds.set(key, shape.id);
    this.#sink?.shape(shape);
    return shape.id;
  }

  #transition(
    strategy: number,
    symbol: SymbolId,
    atUs: EpochUs,
    inputNo: InputNo,
    changed: number,
    passes: number,
  ): void {
    const slot = this.#transitions++ % TRANSITION_RING;
    this.#ring[slot * 4] = strategy;
    this.#ring[slot * 4 + 1] = symbol;
    this.#ring[slot * 4 + 2] = changed;
    this.#ring[slot * 4 + 3] = passes;
    this.#ringAt[slot * 2] = atUs;
    this.#ringAt[slot * 2 + 1] = inputNo;
  }

  /** The latest evaluation of a symbol, per strategy that has judged it. */
  latest(symbol: SymbolId, strategy?: string): Evaluation[] {
    const found: Evaluation[] = [];
    for (const rows of this.#strategies) {
      if ((strategy === undefined || rows.name === strategy) && (rows.inputNo[symbol] as number) > 0)
        found.push(this.#evaluation(rows, symbol));
    }
    return found;
  }

  /** The heads (latest judgement of each strategy and symbol); transitions in memory are not kept over a restart. */
  save(writer: CheckpointWriter): void {
    writer.section('ledger/shapes', encodeJson(this.#shapes));
    writer.section('ledger/strategies', encodeJson(this.#strategies.map((rows) => rows.name)));
    for (const rows of this.#strategies) {
      for (const part of HEAD_PARTS) {
        const all = bytesOf(rows[part]);
        writer.section(`ledger/${rows.name}/${part}`, all.subarray(0, (all.length / this.#capacity) * this.#used));
      }
    }
    writer.section('ledger/count', bytesOf(Float64Array.of(this.evaluations)));
  }

  restore(reader: CheckpointReader): void {
    const shapes = reader.section('ledger/shapes');
    const names = reader.section('ledger/strategies');
    if (shapes === undefined || names === undefined) return;
    this.#shapes.splice(0, this.#shapes.length, ...decodeJson<GateShape[]>(shapes));
    this.#shapeIds.clear();
    for (const rows of this.#strategies) rows.lastShape = -1;
    for (const shape of this.#shapes) this.#shapeIds.set(shapeKey(shape.names, shape.operators), shape.id);
    for (const name of decodeJson<string[]>(names)) {
      const rows = this.#strategies[this.add(name)] as StrategyRows;
      for (const part of HEAD_PARTS) {
        const bytes = reader.section(`ledger/${name}/${part}`);
        if (bytes !== undefined) bytesOf(rows[part]).set(bytes.subarray(0, rows[part].byteLength));
      }
      this.#used = Math.max(this.#used, rows.inputNo.findLastIndex((inputNo) => inputNo > 0) + 1);
    }
    const count = reader.section('ledger/count');
    if (count !== undefined) this.evaluations = new Float64Array(count.slice().buffer)[0] as number;
  }

  #evaluation(rows: StrategyRows, symbol: SymbolId): Evaluation {
    const shape = this.#shapes[rows.shape[symbol] as number] as GateShape;
    const base = symbol * MAX_GATES;
    const passes = rows.passes[symbol] as number;
    return {
      strategy: rows.name,
      symbol,
      atUs: rows.atUs[symbol] as number,
      inputNo: rows.inputNo[symbol] as number,
      pass: rows.isPass[symbol] === 1,
      gates: shape.names.map((name, i) => ({
        name,
        value: rows.values[base + i] as number,
        operator: shape.operators[i] as Operator,
        threshold: rows.thresholds[base + i] as number,
        pass: (passes & (1 << i)) !== 0,
        unit: shape.units[i] as string,
      })),
    };
  }

  /** Transitions still in memory, newest first, filtered; at most `limit`. */
  transitions(
    filter: {
      readonly symbol?: SymbolId;
      readonly strategy?: string;
      readonly gate?: string;
      readonly untilUs?: EpochUs;
    },
    limit: number,
  ): Transition[] {
    const found: Transition[] = [];
    const oldest = Math.max(0, this.#transitions - TRANSITION_RING);
    for (let n = this.#transitions - 1; n >= oldest && found.length < limit; n--) {
      const slot = n % TRANSITION_RING;
      const rows = this.#strategies[this.#ring[slot * 4] as number] as StrategyRows;
      const symbol = this.#ring[slot * 4 + 1] as number;
      const atUs = this.#ringAt[slot * 2] as number;
      if (filter.symbol !== undefined && filter.symbol !== symbol) continue;
      if (filter.strategy !== undefined && filter.strategy !== rows.name) continue;
      if (filter.untilUs !== undefined && atUs > filter.untilUs) continue;
      const changed = this.#ring[slot * 4 + 2] as number;
      if (filter.gate !== undefined) {
        const shape = this.#shapes[rows.shape[symbol] as number] as GateShape;
        const gate = shape.names.indexOf(filter.gate);
        if (gate < 0 || (changed & (1 << gate)) === 0) continue;
      }
      found.push({
        strategy: rows.name,
        symbol,
        atUs,
        inputNo: this.#ringAt[slot * 2 + 1] as number,
        changed,
        passes: this.#ring[slot * 4 + 3] as number,
      });
    }
    return found;
  }

  /** What came closest to firing in the last minute and did not, closest first. */
  nearMisses(nowUs: EpochUs, limit: number): NearMiss[] {
    const found: { rows: StrategyRows; symbol: SymbolId; distance: number }[] = [];
    for (const rows of this.#strategies) {
      for (let symbol = 0; symbol < this.#capacity; symbol++) {
        const distance = rows.distance[symbol] as number;
        if (distance > 0 && distance < 2 && nowUs - (rows.atUs[symbol] as number) <= NEAR_MISS_WINDOW_US)
          found.push({ rows, symbol, distance });
      }
    }
    found.sort((a, b) => a.distance - b.distance || a.rows.index - b.rows.index || a.symbol - b.symbol);
    return found.slice(0, limit).map(({ rows, symbol, distance }) => {
      const evaluation = this.#evaluation(rows, symbol);
      const failing = evaluation.gates.filter((gate) => !gate.pass);
      const worst = failing.reduce((a, b) => (gateDistance(b) > gateDistance(a) ? b : a));
      return {
        strategy: rows.name,
        symbol,
        atUs: evaluation.atUs,
        failed: failing.length,
        gates: evaluation.gates.length,
        gate: worst,
        distance,
      };
    });
  }
}

const HEAD_PARTS = [
  'atUs',
  'inputNo',
  'shape',
  'count',
  'passes',
  'isPass',
  'values',
  'thresholds',
  'distance',
] as const;

function bytesOf(array: {
  readonly buffer: ArrayBufferLike;
  readonly byteOffset: number;
  readonly byteLength: number;
}): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function shapeKey(names: readonly string[], operators: readonly Operator[]): string {
  return names.map((name, i) => `${name}\u0000${operators[i] as string}\u0000`).join('');
}

/** How far a failing gate is from passing, 0..1: relative to the larger of value and threshold. */
function gateDistance(gate: RuleResult): number {
  if (gate.pass) return 0;
  const scale = Math.max(Math.abs(gate.value), Math.abs(gate.threshold));
  if (!(scale > 0)) return 1;
  const distance = Math.abs(gate.value - gate.threshold) / scale;
  return distance < 1 ? Math.max(distance, 1e-6) : 1;
}

/** 0 when all pass; otherwise (failing - 1) plus the mean distance of the failing gates. */
function distanceOf(gates: readonly RuleResult[]): number {
  let failing = 0;
  let sum = 0;
  for (const gate of gates) {
    if (gate.pass) continue;
    failing++;
    sum += gateDistance(gate);
  }
  return failing === 0 ? 0 : failing - 1 + sum / failing;
}
