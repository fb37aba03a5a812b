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

  it('a first connection that is quick says nothing', () => {
    expect(describeLink(status('connecting', 1)).banner).toBeNull();
    expect(describeLink(status('live')).banner).toBeNull();
  });
});
