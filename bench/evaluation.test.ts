import { describe, expect, it } from 'vitest';
import { measureEvaluation } from './evaluation.ts';

describe('evaluation bench', () => {
  it('judges the same with the ledger on and off, far more at every trade, and gives figures', () => {
    const result = measureEvaluation({ events: 24_000, chunk: 4_000, bars: 10, seed: 2, symbols: 40 });
    expect(result.events).toBeGreaterThanOrEqual(24_000);
    expect(result.evaluations.none).toBe(0);
    expect(result.evaluations.bars).toBeGreaterThan(400);
    expect(result.evaluations['bars-no-ledger']).toBe(result.evaluations.bars);
    expect(result.evaluations.ticks).toBeGreaterThan(5 * result.evaluations.bars);
    for (const figure of [result.nsPerEvent.none, result.nsPerEvent.bars, result.decodeNsPerEvent])
      expect(figure).toBeGreaterThan(0);
    expect(Number.isFinite(result.ledgerPercentOfIngest)).toBe(true);
  });
});
