/** Seeded randomness, handed in wherever the engine needs chance. Same seed, same numbers, on every machine. */
export interface Rng {
  /** A float in [0, 1) with 32 random bits. */
  next(): number;
  /** An integer in [0, bound). */
  below(bound: number): number;
  /** A standard normal deviate. */
  normal(): number;
  /** An independent stream, named, so that adding a consumer does not shift the others. */
  fork(name: string): Rng;
  /** The four words of state, for checkpoints. */
  save(): readonly [number, number, number, number];
}

/** sfc32 (PractRand family): 128 bits of state, passes the usual batteries, a few nanoseconds a draw. */
export function createRng(seed: number | string | readonly [number, number, number, number]): Rng {
  let a: number, b: number, c: number, d: number;
  if (typeof seed === 'object') [a, b, c, d] = seed;
  else {
    const h = hashText(String(seed));
    [a, b, c, d] = [h, Math.imul(h, 0x9e3779b1) | 0, Math.imul(h ^ 0x85ebca6b, 0xc2b2ae35) | 0, 1];
  }
  const draw = (): number => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  };
  if (typeof seed !== 'object') for (let i = 0; i < 12; i++) draw();
  const rng: Rng = {
    next: () => draw() / 4294967296,
    below: (bound) => Math.floor((draw() / 4294967296) * bound),
    normal: () => {
      const u = (draw() + 1) / 4294967297;
      const v = draw() / 4294967296;
      return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
    },
    fork: (name) => createRng(`${a},${b},${c},${d}/${name}`),
    save: () => [a, b, c, d],
  };
  return rng;
}

/** 32-bit FNV-1a over UTF-16 code units. For seeds and table slots, not for integrity. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash | 0;
}
