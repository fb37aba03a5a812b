/** What a trading pair hands to its paper exchange: prints with their own price, size and time. */
import { describe, expect, it } from 'vitest';
import { createColumns } from '../lib/columns.ts';
import { VIEW_COLUMNS } from '../market/view-columns.ts';
import { SymbolTable } from '../model/symbols.ts';
import type { BrokerEvent } from '../ports/broker.ts';
import { DEFAULT_PAPER_SETTINGS } from '../sim/paper/paper-types.ts';
import { SessionCalendar } from '../time/calendar.ts';
import { daysFromCivil } from '../time/civil.ts';
import { newYorkToUs } from '../time/new-york.ts';
import { SessionClock } from '../time/session-clock.ts';
import { US_EQUITY_CALENDAR } from '../time/us-calendar.ts';
import { DeskSessions } from './desk-sessions.ts';
import { DEFAULT_DESK_CONFIG } from './trading/desk-config.ts';
import { JournalWriter } from './trading/journal-writer.ts';
import { TradingPair } from './trading-pair.ts';

function rig() {
  const symbols = new SymbolTable(8);
  const view = createColumns(VIEW_COLUMNS, 8);
  const pair = new TradingPair({
    view,
    symbols,
    sessions: new DeskSessions(new SessionClock(new SessionCalendar(US_EQUITY_CALENDAR))),
    run: 'T',
    journal: new JournalWriter({ append: () => undefined }),
    config: DEFAULT_DESK_CONFIG,
    paper: DEFAULT_PAPER_SETTINGS,
    seed: 1,
    send: () => undefined,
  });
  const executions: BrokerEvent[] = [];
  const onBroker = pair.desk.onBroker.bind(pair.desk);
  pair.desk.onBroker = (event, nowUs) => {
    if (event.kind === 'execution') executions.push(event);
    onBroker(event, nowUs);
  };
  const symbol = symbols.intern('AAA');
  let nowUs = newYorkToUs(daysFromCivil(2026, 6, 10), 600);
  const wait = (us: number): void => pair.advance((nowUs += us));
  view.last[symbol] = 10;
  view.bid[symbol] = 10;
  view.ask[symbol] = 10.02;
  view.bidSize[symbol] = 100;
  view.askSize[symbol] = 100;
  wait(0);
  wait(1_000_000);
  const rest = (side: 'buy' | 'sell', quantity: number, limit: number): void => {
    const order = {
      clientOrderId: `T-o${side}`,
      symbol,
      side,
      type: 'limit',
      quantity,
      limit: Math.round(limit * 1e6),
      timeInForce: 'day',
      outsideRegularHours: false,
    } as const;
    pair.paper?.command({ kind: 'place', order }, nowUs);
    wait(200_000);
  };
  const print = (price: number, size: number): void => {
    pair.onTrade(symbol, price, size, nowUs);
    wait(200_000);
  };
  return { pair, rest, print, executions, now: () => nowUs };
}

describe('PAP6 a resting order of a trading pair', () => {
  it('fills on prints through its price, by their size and at their time, and on no other', () => {
    const { pair, rest, print, executions, now } = rig();
    rest('buy', 300, 9.95);
    print(9.97, 500);
    print(10, 500);
    expect(pair.paper?.position('AAA')).toBe(0);
    const printedUs = now();
    print(9.9, 120);
    expect(pair.paper?.position('AAA')).toBe(120);
    expect(executions).toMatchObject([
      { execution: { side: 'buy', quantity: 120, price: 9_950_000, atUs: printedUs, liquidity: 'added' } },
    ]);
    rest('sell', 100, 10.1);
    print(10.05, 500);
    expect(pair.paper?.position('AAA')).toBe(120);
    print(10.12, 40);
    expect(pair.paper?.position('AAA')).toBe(80);
  });
});
