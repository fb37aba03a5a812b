/** Draws an index by weight in constant time (Walker's alias method). */
export class AliasTable {
  readonly #threshold: Float64Array;
  readonly #alias: Int32Array;
  readonly #count: number;

  constructor(weights: Float64Array) {
    const count = weights.length;
    this.#count = count;
    this.#threshold = new Float64Array(count).fill(1);
    this.#alias = Int32Array.from({ length: count }, (_, i) => i);
    let sum = 0;
    for (let i = 0; i < count; i++) sum += weights[i] as number;
    const scaled = weights.map((weight) => (weight * count) / sum);
    const small: number[] = [];
    const large: number[] = [];
    for (let i = 0; i < count; i++) ((scaled[i] as number) < 1 ? small : large).push(i);
    while (small.length > 0 && large.length > 0) {
      const low = small.pop() as number;
      const high = large[large.length - 1] as number;
      this.#threshold[low] = scaled[low] as number;
      this.#alias[low] = high;
      scaled[high] = (scaled[high] as number) - (1 - (scaled[low] as number));
      if ((scaled[high] as number) < 1) small.push(large.pop() as number);
    }
  }

  /** `unit` in [0, 1): its whole part after scaling chooses the column, its fraction the side. */
  pick(unit: number): number {
    const scaled = unit * this.#count;
    const column = Math.floor(scaled);
    return scaled - column < (this.#threshold[column] as number) ? column : (this.#alias[column] as number);
  }
}
