/** Time and sales grown from overlapping snapshots holds each print once, in order, and marks holes. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PrintView } from '#protocol';
import { EMPTY_TAPE, growTape, TAPE_KEEP, type PrintTape } from './print-tape.ts';

const WIDTH = 40;
/** Many prints share a microsecond, but not everything. */
const print = (n: number): PrintView => ({
  atUs: 1_000 + Math.floor(n / 5),
  price: 10 + (n % 7) / 100,
  size: 100 + n,
  venue: n % 3,
  side: 0,
  counts: true,
});
const snapshot = (count: number): PrintView[] =>
  Array.from({ length: Math.min(WIDTH, count) }, (_, i) => print(count - 1 - i));
const sizes = (tape: PrintTape): readonly (number | string)[] =>
  tape.lines.map((line) => (line.kind === 'print' ? line.print.size : 'missing'));

it('holds every print once while snapshots overlap', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: WIDTH - 1 }), { maxLength: 30 }), (steps) => {
      let count = WIDTH;
      let tape = growTape(EMPTY_TAPE, snapshot(count));
      for (const step of steps) {
        count += step;
        tape = growTape(tape, snapshot(count));
      }
      expect(sizes(tape)).toEqual(Array.from({ length: count }, (_, i) => 100 + count - 1 - i));
      expect(new Set(tape.lines.map(({ id }) => id)).size).toBe(tape.lines.length);
    }),
  );
});

it('marks a hole where a snapshot does not reach back', () => {
  const tape = growTape(growTape(EMPTY_TAPE, snapshot(50)), snapshot(200));
  expect(sizes(tape).slice(38, 43)).toEqual(
    [262 - 1, 260, 'missing', 149, 148].map((size, i) => (i === 0 ? 261 : size)),
  );
  expect(sizes(growTape(tape, snapshot(201)))[0]).toBe(300);
});

it('gives back the same tape when nothing is new, and stays bounded', () => {
  let tape = growTape(EMPTY_TAPE, snapshot(50));
  expect(growTape(tape, snapshot(50))).toBe(tape);
  expect(growTape(tape, [])).toBe(tape);
  for (let count = 50; count < 3_000; count += 30) tape = growTape(tape, snapshot(count));
  expect(tape.lines).toHaveLength(TAPE_KEEP);
});
