/**
 * The latest value of every small topic, shared by all windows: last value wins. The JSON is made once, when the first
 * window wants it. Keyed values are kept only while somebody looks at the key.
 */
import type { ConflatedTopic } from '#protocol';
import { WATCHED_KEYS_MAX } from './limits.ts';

export interface BoardEntry {
  /** Counts changes; 0 before the first value. */
  readonly version: number;
  readonly atUs: number;
  /** The value as JSON, or undefined when there is none yet or it is not plain data. */
  json(): string | undefined;
}

class Entry implements BoardEntry {
  version = 0;
  atUs = 0;
  lookers = 0;
  #value: unknown = undefined;
  #json: string | undefined;
  #isTextCurrent = true;

  set(value: unknown, atUs: number): void {
    this.#value = value;
    this.#isTextCurrent = false;
    this.atUs = atUs;
    this.version++;
  }

  json(): string | undefined {
    if (!this.#isTextCurrent) {
      this.#json = plainJson(this.#value);
      this.#isTextCurrent = true;
    }
    return this.#json;
  }
}

export class ValueBoard {
  readonly #entries = new Map<string, Entry>();
  readonly #onFirst: (topic: ConflatedTopic, key: string | undefined) => void;
  readonly #onLast: (topic: ConflatedTopic, key: string | undefined) => void;

  /** `onFirst` and `onLast` are told when the first looker of a topic and key comes and when the last one goes. */
  constructor(
    onFirst: (topic: ConflatedTopic, key: string | undefined) => void,
    onLast: (topic: ConflatedTopic, key: string | undefined) => void,
  ) {
    this.#onFirst = onFirst;
    this.#onLast = onLast;
  }

  get size(): number {
    return this.#entries.size;
  }

  set(topic: ConflatedTopic, key: string | undefined, value: unknown, atUs: number): void {
    const id = entryId(topic, key);
    let entry = this.#entries.get(id);
    if (entry === undefined) {
      // A value of a key nobody looks at any more was under way when the last looker left.
      if (key !== undefined) return;
      entry = new Entry();
      this.#entries.set(id, entry);
    }
    entry.set(value, atUs);
  }

  /** Undefined when too many keys are looked at already. Every `look` needs its `leave`. */
  look(topic: ConflatedTopic, key: string | undefined): BoardEntry | undefined {
    const id = entryId(topic, key);
    let entry = this.#entries.get(id);
    if (entry === undefined) {
      if (this.#entries.size >= WATCHED_KEYS_MAX) return undefined;
      entry = new Entry();
      this.#entries.set(id, entry);
    }
    entry.lookers++;
    if (entry.lookers === 1) this.#onFirst(topic, key);
    return entry;
  }

  leave(topic: ConflatedTopic, key: string | undefined): void {
    const id = entryId(topic, key);
    const entry = this.#entries.get(id);
    if (entry === undefined || entry.lookers === 0) return;
    entry.lookers--;
    if (entry.lookers > 0) return;
    if (key !== undefined) this.#entries.delete(id);
    this.#onLast(topic, key);
  }
}

/** JSON of plain data; undefined for what JSON cannot say. */
export function plainJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

function entryId(topic: ConflatedTopic, key: string | undefined): string {
  return key === undefined ? topic : `${topic}\n${key}`;
}
