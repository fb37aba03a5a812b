/**
 * The kill switch (docs/specs/risk.md, RSK23 to RSK27): one gate above every path. Cancel all, flatten, verify with the
 * broker's own snapshot; it ends in 'flat, confirmed' or says what is left, and goes on trying. Undoing takes typed words.
 */
import { decodeJson, encodeJson } from '../lib/json-bytes.ts';
import type { EpochUs } from '../model/units.ts';
import type { Checkpointable, CheckpointReader, CheckpointWriter } from '../ports/checkpoint.ts';

export type KillState = 'off' | 'cancelling' | 'flattening' | 'verifying' | 'flat-confirmed' | 'incomplete';

export const RELEASE_TEXT = 'RESUME TRADING';

export interface KillStep {
  readonly atUs: EpochUs;
  readonly state: KillState;
  readonly text: string;
}

export interface KillStatus {
  readonly state: KillState;
  readonly sinceUs: EpochUs;
  readonly reason: string;
  readonly steps: readonly KillStep[];
  /** What is not flat yet, in words; empty when flat. */
  readonly left: readonly string[];
}

const STEPS_MAX = 200;

/** What the machine sees of the world each time it is asked to go on. */
export interface KillWorld {
  readonly liveBuyOrders: number;
  readonly liveOrders: number;
  readonly left: readonly string[];
}

export type KillAction = 'none' | 'query';

export class KillSwitch implements Checkpointable {
  #status: {
    state: KillState;
    sinceUs: EpochUs;
    reason: string;
    steps: KillStep[];
    left: readonly string[];
    queryId: string;
    askedUs: EpochUs;
  } = {
    state: 'off',
    sinceUs: 0,
    reason: '',
    steps: [],
    left: [],
    queryId: '',
    askedUs: 0,
  };
  readonly #verifyTimeoutUs: number;

  constructor(verifyTimeoutUs = 5_000_000) {
    this.#verifyTimeoutUs = verifyTimeoutUs;
  }

  get isOn(): boolean {
    return this.#status.state !== 'off';
  }

  get state(): KillState {
    return this.#status.state;
  }

  status(): KillStatus {
    const { state, sinceUs, reason, left } = this.#status;
    return { state, sinceUs, reason, left: [...left], steps: [...this.#status.steps] };
  }

  /** Throws the switch; false when it is on already. */
  engage(reason: string, nowUs: EpochUs): boolean {
    if (this.isOn) return false;
    this.#status = { state: 'off', sinceUs: nowUs, reason, steps: [], left: [], queryId: '', askedUs: 0 };
    this.#enter('cancelling', 'entries stopped, cancelling all orders', nowUs);
    return true;
  }

  /** True when the words are right and trading may resume. Refused until the book has been confirmed flat, unless forced words say what is left. */
  release(text: string): boolean {
    if (!this.isOn || text !== RELEASE_TEXT) return false;
    this.#status.state = 'off';
    this.#status.left = [];
    return true;
  }

  /** Moves on as far as the world allows. 'query' asks the caller for a snapshot, whose id is then given to `asked`. */
  advance(world: KillWorld, nowUs: EpochUs): KillAction {
    const status = this.#status;
    if (status.state === 'off' || status.state === 'flat-confirmed') return 'none';
    if (status.state === 'cancelling' && world.liveBuyOrders === 0)
      this.#enter('flattening', 'no buy order is live, selling what is held', nowUs);
    if (status.state === 'flattening' || (status.state === 'incomplete' && nowUs >= this.nextUs)) {
      if (world.left.length === 0 && world.liveOrders === 0)
        this.#enter('verifying', 'our books are flat, asking the broker', nowUs);
      else status.left = world.left;
    }
    if (status.state !== 'verifying') return 'none';
    if (world.left.length > 0 || world.liveOrders > 0) {
      status.queryId = '';
      this.#enter('flattening', 'something came back, selling it', nowUs);
      status.left = world.left;
      return 'none';
    }
    return status.queryId === '' || nowUs - status.askedUs >= this.#verifyTimeoutUs ? 'query' : 'none';
  }

  asked(queryId: string, nowUs: EpochUs): void {
    this.#status.queryId = queryId;
    this.#status.askedUs = nowUs;
  }

  /** When advance() should be called again although nothing happened; Infinity when it need not. */
  get nextUs(): EpochUs {
    const { state } = this.#status;
    return state === 'verifying' || state === 'incomplete' ? this.#status.askedUs + this.#verifyTimeoutUs : Infinity;
  }

  /** The broker's answer to the verifying query: what it still lists, in words. */
  answered(queryId: string, left: readonly string[], nowUs: EpochUs): void {
    const status = this.#status;
    if (status.state !== 'verifying' || queryId !== status.queryId) return;
    status.queryId = '';
    status.left = left;
    if (left.length === 0) this.#enter('flat-confirmed', 'flat, confirmed', nowUs);
    else this.#enter('incomplete', `left at the broker: ${left.join('; ')}`, nowUs);
  }

  #enter(state: KillState, text: string, nowUs: EpochUs): void {
    this.#status.state = state;
    if (this.#status.steps.length < STEPS_MAX) this.#status.steps.push({ atUs: nowUs, state, text });
  }

  save(writer: CheckpointWriter): void {
    writer.section('risk/kill', encodeJson(this.#status));
  }

  restore(reader: CheckpointReader): void {
    const bytes = reader.section('risk/kill');
    if (bytes !== undefined) this.#status = decodeJson(bytes);
  }
}
