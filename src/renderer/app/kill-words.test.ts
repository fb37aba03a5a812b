/** The kill switch in words. */
import { describe, expect, it } from 'vitest';
import { KILL_STAGES, killStage, killWords } from './kill-words.ts';

describe('kill switch', () => {
  it('is over only when the broker has confirmed', () => {
    const tones = ['cancelling', 'flattening', 'verifying', 'incomplete', 'flat-confirmed', 'something new'].map(
      (state) => killWords(state).tone,
    );
    expect(tones).toEqual(['work', 'work', 'work', 'left', 'done', 'work']);
  });

  it('goes through its stages in order and back to flattening when something is left', () => {
    expect(KILL_STAGES.map((state) => killStage({ state }))).toEqual([0, 1, 2, 3]);
    expect(killStage({ state: 'incomplete' })).toBe(1);
  });
});
