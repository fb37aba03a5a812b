import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DisplayShape, Rectangle } from './displays.ts';
import {
  carryOver,
  displaySetKey,
  firstBounds,
  fitBounds,
  inReadingOrder,
  insetBounds,
  matchSet,
  WINDOW_MIN,
} from './displays.ts';

const display = (x: number, y: number, width: number, height: number, bar = 40): DisplayShape => ({
  id: x * 7 + y,
  bounds: { x, y, width, height },
  workArea: { x, y: y + bar, width, height: height - bar },
  scaleFactor: 1,
});
const THREE = [display(0, 0, 2160, 3840), display(2160, 0, 2160, 3840), display(4320, 0, 2160, 3840)];
const inside = (a: Rectangle, b: Rectangle): boolean =>
  a.x >= b.x && a.y >= b.y && a.x + a.width <= b.x + b.width && a.y + a.height <= b.y + b.height;

describe('displaySetKey', () => {
  it('names monitors and places, whatever their order', () => {
    expect(displaySetKey(THREE)).toBe(displaySetKey(THREE.toReversed()));
    expect(displaySetKey(THREE)).not.toBe(displaySetKey(THREE.slice(0, 2)));
    expect(displaySetKey([display(0, 0, 100, 100)])).not.toBe(displaySetKey([display(0, 1, 100, 100)]));
  });
});

describe('fitBounds', () => {
  it('leaves a window where it can be reached, also across two monitors', () => {
    for (const bounds of [
      { x: 4400, y: 100, width: 1440, height: 900 },
      { x: 1500, y: 100, width: 1440, height: 900 },
    ])
      expect(fitBounds(bounds, THREE)).toEqual(bounds);
  });

  it('brings a window of an unplugged monitor back', () => {
    expect(fitBounds({ x: 4400, y: 100, width: 1440, height: 900 }, THREE.slice(0, 1))).toEqual({
      x: 720,
      y: 100,
      width: 1440,
      height: 900,
    });
  });

  it('always ends within reach and never larger than a monitor', () => {
    const side = fc.integer({ min: -20_000, max: 20_000 });
    fc.assert(
      fc.property(
        side,
        side,
        fc.integer({ min: 1, max: 9000 }),
        fc.integer({ min: 1, max: 9000 }),
        fc.subarray(THREE, { minLength: 1 }),
        (x, y, width, height, displays) => {
          const fitted = fitBounds({ x, y, width, height }, displays);
          const grip = { x: fitted.x, y: fitted.y, width: fitted.width, height: 20 };
          const reachable = displays.some(
            ({ workArea: area }) =>
              Math.min(area.x + area.width, grip.x + grip.width) - Math.max(area.x, grip.x) >= 120 &&
              grip.y >= area.y &&
              grip.y + grip.height <= area.y + area.height,
          );
          expect(reachable).toBe(true);
          expect(fitted.width).toBeLessThanOrEqual(2160);
          expect(fitted.height).toBeLessThanOrEqual(3800);
          expect(fitted.width).toBeGreaterThanOrEqual(WINDOW_MIN.width);
          expect(fitBounds(fitted, displays)).toEqual(fitted);
        },
      ),
      { seed: 7, numRuns: 2000 },
    );
  });
});

describe('firstBounds', () => {
  it('keeps every new window on the monitor and no two in one place', () => {
    const area = { x: 0, y: 40, width: 2160, height: 3800 };
    const made = Array.from({ length: 8 }, (_, others) => firstBounds(area, others));
    for (const bounds of made) expect(inside(bounds, area)).toBe(true);
    expect(new Set(made.map((bounds) => `${bounds.x},${bounds.y}`)).size).toBe(8);
    expect(
      inside(firstBounds({ x: 0, y: 0, width: 800, height: 600 }, 3), { x: 0, y: 0, width: 800, height: 600 }),
    ).toBe(true);
  });
});

describe('matchSet', () => {
  const set = (name: string, displays: readonly DisplayShape[]) => ({ name, displays });
  const renumbered = THREE.map((shape) => ({ ...shape, id: shape.id + 1 }));

  it('finds the set of these monitors, whatever their order, and none for others', () => {
    const sets = [set('two', THREE.slice(0, 2)), set('three', THREE)];
    expect(matchSet(sets, THREE.toReversed())?.name).toBe('three');
    expect(matchSet(sets, THREE.slice(0, 2))?.name).toBe('two');
    expect(matchSet(sets, THREE.slice(1))).toBeUndefined();
    expect(matchSet(sets, [])).toBeUndefined();
  });

  it('prefers the very monitors to others of the same shape, and takes those otherwise', () => {
    const sets = [set('office', renumbered), set('home', THREE)];
    expect(matchSet(sets, THREE)?.name).toBe('home');
    expect(matchSet(sets, renumbered)?.name).toBe('office');
    expect(matchSet([set('office', renumbered)], THREE)?.name).toBe('office');
  });

  it('tells scales apart', () => {
    const scaled = THREE.map((shape) => ({ ...shape, scaleFactor: 1.5 }));
    expect(matchSet([set('one', THREE)], scaled)).toBeUndefined();
  });
});

describe('carryOver', () => {
  const wall = { x: 4320, y: 40, width: 2160, height: 3800 };

  it('moves a window of a vanished monitor to the nearest one, as it is', () => {
    expect(carryOver({ ...wall, width: 1000, height: 700 }, THREE, THREE.slice(0, 2))).toEqual({
      x: 3320,
      y: 40,
      width: 1000,
      height: 700,
    });
  });

  it.each([1.5, 2])('keeps its part of the monitor when the scale becomes %d', (scale) => {
    const scaled = THREE.map(({ id, bounds, workArea }) => ({
      id,
      scaleFactor: scale,
      bounds: scaledBy(bounds, 1 / scale),
      workArea: scaledBy(workArea, 1 / scale),
    }));
    for (const { workArea } of THREE) {
      const kept = carryOver(workArea, THREE, scaled);
      expect(scaled.map((shape) => shape.workArea)).toContainEqual(kept);
    }
  });

  it('follows a monitor that was moved', () => {
    const swapped = [
      THREE[0],
      { ...(THREE[2] as DisplayShape), ...display(2160, 0, 2160, 3840), id: THREE[2]?.id ?? 0 },
    ];
    expect(carryOver(wall, THREE, swapped as DisplayShape[])).toEqual({ ...wall, x: 2160 });
  });

  it('there and back is where it was, for windows that fit', () => {
    const side = fc.integer({ min: 0, max: 1000 });
    fc.assert(
      fc.property(fc.constantFrom(...THREE), side, side, ({ workArea }, x, y) => {
        const bounds = { x: workArea.x + x, y: workArea.y + y, width: 1000, height: 800 };
        expect(carryOver(bounds, THREE, THREE)).toEqual(bounds);
      }),
      { seed: 11, numRuns: 300 },
    );
  });

  it('ends within reach whatever the sets', () => {
    const sets = fc.subarray(THREE, { minLength: 1 });
    const side = fc.integer({ min: -9000, max: 9000 });
    fc.assert(
      fc.property(sets, sets, side, side, (from, to, x, y) => {
        const moved = carryOver({ x, y, width: 1200, height: 900 }, from, to);
        expect(fitBounds(moved, to)).toEqual(moved);
      }),
      { seed: 13, numRuns: 500 },
    );
    expect(carryOver({ x: 1, y: 2, width: 700, height: 500 }, [], THREE)).toMatchObject({ width: 700, height: 500 });
  });
});

it('monitors are numbered from the left, and a wall that is not maximized lies inside its own', () => {
  expect(inReadingOrder(THREE.toReversed())).toEqual(THREE);
  for (const { workArea } of THREE) expect(inside(insetBounds(workArea), workArea)).toBe(true);
});

function scaledBy({ x, y, width, height }: Rectangle, by: number): Rectangle {
  return {
    x: Math.round(x * by),
    y: Math.round(y * by),
    width: Math.round(width * by),
    height: Math.round(height * by),
  };
}
