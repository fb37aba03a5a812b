/** The day report: figures of its trades, and what the journal says beside them; shadow trades are no part of the day. */
import { describe, expect, it } from 'vitest';
import type { JournalRecord } from '../../ports/journal.ts';
import { dayReport } from './day-report.ts';
import { readDayTrading } from './day-trading.ts';
import { reportLines, reportSentence } from './report-text.ts';

const NINE_THIRTY = 1_381_152_600_000_000;
let seq = 0;
const record = (
  kind: JournalRecord['kind'],
  id: string,
  cause: string,
  symbol: string,
  body: unknown,
): JournalRecord => ({
  seq: ++seq,
  inputNo: seq,
  atUs: NINE_THIRTY + seq * 1_000_000,
  kind,
  id,
  cause,
  symbol,
  body,
});

const items = (commission: number, spread: number): object => ({
  ...{ spread, slippage: 0, commission, exchange: 0, sec: 0, taf: 0, cat: 0, dataShare: 9, tax: 9 },
});

function traded(run: string, number: number, symbol: string, net: number, charges = 2_000_000): JournalRecord[] {
  const [signal, trade] = [`${run}-s${number}`, `${run}-T${number}`];
  const body = {
    id: trade,
    strategy: 'trend',
    ticker: symbol,
    openedUs: NINE_THIRTY + number * 1_000_000,
    closedUs: NINE_THIRTY + number * 1_000_000 + 30_000_000,
    heldUs: 30_000_000,
    net,
    gross: net + charges,
    charges,
    result: net > 0 ? 'win' : net < 0 ? 'loss' : 'flat',
    exitReason: net > 0 ? 'take-profit' : 'stop-loss',
    predicted: { entry: items(1_000_000, 500_000), exit: items(1_000_000, 500_000) },
    realised: items(charges, 600_000),
  };
  return [
    record('signal', signal, trade, symbol, { signal: { strategy: 'trend' } }),
    record('decision', signal, 'trend', symbol, { code: 'fired', gate: '', strategy: 'trend', tradeId: trade }),
    record('intent', `${run}-o${number}`, trade, symbol, {}),
    record('fill', `F${run}${number}`, `${run}-o${number}`, symbol, {}),
    // Told before its commission was reported, and again after.
    record('trade', trade, signal, symbol, { ...body, charges: 0, net: net + charges }),
    record('trade', trade, signal, symbol, body),
  ];
}

const facts = { day: '2013-10-07', feed: 'test', broker: 'paper', seed: 7 };

describe('REP1 the day report', () => {
  const report = dayReport(
    facts,
    readDayTrading([
      record('config', 'RUN', '', '', {}),
      ...traded('RUN', 1, 'AAA', 10_000_000),
      ...traded('RUNS', 1, 'AAA', -99_000_000),
      ...traded('RUN', 2, 'BBB', -4_000_000),
      record('decision', 'RUN-s3', 'trend', 'CCC', { code: 'risk', gate: 'notional', strategy: 'trend' }),
      record('decision', 'RUN-s4', 'trend', 'CCC', { code: 'fired', gate: '', strategy: 'trend', tradeId: 'RUN-T4' }),
      record('trade', 'RUN-T4', 'RUN-s4', 'CCC', { notEntered: 'halt' }),
      record('decision', 'RUN-s5', 'trend', 'DDD', { code: 'fired', gate: '', strategy: 'trend', tradeId: 'RUN-T5' }),
      record('gap', 'gap-1', '', '', { reason: 'connect', startUs: 0, endUs: 1 }),
      record('gap', 'gap-2', '', '', { reason: 'disconnect', startUs: NINE_THIRTY, endUs: null }),
      record('gap', 'gap-2', '', '', { reason: 'disconnect', startUs: NINE_THIRTY, endUs: NINE_THIRTY + 2_500_000 }),
      record('risk', 'x', '', '', { code: 'day-loss', text: 'enough' }),
      record('note', 'x', '', '', { message: 'a word' }),
    ]),
  );

  it('counts the trades once, with their last figures, and leaves the shadow out', () => {
    expect(report).toMatchObject({
      run: 'RUN',
      trades: 2,
      wins: 1,
      losses: 1,
      winRatio: 0.5,
      net: 6,
      gross: 10,
      charged: 4,
    });
    expect(report).toMatchObject({ chargesPredicted: 4, costsPredicted: 6, costsRealised: 5.2, profitFactor: 2.5 });
    expect(report).toMatchObject({ maxDrawdown: 4, averageHoldSeconds: 30, orders: 2, fills: 2, signals: 5 });
    expect(report.byStrategy['trend']).toMatchObject({ trades: 2, net: 6 });
    expect(report.exits).toEqual({ 'stop-loss': 1, 'take-profit': 1 });
  });

  it('tells what is open, what a halt ended, gaps with their length, risk and notes', () => {
    expect(report.open).toEqual(['RUN-T5']);
    expect(report).toMatchObject({ halts: 1, notEntered: { halt: 1 }, outcomes: { fired: 4, risk: 1 } });
    expect(report.gaps).toMatchObject([{ reason: 'disconnect', endUs: NINE_THIRTY + 2_500_000 }]);
    const text = reportLines(report).join('\n');
    for (const words of ['open: RUN-T5', '09:30:00.000  disconnect, 2.5 s', 'day-loss: enough', 'a word', '$6.00'])
      expect(text).toContain(words);
  });

  it('says the day in one line', () => {
    expect(reportSentence(report, 0)).toBe(
      'the day is over: 2 trades, 50 % won, net $6.00 (gross $10.00, charges $4.00, predicted $4.00); flat',
    );
    expect(reportSentence(dayReport(facts, readDayTrading([])), 1)).toBe(
      'the day is over: no trade; 1 position is still open',
    );
  });
});
