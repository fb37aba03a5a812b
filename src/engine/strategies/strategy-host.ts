/**
 * Runs the strategies over one market view: judges them when a bar closes (or at each counted trade, when they ask for
 * it), records every judgement in the ledger, and hands candidates on as signals. Order of evaluation is the order the
 * strategies were added in; nothing here depends on time of day, chance or the order of object keys.
 *
 * A strategy that throws, loops for ever or returns nonsense is disabled with one clear message, and nothing else happens.
 */
import type { Rng } from '../lib/rng.ts';
import { createRng } from '../lib/rng.ts';
import type { BarKind } from '../model/bar.ts';
import type { ExitRule, RuleResult, Signal } from '../model/signal.ts';
import type { SymbolTable } from '../model/symbols.ts';
import type { EpochUs, InputNo, SymbolId } from '../model/units.ts';
import type { ViewColumns } from '../market/view-columns.ts';
import type { CheckpointReader, CheckpointWriter, Checkpointable } from '../ports/checkpoint.ts';
import type { AccountFacts, BarSeries, SessionFacts, StrategyDefinition, TradePlan } from './api.ts';
import { judgeSession, judgeUniverse } from './gates.ts';
import { IndicatorSet } from './indicator-set.ts';
import type { DecisionLedger } from './ledger.ts';
import { MAX_GATES } from './ledger.ts';
import { StrategyMemory } from './strategy-memory.ts';
import { checkPlan, hasUnknown } from './check-plan.ts';
import { judge } from './rules.ts';
import { SymbolReader } from './symbol-reader.ts';

export type StrategyMode = 'enabled' | 'shadow' | 'off';

export interface StrategySlot {
  readonly definition: StrategyDefinition;
  /** Hash of source and parameters; on every trade. */
  readonly version: string;
  readonly mode: StrategyMode;
  readonly params: Readonly<Record<string, number>>;
  /** Why it was disabled by the engine, '' while it is well. */
  readonly fault: string;
  readonly evaluations: number;
  readonly signals: number;
}

interface Slot {
  definition: StrategyDefinition;
  version: string;
  mode: StrategyMode;
  params: Readonly<Record<string, number>>;
  fault: string;
  evaluations: number;
  signals: number;
  ledgerIndex: number;
  readonly memory: StrategyMemory;
  readonly series: Map<SymbolId, { readonly bars: BarSeries; readonly indicators: IndicatorSet }>;
  lastEntryUs: Float64Array;
}

export interface HostDeps {
  readonly view: ViewColumns;
  readonly symbols: SymbolTable;
  readonly ledger: DecisionLedger;
  readonly seed: number;
  readonly nextSignalId: () => string;
  readonly session: (symbol: SymbolId, nowUs: EpochUs) => SessionFacts;
  readonly account: () => AccountFacts;
  /** Bars of the asked kind for a symbol; the kernel builds the kinds that loaded strategies ask for. */
  readonly bars: (kind: BarKind, symbol: SymbolId) => BarSeries;
  /** Called around foreign code, so that endless loops can be told from slow ones. Returns a fault or ''. */
  readonly guard: { readonly reset: (strategy: string) => void; readonly fault: () => string };
  readonly onSignal: (signal: Signal) => void;
  readonly onFault: (strategy: string, message: string) => void;
}

/** The last gate of all, left behind only when it fails. */
const PLAN_UNKNOWN: RuleResult = {
  name: 'plan: every number is known',
  value: 0,
  operator: '==',
  threshold: 1,
  pass: false,
  unit: '',
};

export class StrategyHost implements Checkpointable {
  readonly #deps: HostDeps;
  readonly #slots: Slot[] = [];
  /** Memories of strategies that are loaded later. */
  readonly #unloaded: {
    readonly strategy: string;
    readonly symbol: SymbolId;
    readonly entries: readonly (readonly [string, string])[];
  }[] = [];
  readonly #reader: SymbolReader;
  readonly #gates: RuleResult[] = [];

  constructor(deps: HostDeps) {
    this.#deps = deps;
    this.#reader = new SymbolReader(deps.view, deps.symbols);
  }

  /**
   * The exits its version of now would plan for a symbol, and that version; or why there are none. Nothing is recorded, and
   * a strategy that fails at it is not switched off.
   */
  exitsNow(
    name: string,
    symbol: SymbolId,
    nowUs: EpochUs,
  ):
    | { readonly ok: true; readonly exits: readonly ExitRule[]; readonly version: string }
    | { readonly ok: false; readonly reason: string } {
    const slot = this.#slots.find((candidate) => candidate.definition.name === name);
    if (slot === undefined) return { ok: false, reason: `there is no strategy '${name}'` };
    this.#deps.guard.reset(name);
    try {
      const facts = this.#reader.point(symbol, nowUs);
      const plan = slot.definition.plan(this.#context(slot, symbol, facts, this.#deps.session(symbol, nowUs)));
      const fault = this.#deps.guard.fault();
      if (fault !== '') return { ok: false, reason: fault };
      if (hasUnknown(plan)) return { ok: false, reason: 'a number of its plan is not known now' };
      return { ok: true, exits: checkPlan(plan).exits, version: slot.version };
    } catch (error) {
      return {
        ok: false,
        reason: this.#deps.guard.fault() || (error instanceof Error ? error.message : String(error)),
      };
    }
  }

  /** Adds a strategy, or replaces the one of the same name, keeping its per-symbol memory and cooldowns. */
  add(
    definition: StrategyDefinition,
    version: string,
    mode: StrategyMode,
    params: Readonly<Record<string, number>>,
  ): void {
    const known = this.#slots.find((slot) => slot.definition.name === definition.name);
    const ledgerIndex = this.#deps.ledger.add(definition.name);
    if (known !== undefined) {
      Object.assign(known, { definition, version, mode, params, fault: '', ledgerIndex });
      known.series.clear();
      return;
    }
    this.#slots.push({
      definition,
      version,
      mode,
      params,
      fault: '',
      evaluations: 0,
      signals: 0,
      ledgerIndex,
      memory: new StrategyMemory(),
      series: new Map(),
      lastEntryUs: new Float64Array(this.#deps.symbols.capacity),
    });
    for (const { strategy, symbol, entries } of this.#unloaded)
      if (strategy === definition.name) this.remember(strategy, symbol, entries);
  }

  remove(name: string): void {
    const at = this.#slots.findIndex((slot) => slot.definition.name === name);
    if (at >= 0) this.#slots.splice(at, 1);
  }

  setMode(name: string, mode: StrategyMode): boolean {
    const slot = this.#slots.find((candidate) => candidate.definition.name === name);
    if (slot === undefined) return false;
    slot.mode = mode;
    if (mode !== 'off') slot.fault = '';
    return true;
  }

  get slots(): readonly StrategySlot[] {
    return this.#slots;
  }

  /** Kinds of bars that some strategy wants closed-bar evaluations of. */
  barKinds(): BarKind[] {
    return this.#slots.map((slot) => slot.definition.bars);
  }

  /** A new trading day: bars start over, so indicators do. */
  startDay(): void {
    for (const slot of this.#slots) slot.series.clear();
  }

  /** A bar of `kind` closed for `symbol`. */
  onBar(kind: BarKind, symbol: SymbolId, nowUs: EpochUs, inputNo: InputNo): void {
    for (const slot of this.#slots) {
      if (slot.mode !== 'off' && slot.definition.evaluateOn === 'bar' && sameKind(slot.definition.bars, kind))
        this.#evaluate(slot, symbol, nowUs, inputNo, true);
    }
  }

  /** A counted trade of `symbol`. */
  onTick(symbol: SymbolId, nowUs: EpochUs, inputNo: InputNo): void {
    for (const slot of this.#slots) {
      if (slot.mode !== 'off' && slot.definition.evaluateOn === 'tick')
        this.#evaluate(slot, symbol, nowUs, inputNo, false);
    }
  }

  /** Whether any enabled strategy wants ticks; lets the kernel skip the call. */
  wantsTicks(): boolean {
    return this.#slots.some((slot) => slot.mode !== 'off' && slot.definition.evaluateOn === 'tick');
  }

  /** The desk entered or left: the cooldown of that strategy in that symbol starts again. */
  touched(strategy: string, symbol: SymbolId, nowUs: EpochUs): void {
    const slot = this.#slots.find((candidate) => candidate.definition.name === strategy);
    if (slot !== undefined) slot.lastEntryUs[symbol] = nowUs;
  }

  /** What a strategy keeps of a symbol, as text; empty when nothing. */
  memoryOf(strategy: string, symbol: SymbolId): readonly (readonly [string, string])[] {
    return this.#slots.find(({ definition }) => definition.name === strategy)?.memory.entriesOf(symbol) ?? [];
  }

  /** Puts back what a strategy kept of a symbol, at once or when the strategy is loaded. */
  remember(strategy: string, symbol: SymbolId, entries: readonly (readonly [string, string])[]): void {
    const slot = this.#slots.find(({ definition }) => definition.name === strategy);
    if (slot === undefined) {
      this.#unloaded.push({ strategy, symbol, entries });
      return;
    }
    const memory = slot.memory.of(symbol);
    for (const [name, value] of entries) memory.set(name, Number(value));
  }

  #evaluate(slot: Slot, symbol: SymbolId, nowUs: EpochUs, inputNo: InputNo, isBar: boolean): void {
    const { definition } = slot;
    const gates = this.#gates;
    gates.length = 0;
    const facts = this.#reader.point(symbol, nowUs);
    const session = this.#deps.session(symbol, nowUs);
    this.#deps.guard.reset(definition.name);
    slot.evaluations++;
    let plan: TradePlan | null = null;
    let isPass: boolean;
    try {
      isPass = judgeUniverse(definition.universe(slot.params), facts, gates);
      isPass = judgeSession(definition.sessions, session, gates) && isPass;
      // At every trade of the market the strategy's own rules are only judged where the cheap gates let them matter.
      if (!isPass && !isBar) return;
      isPass = this.#judgeCooldown(slot, symbol, nowUs) && isPass;
      const context = this.#context(slot, symbol, facts, session);
      isPass = judge({ kind: 'all', rules: definition.entry(context) }, gates) && isPass;
      if (gates.length > MAX_GATES)
        throw new RangeError(`it has ${gates.length} gates; at most ${MAX_GATES} are allowed`);
      if (isPass) {
        const made = definition.plan(context);
        isPass = !hasUnknown(made);
        if (isPass) plan = checkPlan(made);
        else if (gates.length < MAX_GATES) gates.push(PLAN_UNKNOWN);
      }
    } catch (error) {
      this.#disable(
        slot,
        this.#deps.guard.fault() || (error instanceof Error ? `${error.name}: ${error.message}` : String(error)),
      );
      return;
    }
    const fault = this.#deps.guard.fault();
    if (fault !== '') {
      this.#disable(slot, fault);
      return;
    }
    this.#deps.ledger.record(slot.ledgerIndex, symbol, nowUs, inputNo, gates, isPass, isBar || isPass);
    if (plan !== null) this.#signal(slot, symbol, nowUs, inputNo, plan, gates);
  }

  #judgeCooldown(slot: Slot, symbol: SymbolId, nowUs: EpochUs): boolean {
    const since = slot.lastEntryUs[symbol] as number;
    const seconds = since === 0 ? Number.POSITIVE_INFINITY : (nowUs - since) / 1e6;
    const pass = seconds >= slot.definition.cooldownSeconds;
    this.#gates.push({
      name: 'cooldown: left alone for',
      value: Math.min(seconds, 86_400),
      operator: '>=',
      threshold: slot.definition.cooldownSeconds,
      pass,
      unit: 's',
    });
    return pass;
  }

  #context(
    slot: Slot,
    symbol: SymbolId,
    facts: SymbolReader,
    session: SessionFacts,
  ): Parameters<StrategyDefinition['entry']>[0] {
    let series = slot.series.get(symbol);
    if (series === undefined) {
      const bars = this.#deps.bars(slot.definition.bars, symbol);
      series = { bars, indicators: new IndicatorSet(bars) };
      slot.series.set(symbol, series);
    }
    let rng: Rng | null = null;
    return {
      symbol: facts,
      bars: series.bars,
      indicators: series.indicators,
      session,
      account: this.#deps.account(),
      memory: slot.memory.of(symbol),
      chance: () =>
        (rng ??= createRng(`${this.#deps.seed}/${slot.definition.name}/${facts.name}/${facts.trades}`)).next(),
      p: slot.params,
    };
  }

  #signal(
    slot: Slot,
    symbol: SymbolId,
    nowUs: EpochUs,
    inputNo: InputNo,
    plan: TradePlan,
    gates: readonly RuleResult[],
  ): void {
    slot.signals++;
    this.#deps.onSignal({
      id: this.#deps.nextSignalId(),
      strategy: slot.definition.name,
      version: slot.version,
      symbol,
      side: 'buy',
      atUs: nowUs,
      inputNo,
      expectedMove: plan.expectedMove,
      confidence: plan.confidence,
      validForUs: Math.round(plan.validForSeconds * 1e6),
      sizing: plan.sizing,
      exits: plan.exits,
      gates: gates.slice(),
      tags: plan.tags ?? [],
      shadow: slot.mode === 'shadow',
    });
  }

  #disable(slot: Slot, reason: string): void {
    slot.mode = 'off';
    slot.fault = reason;
    this.#deps.onFault(
      slot.definition.name,
      `strategy ${slot.definition.name} was switched off: ${reason}. Open positions keep their exits.`,
    );
  }

  save(writer: CheckpointWriter): void {
    for (const slot of this.#slots) {
      const name = slot.definition.name;
      writer.section(`strategy/${name}/memory`, slot.memory.toBytes());
      // Rows of symbols that are known; looking for the last one in use would take longer than copying them.
      const rows = this.#deps.symbols.size;
      writer.section(`strategy/${name}/entries`, new Uint8Array(slot.lastEntryUs.buffer, 0, rows * 8));
      writer.section(
        `strategy/${name}/counts`,
        new Uint8Array(new Float64Array([slot.evaluations, slot.signals]).buffer),
      );
    }
  }

  restore(reader: CheckpointReader): void {
    for (const slot of this.#slots) {
      const name = slot.definition.name;
      const memory = reader.section(`strategy/${name}/memory`);
      const entries = reader.section(`strategy/${name}/entries`);
      const counts = reader.section(`strategy/${name}/counts`);
      if (memory !== undefined) slot.memory.fromBytes(memory);
      if (entries !== undefined)
        slot.lastEntryUs.fill(0).set(new Float64Array(entries.slice().buffer).subarray(0, slot.lastEntryUs.length));
      if (counts !== undefined) {
        const numbers = new Float64Array(counts.slice().buffer);
        slot.evaluations = numbers[0] as number;
        slot.signals = numbers[1] as number;
      }
      slot.series.clear();
    }
  }
}

export function sameKind(a: BarKind, b: BarKind): boolean {
  return barKindKey(a) === barKindKey(b);
}

/** A stable name of a bar kind: 'tick-100', 'time-60' ... */
export function barKindKey(kind: BarKind): string {
  switch (kind.kind) {
    case 'tick':
      return `tick-${kind.trades}`;
    case 'time':
      return `time-${kind.seconds}`;
    case 'volume':
      return `volume-${kind.shares}`;
    case 'notional':
      return `notional-${kind.dollars}`;
    case 'imbalance':
      return `imbalance-${kind.ticks}`;
  }
}
