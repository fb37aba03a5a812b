import { expect, it } from 'vitest';
import { LIMIT_RULES, limitRule, refuseLimit } from '../../risk/limit-changes.ts';
import { DEFAULT_RISK_LIMITS } from '../../risk/limits.ts';
import { commandText } from './command-text.ts';

it('says in words what was told', () => {
  const said = (id: string, cause: string, body: unknown): string => commandText({ id, cause, body });
  expect(said('auto', '', { auto: true })).toBe('auto trading switched on');
  expect(said('limit', 'dailyLossMax', { limit: 'dailyLossMax', from: 500_000_000, to: 1_250_500_000 })).toBe(
    'limit loss today: $1,250.50 instead of $500.00',
  );
  expect(said('limit', 'cooldownUs', { limit: 'cooldownUs', from: 0, to: 90_000_000, isCarried: true })).toBe(
    'limit pause after a trade: 90 s instead of 0 s, as changed on an earlier day',
  );
  expect(said('budget', 'trend-follow', { notionalMax: 5_000_000_000, positionsMax: null, entriesMax: 3 })).toBe(
    'budget of trend-follow: $5,000.00 at work, 3 entries a day',
  );
  expect(said('budget', 'x', { notionalMax: null, positionsMax: null, entriesMax: null })).toBe(
    'budget of x: none of its own',
  );
  expect(said('R-T1', 'exits', { exits: [] })).toBe('exit plan of R-T1 changed');
  expect(said('R-T1', 'exits', { exits: [], version: 'abc' })).toBe('exit plan of R-T1 moved to version abc');
  expect(said('later', 'thing', { a: 1 })).toBe('later thing {"a":1}');
});

it('names the bounds of every limit in its own unit', () => {
  expect(refuseLimit(DEFAULT_RISK_LIMITS, 'dailyLossMax', 1, false)).toBe(
    'loss today must be between $10.00 and $20,000.00',
  );
  expect(refuseLimit(DEFAULT_RISK_LIMITS, 'pause after a loss', -1, false)).toBe(
    'pause after a loss must be between 0 s and 7,200 s',
  );
  for (const { key } of LIMIT_RULES) expect(refuseLimit(DEFAULT_RISK_LIMITS, key, -1, false)).not.toMatch(/000000/);
  expect(limitRule('sharesMax')?.unit).toBe('sh');
});
