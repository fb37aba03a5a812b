import { describe, expect, it } from 'vitest';
import { RepeatedFrames } from './repeated-frames.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function frame(first: number, events: number, key = 'q'): string {
  const list = Array.from({ length: events }, (_, i) => ({
    ev: 'T',
    sym: 'SPY',
    p: 168.5,
    [key]: first + i,
    t: 1381152600000,
  }));
  return JSON.stringify(list);
}

describe('RepeatedFrames', () => {
  it('knows a frame again among the latest, and no other', () => {
    const repeats = new RepeatedFrames();
    const seen = (text: string): boolean => {
      const padded = bytes(`..${text}..`);
      return repeats.isRepeat(padded, 2, padded.length - 2);
    };
    for (let k = 0; k < 200; k++) expect(seen(frame(1000 + k, 1 + (k % 40)))).toBe(false);
    for (let k = 0; k < 200; k++) expect(seen(frame(1000 + k, 1 + (k % 40)))).toBe(true);
    expect(repeats.count).toBe(200);
    // One digit apart at the very end.
    expect(seen(frame(1000, 40))).toBe(false);
    expect(seen(frame(1000, 40).replace('1039', '1038'))).toBe(false);
    for (let k = 0; k < 300; k++) seen(frame(5000 + k, 2));
    expect(seen(frame(1000, 40))).toBe(false);
  });

  it('lets equal frames without sequence numbers pass', () => {
    const repeats = new RepeatedFrames();
    const twice = bytes(frame(1, 3, 'n'));
    expect(repeats.isRepeat(twice, 0, twice.length)).toBe(false);
    expect(repeats.isRepeat(twice, 0, twice.length)).toBe(false);
    const tiny = bytes('[]');
    expect(repeats.isRepeat(tiny, 0, 2)).toBe(false);
    expect(repeats.isRepeat(tiny, 0, 2)).toBe(false);
  });
});
