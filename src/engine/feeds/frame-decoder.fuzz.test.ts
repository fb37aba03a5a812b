/** The small run of the decoder fuzzer. The long one: `npm run bench -- fuzz --frames 5000000`. */
import { describe, expect, it } from 'vitest';
import { createRng } from '../lib/rng.ts';
import { fuzzDecoder } from './decoder-fuzz.ts';

describe('FrameDecoder under mutation', () => {
  it('FEED9 matches the reference where JSON.parse has an opinion, and keeps what was not damaged', () => {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    const seed = 20261122;
    const report = fuzzDecoder(createRng(seed), 25_000, (bytes) => decoder.decode(bytes));
    expect(report, `seed ${seed}`).toMatchObject({ frames: 25_000 });
    expect('accepted' in report && report.accepted > 6_000 && report.garbled > 8_000 && report.events > 20_000).toBe(
      true,
    );
  }, 120_000);
});
