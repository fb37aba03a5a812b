/** The drawing of the day's curve. */
import { describe, expect, it } from 'vitest';
import { equityDrawing } from './equity-path.ts';

describe('equity drawing', () => {
  const points = [
    { atUs: 0, net: 0, peak: 0 },
    { atUs: 50, net: 100, peak: 100 },
    { atUs: 100, net: 50, peak: 100 },
  ];
  const drawn = equityDrawing(points, { width: 200, height: 100, stripHeight: 20 }, 200, 50);

  it('steps from result to result and goes on to now', () => {
    expect(drawn.net).toBe('M0 100H50V0H100V50H200');
    expect(drawn.zeroY).toBe(100);
  });

  it('encloses what fell, back along the result', () => {
    expect(drawn.fall).toBe('M0 100H50V0H100V0H200V50H100V0H50V100H0Z');
    expect(drawn.strip).toBe('M0 0H50V0H100V20H200V0H0Z');
  });

  it('keeps the live result and zero in sight', () => {
    const low = equityDrawing(points, { width: 200, height: 100, stripHeight: 20 }, 200, -100);
    expect([low.lowest, low.highest, low.y(-100)]).toEqual([-100, 100, 100]);
    const flat = equityDrawing([{ atUs: 5, net: 0, peak: 0 }], { width: 10, height: 10, stripHeight: 2 }, 5, 0);
    expect(flat.net).not.toContain('NaN');
  });
});
