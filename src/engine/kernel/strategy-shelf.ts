/**
 * The strategies of a run by name: built-in definitions and user files, with the parameters and mode chosen for each. What
 * is on the shelf is part of the kernel's state, so it is saved with it: code included, so that a replay needs no folder.
 */
import { hashText } from '../lib/rng.ts';
import { decodeJson, encodeJson } from '../lib/json-bytes.ts';
import type { CheckpointReader, CheckpointWriter, Checkpointable } from '../ports/checkpoint.ts';
import type { StrategyDefinition } from '../strategies/api.ts';
import { BUILTIN_STRATEGIES } from '../strategies/builtin/index.ts';
import type { StrategyHost, StrategyMode } from '../strategies/strategy-host.ts';
import type { StrategyChoice } from './kernel-config.ts';

export type CompileStrategy = (
  code: string,
  file: string,
) => { readonly ok: true; readonly definition: StrategyDefinition } | { readonly ok: false; readonly message: string };

/** A user's file as the loader prepared it: types stripped, steps counted. */
export interface StrategyFile {
  readonly file: string;
  readonly code: string;
  readonly hash: string;
}

export interface ShelfItem {
  readonly name: string;
  readonly source: 'built-in' | 'user';
  readonly file: string;
  readonly version: string;
  readonly definition: StrategyDefinition;
  readonly params: Readonly<Record<string, number>>;
  /** Why the newest file could not be used; the version before stays. */
  readonly fault: string;
  /** Of a next version tried in shadow: the strategy it is tried beside. Else ''. */
  readonly triedFor: string;
}

/** A file named so holds the next version of a strategy: it runs in shadow beside the one in use, under a name of its own. */
const TRIAL_FILE = '.next.ts';
const TRIAL_NAME = '-next';
const NAME_CHARS_MAX = 40;

interface Kept {
  readonly name: string;
  readonly mode: StrategyMode;
  readonly params: Readonly<Record<string, number>>;
  readonly file: StrategyFile | null;
  readonly fault: string;
}

export class StrategyShelf implements Checkpointable {
  readonly #host: StrategyHost;
  readonly #compile: CompileStrategy;
  readonly #items = new Map<string, { item: ShelfItem; file: StrategyFile | null }>();

  constructor(host: StrategyHost, compile: CompileStrategy) {
    this.#host = host;
    this.#compile = compile;
  }

  items(): ShelfItem[] {
    return [...this.#items.values()].map((kept) => kept.item);
  }

  /** Puts a built-in strategy into use. False when there is none of that name. */
  choose(choice: StrategyChoice): boolean {
    const definition = BUILTIN_STRATEGIES.find((candidate) => candidate.name === choice.name);
    if (definition === undefined) return false;
    this.#place(definition, null, choice.mode, choice.params);
    return true;
  }

  /** Takes a user's file into use, or keeps what was there. Returns '' or what is wrong with it. */
  load(file: StrategyFile): string {
    const compiled = this.#compile(file.code, file.file);
    if (!compiled.ok) return this.#refuse(file, compiled.message);
    const isTrial = file.file.endsWith(TRIAL_FILE);
    const { name } = compiled.definition;
    if (isTrial && name.length + TRIAL_NAME.length > NAME_CHARS_MAX)
      return this.#refuse(file, `its name is too long to be tried beside; ${NAME_CHARS_MAX - TRIAL_NAME.length} fit`);
    const definition = isTrial ? asTrial(compiled.definition) : compiled.definition;
    const known = this.#items.get(definition.name);
    if (known !== undefined && known.file === null)
      return this.#refuse(
        file,
        `there is a built-in strategy called '${definition.name}' already; choose another name`,
      );
    if (known !== undefined && known.file?.file !== file.file)
      return this.#refuse(
        file,
        `the file ${known.file?.file ?? ''} has a strategy called '${definition.name}' already`,
      );
    const slot = this.#host.slots.find((candidate) => candidate.definition.name === definition.name);
    // A new strategy starts in shadow: nothing of the user's trades before the user has said so.
    this.#place(definition, file, slot?.mode ?? 'shadow', known?.item.params ?? {});
    return '';
  }

  /** Whether a strategy may have a mode: '' or why not. */
  refuseMode(name: string, mode: StrategyMode): string {
    const triedFor = this.#items.get(name)?.item.triedFor ?? '';
    if (mode !== 'enabled' || triedFor === '') return '';
    return `${name} is tried in shadow beside ${triedFor}; to trade it, rename its file so that it replaces that of ${triedFor}`;
  }

  /** Takes the tried versions away whose files are gone. Their open shadow trades keep their exits. */
  keepTrials(files: readonly string[]): void {
    for (const name of this.trialsWithout(files)) {
      this.#items.delete(name);
      this.#host.remove(name);
    }
  }

  /** The tried versions whose file is none of these. */
  trialsWithout(files: readonly string[]): string[] {
    const tried = [...this.#items].filter(([, { item }]) => item.triedFor !== '' && !files.includes(item.file));
    return tried.map(([name]) => name);
  }

  #refuse(file: StrategyFile, fault: string): string {
    for (const kept of this.#items.values()) if (kept.file?.file === file.file) kept.item = { ...kept.item, fault };
    return fault;
  }

  /** New parameter values. Returns '' or what is wrong with them. */
  setParams(name: string, params: Readonly<Record<string, number>>): string {
    const kept = this.#items.get(name);
    if (kept === undefined) return `there is no strategy '${name}'`;
    for (const [key, value] of Object.entries(params)) {
      const spec = Object.hasOwn(kept.item.definition.params, key) ? kept.item.definition.params[key] : undefined;
      if (spec === undefined) return `strategy ${name} has no parameter '${key}'`;
      if (!(value >= spec.min && value <= spec.max))
        return `${key} must be between ${spec.min} and ${spec.max} ${spec.unit}`;
      if (spec.integer === true && !Number.isInteger(value)) return `${key} must be a whole number`;
    }
    const slot = this.#host.slots.find((candidate) => candidate.definition.name === name);
    this.#place(kept.item.definition, kept.file, slot?.mode ?? 'off', { ...kept.item.params, ...params });
    return '';
  }

  #place(
    definition: StrategyDefinition,
    file: StrategyFile | null,
    mode: StrategyMode,
    chosen: Readonly<Record<string, number>>,
  ): void {
    const params: Record<string, number> = {};
    for (const [key, spec] of Object.entries(definition.params)) {
      const value = chosen[key] ?? spec.default;
      params[key] = value >= spec.min && value <= spec.max ? value : spec.default;
    }
    const version = versionOf(file?.hash ?? `built-in ${BUILTIN_VERSION}`, params);
    this.#host.add(definition, version, mode, params);
    const item: ShelfItem = {
      name: definition.name,
      source: file === null ? 'built-in' : 'user',
      file: file?.file ?? '',
      version,
      definition,
      params,
      fault: '',
      triedFor: triedFor(definition, file),
    };
    this.#items.set(definition.name, { item, file });
  }

  save(writer: CheckpointWriter): void {
    const kept: Kept[] = [...this.#items.values()].map(({ item, file }) => ({
      name: item.name,
      mode: this.#host.slots.find((slot) => slot.definition.name === item.name)?.mode ?? 'off',
      params: item.params,
      file,
      fault: item.fault,
    }));
    writer.section('strategies/shelf', encodeJson(kept));
  }

  restore(reader: CheckpointReader): void {
    const bytes = reader.section('strategies/shelf');
    if (bytes === undefined) return;
    for (const kept of decodeJson<Kept[]>(bytes)) {
      if (kept.file === null) this.choose(kept);
      else {
        const compiled = this.#compile(kept.file.code, kept.file.file);
        const isTrial = kept.file.file.endsWith(TRIAL_FILE);
        if (compiled.ok)
          this.#place(isTrial ? asTrial(compiled.definition) : compiled.definition, kept.file, kept.mode, kept.params);
      }
    }
  }
}

function asTrial(definition: StrategyDefinition): StrategyDefinition {
  return { ...definition, name: `${definition.name}${TRIAL_NAME}` };
}

function triedFor({ name }: StrategyDefinition, file: StrategyFile | null): string {
  return file?.file.endsWith(TRIAL_FILE) === true ? name.slice(0, -TRIAL_NAME.length) : '';
}

/** Changes with the program: a built-in strategy that is edited must not keep its version. */
const BUILTIN_VERSION = 1;

/** Eight hex digits over source and parameters; on every trade. */
function versionOf(source: string, params: Readonly<Record<string, number>>): string {
  const text = `${source} ${JSON.stringify(Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1)))}`;
  return (hashText(text) >>> 0).toString(16).padStart(8, '0');
}
