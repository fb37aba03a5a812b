/** One question at a time, and of those that wait the newest. */
import { describe, expect, it } from 'vitest';
import { dayOf } from './scrub-day.ts';
import { createScrubAsker } from './scrub-asker.ts';

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe('asking for past markets', () => {
  it('skips what was dragged over while the engine was busy, and never shows an older answer last', async () => {
    const asked: (number | null)[] = [];
    const told: (number | null)[] = [];
    const answers: (() => void)[] = [];
    const asker = createScrubAsker(
      ({ atUs }) => {
        asked.push(atUs);
        return new Promise((resolve) => answers.push(() => resolve({ atUs, fromUs: 0, toUs: 9 })));
      },
      ({ atUs }) => told.push(atUs),
      () => told.push(-1),
    );
    for (const us of [1, 2, 3, 4]) asker.ask(us);
    expect(asked).toEqual([1]);
    answers[0]?.();
    await turn();
    expect(asked).toEqual([1, 4]);
    expect(told).toEqual([]);
    asker.ask(null);
    answers[1]?.();
    await turn();
    answers[2]?.();
    await turn();
    expect(asked).toEqual([1, 4, null]);
    expect(told).toEqual([null]);
    expect(asker.isBusy).toBe(false);
  });

  it('goes on after a refusal and says why', async () => {
    const failures: string[] = [];
    let count = 0;
    const asker = createScrubAsker(
      () => (count++ === 0 ? Promise.reject(new Error('busy now')) : Promise.resolve({ atUs: 5, fromUs: 0, toUs: 9 })),
      () => failures.push('told'),
      (message) => failures.push(message),
    );
    asker.ask(1);
    await turn();
    asker.ask(5);
    await turn();
    expect(failures).toEqual(['busy now', 'told']);
  });
});

describe('the day of a slider', () => {
  it('runs from 04:00 to 20:00 New York time, in winter and in summer', () => {
    const winter = Date.UTC(2026, 10, 20, 15, 0) * 1000;
    expect(new Date(dayOf(winter).fromUs / 1000).toISOString()).toBe('2026-11-20T09:00:00.000Z');
    expect(new Date(dayOf(winter).toUs / 1000).toISOString()).toBe('2026-11-21T01:00:00.000Z');
    const summer = Date.UTC(2026, 6, 1, 15, 0) * 1000;
    expect(new Date(dayOf(summer).fromUs / 1000).toISOString()).toBe('2026-07-01T08:00:00.000Z');
  });
});
