/**
 * Momentum bursts: for seconds to minutes one symbol trades many times its usual share and drifts one way, with volume in
 * front of most of the move. A few run far enough to hit their price bands; pre-market movers are the same thing, longer.
 */
import type { World } from './world.ts';

const FIELDS = 4; // symbol, endUs, extra share of all activity, fade (1 when a counter-move may follow)
const ROWS = 64;

export class Bursts {
  readonly rows = new Float64Array(1 + ROWS * FIELDS);
  /** Sum of the extra shares. */
  totalShare = 0;

  get count(): number {
    return this.rows[0] as number;
  }

  /** False when there are too many already or the symbol is in one. */
  start(
    world: World,
    symbol: number,
    nowUs: number,
    durationUs: number,
    move: number,
    share: number,
    fades: boolean,
  ): boolean {
    const count = this.count;
    if (count >= ROWS || this.#find(symbol) >= 0 || world.state.isHalted[symbol] === 1) return false;
    const at = 1 + count * FIELDS;
    this.rows[at] = symbol;
    this.rows[at + 1] = nowUs + durationUs;
    this.rows[at + 2] = share;
    this.rows[at + 3] = fades ? 1 : 0;
    this.rows[0] = count + 1;
    world.state.drift[symbol] = move / durationUs;
    this.#sum();
    return true;
  }

  /** Ends the bursts whose time has come. */
  expire(world: World, nowUs: number): void {
    for (let k = this.count - 1; k >= 0; k--) {
      const at = 1 + k * FIELDS;
      const symbol = this.rows[at] as number;
      const isOver = (this.rows[at + 1] as number) <= nowUs;
      if (!isOver && world.state.isHalted[symbol] === 0) continue;
      const drift = world.state.drift[symbol] as number;
      const share = this.rows[at + 2] as number;
      const fades = this.rows[at + 3] === 1;
      world.state.drift[symbol] = 0;
      this.#remove(k);
      if (isOver && fades && world.draw.below(2) === 0 && drift !== 0) {
        const durationUs = 60_000_000;
        this.start(
          world,
          symbol,
          nowUs,
          durationUs,
          -drift * durationUs * (0.2 + 0.4 * world.draw.unit()),
          share / 2,
          false,
        );
      }
    }
  }

  /** The symbol at a point of the total share, `at` in [0, totalShare). */
  pick(at: number): number {
    let rest = at;
    const count = this.count;
    for (let k = 0; k < count; k++) {
      rest -= this.rows[1 + k * FIELDS + 2] as number;
      if (rest < 0) return this.rows[1 + k * FIELDS] as number;
    }
    return this.rows[1] as number;
  }

  restore(rows: Float64Array): void {
    this.rows.set(rows);
    this.#sum();
  }

  clear(world: World): void {
    for (let k = 0; k < this.count; k++) world.state.drift[this.rows[1 + k * FIELDS] as number] = 0;
    this.rows.fill(0);
    this.totalShare = 0;
  }

  #find(symbol: number): number {
    for (let k = 0; k < this.count; k++) if (this.rows[1 + k * FIELDS] === symbol) return k;
    return -1;
  }

  #remove(k: number): void {
    const last = this.count - 1;
    this.rows.copyWithin(1 + k * FIELDS, 1 + last * FIELDS, 1 + (last + 1) * FIELDS);
    this.rows[0] = last;
    this.#sum();
  }

  #sum(): void {
    let sum = 0;
    for (let k = 0; k < this.count; k++) sum += this.rows[1 + k * FIELDS + 2] as number;
    this.totalShare = sum;
  }
}
