/**
 * The generator's own random draws: sfc32 over four words that live in a typed array, so that the whole state of a market
 * is a few buffers and can be saved by copying them.
 */
export class Draw {
  readonly #words: Int32Array;

  /** `words` is four words of state; all zero means "not seeded yet". */
  constructor(words: Int32Array) {
    this.#words = words;
  }

  seed(seed: number): void {
    const words = this.#words;
    words[0] = mix(seed, 0x243f6a88);
    words[1] = mix(seed, 0x85a308d3);
    words[2] = mix(seed, 0x13198a2e);
    words[3] = 1;
    for (let i = 0; i < 16; i++) this.bits();
  }

  /** 32 random bits as a signed integer. */
  bits(): number {
    const words = this.#words;
    const b = words[1] as number;
    const c = words[2] as number;
    const d = words[3] as number;
    const t = ((((words[0] as number) + b) | 0) + d) | 0;
    words[3] = (d + 1) | 0;
    words[0] = b ^ (b >>> 9);
    words[1] = (c + (c << 3)) | 0;
    words[2] = (((c << 21) | (c >>> 11)) + t) | 0;
    return t;
  }

  /** A float in [0, 1). */
  unit(): number {
    return (this.bits() >>> 0) / 4294967296;
  }

  /** An integer in [0, bound), bound up to 65,536. */
  below(bound: number): number {
    return ((this.bits() >>> 16) * bound) >>> 16;
  }

  /** About standard normal, from the four bytes of one draw: bounded at 3.5, which a tick-by-tick walk never notices. */
  normal(): number {
    const r = this.bits();
    return ((r & 255) + ((r >>> 8) & 255) + ((r >>> 16) & 255) + (r >>> 24) - 510) * 0.006765;
  }

  /** Exponential with mean 1. */
  exponential(): number {
    return -Math.log(((this.bits() >>> 0) + 1) / 4294967297);
  }
}

/** A well-mixed 32-bit hash of two integers. */
export function mix(a: number, b: number): number {
  let h = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b ^ 0xc2b2ae35, 0x27d4eb2f);
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return h ^ (h >>> 16);
}

/** [0, 1) as a pure function of three integers. */
export function hashUnit(a: number, b: number, c: number): number {
  return (mix(mix(a, b), c) >>> 0) / 4294967296;
}

/** Standard normal as a pure function of three integers. */
export function hashNormal(a: number, b: number, c: number): number {
  const h = mix(mix(a, b), c);
  const u = ((h >>> 0) + 1) / 4294967297;
  const v = (mix(h, 0x51ed270b) >>> 0) / 4294967296;
  return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
}
