/** Every state of the link looks and reads different, and the bad ones say what they mean for open positions. */
import { describe, expect, it } from 'vitest';
import type { LinkState, LinkStatus } from '../link/engine-link.ts';
import { describeLink } from './link-words.ts';

const STATES: readonly LinkState[] = ['connecting', 'live', 'stale', 'reconnecting', 'stopped', 'version-mismatch'];
const status = (state: LinkState, attempt = 5): LinkStatus => ({
  state,
  message: 'It happened.',
  lastFrameMs: 0,
  attempt,
  retryAtMs: 0,
  engine: null,
  epoch: '',
  isRefused: false,
});

describe('link words', () => {
  it('no two states share a text', () => {
    expect(new Set(STATES.map((state) => describeLink(status(state)).explain)).size).toBe(STATES.length);
    const titles = STATES.map((state) => describeLink(status(state)).banner?.title ?? '');
    expect(new Set(titles).size).toBe(STATES.length);
  });

  it.each(['stale', 'reconnecting', 'stopped', 'version-mismatch'] as const)(
    '%s says what happened and what it means for positions',
    (state) => {
      const { banner } = describeLink(status(state));
      expect(banner?.text).toContain('It happened.');
      expect(banner?.text).toMatch(/exits/i);
      expect(banner?.tone).not.toBe('quiet');
    },
  );

  it('claims that exits do not fire only when the engine is known to be stopped', () => {
    const mistaken = /do not fire/;
    for (const state of STATES)
      expect(mistaken.test(describeLink(status(state)).banner?.text ?? ''), state).toBe(state === 'stopped');
    const refused = describeLink({ ...status('stopped'), isRefused: true }).banner?.text;
    expect(refused).toMatch(/exits still fire/);
    expect(refused).not.toMatch(mistaken);
  });

  it('a first connection that is quick says nothing', () => {
    expect(describeLink(status('connecting', 1)).banner).toBeNull();
    expect(describeLink(status('live')).banner).toBeNull();
  });
});
