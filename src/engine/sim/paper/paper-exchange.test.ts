/** PAP: fills against the NBBO, queue, impact, halts, sessions, refusals, faults and restarts of the paper exchange. */
import { describe, expect, it } from 'vitest';
import { DeskSessions } from '../../kernel/desk-sessions.ts';
import { createColumns } from '../../lib/columns.ts';
import { createRng } from '../../lib/rng.ts';
import { HaltState, VIEW_COLUMNS } from '../../market/view-columns.ts';
import { SymbolTable } from '../../model/symbols.ts';
import type { BrokerEvent, OrderRequest } from '../../ports/broker.ts';
import { SessionCalendar } from '../../time/calendar.ts';
import { daysFromCivil } from '../../time/civil.ts';
import { newYorkToUs } from '../../time/new-york.ts';
import { SessionClock } from '../../time/session-clock.ts';
import { US_EQUITY_CALENDAR } from '../../time/us-calendar.ts';
import { parseFaults } from './faults.ts';
import { PaperExchange } from './paper-exchange.ts';
import type { PaperSettings } from './paper-types.ts';

function setup(minute = 600, settings: Partial<PaperSettings> = {}) {
  const symbols = new SymbolTable(8);
  const view = createColumns(VIEW_COLUMNS, 8);
  const sessions = new DeskSessions(new SessionClock(new SessionCalendar(US_EQUITY_CALENDAR)));
  const symbol = symbols.intern('AAA');
  let nowUs = newYorkToUs(daysFromCivil(2026, 6, 10), minute);
  const make = () =>
    new PaperExchange({
      view,
      symbols,
      sessions,
      rng: createRng(1),
      settings: { commandUs: [1000, 1000], reportUs: [1000, 1000], commissionUs: [1000, 1000], ...settings },
    });
  const paper = make();
  const events: BrokerEvent[] = [];
  const wait = (us: number): void => {
    nowUs += us;
    paper.advance(nowUs);
    events.push(...paper.takeEvents());
  };
  const quote = (bid: number, ask: number, bidSize = 1000, askSize = 1000): void => {
    Object.assign(view.bid, { [symbol]: bid });
    view.ask[symbol] = ask;
    view.bidSize[symbol] = bidSize;
    view.askSize[symbol] = askSize;
    view.quoteCount[symbol] = (view.quoteCount[symbol] as number) + 1;
    paper.onQuote(symbol, nowUs);
  };
  let counter = 0;
  const place = (changes: Partial<OrderRequest> = {}): string => {
    const clientOrderId = changes.clientOrderId ?? `T-O${++counter}`;
    paper.command(
      {
        kind: 'place',
        order: {
          clientOrderId,
          symbol,
          side: 'buy',
          type: 'limit',
          quantity: 100,
          limit: 10_020_000,
          timeInForce: 'day',
          outsideRegularHours: false,
          ...changes,
        },
      },
      nowUs,
    );
    wait(5000);
    return clientOrderId;
  };
  const fills = () =>
    events.flatMap((event) =>
      event.kind === 'execution'
        ? [[event.execution.quantity, event.execution.price / 1e6, event.execution.liquidity]]
        : [],
    );
  const codes = () =>
    events.flatMap((event) =>
      event.kind === 'rejected' || event.kind === 'replace-rejected' || event.kind === 'cancel-rejected'
        ? [event.code]
        : [],
    );
  const trade = (price: number, size: number): void => {
    view.last[symbol] = price;
    paper.onTrade(symbol, price, size, nowUs);
    wait(5000);
  };
  paper.connect(nowUs);
  quote(10, 10.02);
  wait(2000);
  return { paper, view, symbol, events, wait, quote, place, fills, codes, trade, make, now: () => nowUs };
}

describe('PAP fills', () => {
  it('PAP4 takes the displayed size at the touch, then pays for depth', () => {
    const rig = setup();
    rig.quote(10, 10.02, 1000, 300);
    rig.place({ quantity: 500, limit: 10_050_000 });
    expect(rig.fills()).toEqual([
      [300, 10.02, 'removed'],
      [180, 10.03, 'removed'],
      [20, 10.04, 'removed'],
    ]);
  });
  it('PAP5 does not sell the same displayed shares twice', () => {
    const rig = setup();
    rig.quote(10, 10.02, 1000, 300);
    rig.place({ quantity: 200 });
    rig.place({ quantity: 200 });
    expect(rig.fills().map(([shares]) => shares)).toEqual([200, 100]);
    rig.quote(10, 10.02, 1000, 300);
    rig.wait(5000);
    expect(rig.fills().map(([shares]) => shares)).toEqual([200, 100, 100]);
  });
  it('PAP6 a resting limit waits for the queue before it', () => {
    const rig = setup();
    rig.place({ limit: 10_000_000 });
    rig.trade(10, 900);
    expect(rig.fills()).toEqual([]);
    rig.trade(10, 150);
    expect(rig.fills()).toEqual([[50, 10, 'added']]);
    rig.trade(9.99, 500);
    expect(rig.fills()).toEqual([
      [50, 10, 'added'],
      [50, 10, 'added'],
    ]);
  });
  it('PAP7 fills nothing while halted, and on the first quote after', () => {
    const rig = setup();
    rig.view.halt[rig.symbol] = HaltState.halted;
    rig.place();
    rig.quote(10, 10.02);
    rig.trade(9.5, 1000);
    expect(rig.fills()).toEqual([]);
    rig.view.halt[rig.symbol] = HaltState.trading;
    rig.quote(9.9, 9.95);
    rig.wait(5000);
    expect(rig.fills()).toEqual([[100, 9.95, 'removed']]);
  });
  it('PAP8 outside regular hours trades only what may trade there, and day orders die at the bell', () => {
    const rig = setup(959);
    const inside = rig.place({ limit: 9_000_000 });
    const outside = rig.place({ limit: 9_000_000, outsideRegularHours: true });
    rig.wait(61_000_000);
    rig.wait(5000);
    expect(rig.events.filter((event) => event.kind === 'expired')).toEqual([
      { kind: 'expired', clientOrderId: inside, filled: 0 },
    ]);
    rig.quote(8.9, 8.95);
    rig.wait(5000);
    expect(rig.fills()).toEqual([[100, 9, 'added']]);
    expect(rig.events.some((event) => event.kind === 'execution' && event.execution.clientOrderId === outside)).toBe(
      true,
    );
  });
});

describe('PAP14 chance on the way', () => {
  const times = (others: number): readonly [string, number][] => {
    const { paper, events, place, now, wait } = setup(600, {
      commandUs: [15_000, 60_000],
      reportUs: [15_000, 60_000],
      commissionUs: [50_000, 400_000],
    });
    for (let i = 0; i < others; i++) {
      paper.command({ kind: 'query' }, now());
      wait(1_000_000);
    }
    const beganUs = now();
    const heard: [string, number][] = [];
    events.length = 0;
    place();
    for (let i = 0; i < 1000; i++) {
      wait(1000);
      for (const event of events.splice(0)) heard.push([event.kind, now() - beganUs]);
    }
    return heard;
  };

  it('depends on the order and the message, not on what was said before', () => {
    const alone = times(0);
    expect(alone.map(([kind]) => kind)).toEqual(['acknowledged', 'working', 'execution', 'commission']);
    expect(times(3)).toEqual(alone);
  });
});

describe('PAP refusals', () => {
  it('PAP2 has a stable code for each', () => {
    const rig = setup();
    rig.place({ limit: 10_015_000 });
    rig.place({ symbol: 5 });
    rig.place({ quantity: 1_000_000 });
    rig.place({ side: 'sell' });
    rig.place({ quantity: 0 });
    const id = rig.place();
    rig.place({ clientOrderId: id });
    expect(rig.codes()).toEqual([
      'off-tick',
      'unknown-symbol',
      'buying-power',
      'no-shares',
      'bad-quantity',
      'duplicate-id',
    ]);
    const early = setup(500);
    early.place({ type: 'market', limit: null });
    early.place({ timeInForce: 'ioc' });
    expect(early.codes()).toEqual(['market-outside-hours', 'ioc-outside-hours']);
    const night = setup(1300);
    night.place();
    expect(night.codes()).toEqual(['session-closed']);
  });
  it('PAP3 takes 20 working orders a side', () => {
    const rig = setup();
    for (let i = 0; i < 21; i++) rig.place({ limit: 9_000_000, quantity: 1 });
    expect(rig.codes()).toEqual(['too-many-orders']);
  });
});

describe('PAP account and restart', () => {
  it('PAP10 charges what the broker charges', () => {
    const rig = setup();
    rig.place();
    rig.wait(1_000_000);
    expect(rig.events.find((event) => event.kind === 'commission')).toMatchObject({ commission: 1_000_300 });
    expect(rig.paper.cash).toBe(100_000_000_000 - 1_002_000_000 - 1_000_300);
  });
  it('PAP11 the snapshot is the truth, and survives a restart', () => {
    const rig = setup();
    rig.place();
    rig.place({ limit: 9_000_000 });
    const sections = new Map<string, Uint8Array>();
    rig.paper.save({ section: (name, bytes) => void sections.set(name, bytes.slice()) });
    const again = rig.make();
    again.restore({ section: (name) => sections.get(name) });
    again.command({ kind: 'query', queryId: 'q' }, rig.now());
    again.advance(rig.now() + 1000);
    again.advance(rig.now() + 900_000);
    const snapshot = again.takeEvents().find((event) => event.kind === 'snapshot');
    expect(snapshot).toMatchObject({
      queryId: 'q',
      snapshot: {
        cash: rig.paper.cash,
        positions: [{ quantity: 100, averageCost: 10_020_000 }],
        openOrders: [{ clientOrderId: 'T-O2', filled: 0 }],
      },
    });
    expect(snapshot?.kind === 'snapshot' && snapshot.snapshot.executions.length).toBe(1);
  });
  it('PAP12 reads fault specs and says what is wrong with them', () => {
    expect(parseFaults('late=0.5,lost')).toMatchObject({ late: 0.5, lost: 0.03, race: 0 });
    expect(parseFaults('nonsense')).toContain("'nonsense' is not a fault");
    expect(parseFaults('late=2')).toContain('from 0 to 1');
  });
});
