/**
 * Runs prepared strategy code in a context of its own: no Node, no clock, no chance, no eval. What it needs is handed in.
 * This keeps honest mistakes in; it is no prison for hostile code (docs/SECURITY.md says so): strategies are the user's own.
 */
import vm from 'node:vm';
import * as api from '../../strategies/api.ts';
import type { ParamSchema, StrategyDefinition } from '../../strategies/api.ts';

/** Steps (loop turns and function calls) one evaluation may take. A plain entry takes a few hundred. */
export const STEP_LIMIT = 200_000;
const LOAD_TIMEOUT_MS = 1000;

/** Counts the steps of the strategy that runs now. One for all: only one strategy runs at a time. */
export class StepGuard {
  #steps = 0;
  #strategy = '';
  #tripped = '';

  readonly step = (): void => {
    if (++this.#steps > STEP_LIMIT) {
      this.#tripped = `it took more than ${STEP_LIMIT.toLocaleString('en-US')} steps in one evaluation (an endless loop?)`;
      throw new RangeError(this.#tripped);
    }
  };

  readonly reset = (strategy: string): void => {
    this.#steps = 0;
    this.#strategy = strategy;
    this.#tripped = '';
  };

  /** What went wrong, even when the strategy caught the exception; '' when nothing did. */
  readonly fault = (): string => this.#tripped;

  get running(): string {
    return this.#strategy;
  }
}

export type Compiled =
  | { readonly ok: true; readonly definition: StrategyDefinition }
  | { readonly ok: false; readonly message: string };

const SHARED_API = Object.freeze({ ...api });

export function compileStrategy(code: string, file: string, guard: StepGuard): Compiled {
  try {
    const context = vm.createContext(Object.create(null) as object, {
      codeGeneration: { strings: false, wasm: false },
      name: file,
    });
    vm.runInContext(
      'delete globalThis.Date; delete globalThis.WebAssembly; delete globalThis.SharedArrayBuffer; delete globalThis.Atomics; delete globalThis.console; delete globalThis.Intl;' +
        "Math.random = () => { throw new Error('Math.random is not there; use chance()'); };",
      context,
    );
    guard.reset(file);
    const factory = vm.compileFunction(code, ['drover', '__step'], { parsingContext: context, filename: file });
    // The top level of the file runs once, here; an endless loop in it is caught by the same step counter.
    const definition = runWithTimeout(context, () => factory(SHARED_API, guard.step) as unknown);
    const fault = guard.fault() || checkDefinition(definition);
    return fault === '' ? { ok: true, definition: definition as StrategyDefinition } : { ok: false, message: fault };
  } catch (error) {
    const told = error as { name?: string; message?: string };
    return { ok: false, message: guard.fault() || `${told.name ?? 'Error'}: ${told.message ?? String(error)}` };
  }
}

/** A native call without loops of its own (a huge repeat, a slow pattern) is not counted in steps; time bounds it at load. */
function runWithTimeout(context: vm.Context, run: () => unknown): unknown {
  Object.defineProperty(context, '__run', { value: run, configurable: true });
  try {
    return vm.runInContext('__run()', context, { timeout: LOAD_TIMEOUT_MS });
  } finally {
    delete (context as Record<string, unknown>)['__run'];
  }
}

const PHASES: readonly unknown[] = ['pre', 'regular', 'post', 'overnight'];
const BAR_KINDS: Readonly<Record<string, string>> = {
  tick: 'trades',
  time: 'seconds',
  volume: 'shares',
  notional: 'dollars',
  imbalance: 'ticks',
};

/** What is wrong with the shape of a definition, in one sentence; '' when nothing is. */
export function checkDefinition(value: unknown): string {
  if (typeof value !== 'object' || value === null) return 'its default export is not a strategy definition';
  const definition = value as Record<string, unknown>;
  const name = definition['name'];
  if (typeof name !== 'string' || !/^[a-z][a-z0-9-]{0,39}$/.test(name))
    return "its 'name' must be 1 to 40 lower-case letters, digits and dashes";
  for (const part of ['universe', 'entry', 'plan'])
    if (typeof definition[part] !== 'function') return `its '${part}' must be a function`;
  if (definition['evaluateOn'] !== 'bar' && definition['evaluateOn'] !== 'tick')
    return "its 'evaluateOn' must be 'bar' or 'tick'";
  const bars = definition['bars'] as Record<string, unknown> | undefined;
  const size = bars === undefined ? undefined : bars[BAR_KINDS[String(bars['kind'])] ?? ''];
  if (typeof size !== 'number' || !(size > 0))
    return "its 'bars' must be a kind of bars, for example { kind: 'tick', trades: 100 }";
  const cooldown = definition['cooldownSeconds'];
  if (typeof cooldown !== 'number' || !(cooldown >= 0)) return "its 'cooldownSeconds' must be a number of seconds";
  const sessions = definition['sessions'];
  if (
    !Array.isArray(sessions) ||
    sessions.length === 0 ||
    sessions.some((window) => !PHASES.includes((window as Record<string, unknown>)['phase']))
  ) {
    return "its 'sessions' must list at least one window with a phase of pre, regular, post or overnight";
  }
  return checkParams(definition['params']);
}

function checkParams(params: unknown): string {
  if (typeof params !== 'object' || params === null) return "its 'params' must be an object";
  for (const [key, spec] of Object.entries(params as ParamSchema)) {
    const { default: initial, min, max } = spec;
    if (![initial, min, max].every(Number.isFinite)) return `its parameter '${key}' needs finite default, min and max`;
    if (min > initial || initial > max) return `its parameter '${key}' has a default outside its own bounds`;
    if (typeof spec.about !== 'string' || spec.about === '')
      return `its parameter '${key}' needs a sentence in 'about'`;
  }
  return '';
}
