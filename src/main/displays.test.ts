import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DisplayShape, Rectangle } from './displays.ts';
import { displaySetKey, firstBounds, fitBounds, WINDOW_MIN } from './displays.ts';

const display = (x: number, y: number, width: number, height: number, bar = 40): DisplayShape => ({
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
