/**
 * Locks and cooldowns (docs/specs/risk.md, RSK10 to RSK13). A lock holds until the next session and has no key: there is no
 * call that lifts one. A cooldown ends by time.
 */
import { decodeJson, encodeJson } from '../lib/json-bytes.ts';
import type { EpochUs } from '../model/units.ts';
import type { Checkpointable, CheckpointReader, CheckpointWriter } from '../ports/checkpoint.ts';

export interface Lock {
  /** 'all', 'disk' (stops everything too), 'strategy:NAME' or 'symbol:TICKER'. */
  readonly scope: string;
  readonly code: string;
  readonly text: string;
  readonly sinceUs: EpochUs;
  /** Session date it was set on: it ends when the session date is a later one. */
  readonly date: string;
}

export class Locks implements Checkpointable {
  readonly #locks = new Map<string, Lock>();
  readonly #cooldowns = new Map<string, EpochUs>();

  /** Sets a lock; false when the scope is locked already. */
  lock(lock: Lock): boolean {
    if (this.#locks.has(lock.scope)) return false;
    this.#locks.set(lock.scope, lock);
    return true;
  }

  /** The lock that stands in the way of an entry, if any. */
  blocking(strategy: string, ticker: string): Lock | undefined {
    const whole = this.#locks.get('all') ?? this.#locks.get('disk');
    return whole ?? this.#locks.get(`strategy:${strategy}`) ?? this.#locks.get(`symbol:${ticker}`);
  }

  /** Ends a lock before its day is over; false when there is none. */
  unlock(scope: string): boolean {
    return this.#locks.delete(scope);
  }

  all(): readonly Lock[] {
    return [...this.#locks.values()];
  }

  /** Locks of an earlier session fall away. */
  rollDay(date: string): readonly Lock[] {
    const ended: Lock[] = [];
    for (const [scope, lock] of this.#locks) {
      if (lock.date < date) {
        this.#locks.delete(scope);
        ended.push(lock);
      }
    }
    return ended;
  }

  coolDown(strategy: string, ticker: string, untilUs: EpochUs): void {
    const key = `${strategy}/${ticker}`;
    if ((this.#cooldowns.get(key) ?? 0) < untilUs) this.#cooldowns.set(key, untilUs);
  }

  cooldownUntil(strategy: string, ticker: string, nowUs: EpochUs): EpochUs {
    const key = `${strategy}/${ticker}`;
    const until = this.#cooldowns.get(key);
    if (until === undefined) return 0;
    if (until > nowUs) return until;
    this.#cooldowns.delete(key);
    return 0;
  }

  save(writer: CheckpointWriter): void {
    writer.section('risk/locks', encodeJson({ locks: [...this.#locks.values()], cooldowns: [...this.#cooldowns] }));
  }

  restore(reader: CheckpointReader): void {
    this.#locks.clear();
    this.#cooldowns.clear();
    const bytes = reader.section('risk/locks');
    if (bytes === undefined) return;
    const kept = decodeJson<{ locks: Lock[]; cooldowns: [string, number][] }>(bytes);
    for (const lock of kept.locks) this.#locks.set(lock.scope, lock);
    for (const [key, until] of kept.cooldowns) this.#cooldowns.set(key, until);
  }
}
