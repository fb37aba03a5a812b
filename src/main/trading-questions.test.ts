import { expect, it } from 'vitest';
import type { TradingNews } from '#host-kit';
import { atStake, lastCloseQuestion, quitQuestion, tradingQuestion } from './trading-questions.ts';

const CALM: TradingNews = { isAuto: false, openPositions: 0, killState: 'off', isLive: false, account: 'PAPER' };

it('nothing is asked while nothing is at stake', () => {
  for (const news of [undefined, CALM, { ...CALM, killState: 'flat-confirmed' }]) {
    expect(atStake(news)).toBeUndefined();
    expect(quitQuestion(news)).toBeUndefined();
    expect(lastCloseQuestion(news)).toBeUndefined();
  }
});

it('quitting says what it stops', () => {
  const question = quitQuestion({ ...CALM, openPositions: 25, isAuto: true });
  expect(question?.message).toBe('Quit with 25 positions open and auto trading on?');
  expect(question?.detail).toMatch(/^Stops, targets and all other exits of 25 open positions do not fire until/u);
  expect(quitQuestion({ ...CALM, openPositions: 1 })?.message).toBe('Quit with 1 position open?');
  expect(quitQuestion({ ...CALM, killState: 'flattening' })?.message).toContain('kill switch');
});

it('the last window offers to go on, and the last answer always changes nothing', () => {
  const question = lastCloseQuestion({ ...CALM, isAuto: true });
  expect(question?.buttons).toEqual(['Keep the engine running', 'Stop the engine and quit', 'Cancel']);
  for (const ask of ['auto-on', 'flatten-all', 'kill'] as const)
    expect(tradingQuestion(ask, CALM)?.buttons.at(-1)).toBe('Cancel');
});

it('switching auto off is never asked about, and live money is named', () => {
  expect(tradingQuestion('auto-off', { ...CALM, isAuto: true })).toBeUndefined();
  const live = { ...CALM, isLive: true, account: 'U123', openPositions: 2 };
  for (const ask of ['auto-on', 'flatten-all', 'kill'] as const)
    expect(tradingQuestion(ask, live)?.detail).toContain('LIVE account U123');
  expect(tradingQuestion('kill', live)?.detail).toContain('2 open positions are sold');
});
