/** Counts a second, smoothed over a few seconds of wall time, for figures people look at. */
export class RateMeter {
  #count = 0;
  #lastMs: number;
  #rate = 0;
  total = 0;

  constructor(nowMs: number) {
    this.#lastMs = nowMs;
  }

  add(count: number): void {
    this.#count += count;
    this.total += count;
  }

  /** The rate as of now; call it a few times a second. */
  read(nowMs: number): number {
    const elapsed = nowMs - this.#lastMs;
    if (elapsed >= 200) {
      const now = (this.#count * 1000) / elapsed;
      const weight = Math.min(1, elapsed / 1000);
      this.#rate = this.#rate === 0 ? now : this.#rate + (now - this.#rate) * weight;
      this.#count = 0;
      this.#lastMs = nowMs;
    }
    return this.#rate;
  }
}
