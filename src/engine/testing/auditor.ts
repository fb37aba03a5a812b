/**
 * The independent auditor of trading. It shares no code with the desk: it keeps its own books from what went out to the
 * broker and what came back, in the plainest way, and compares them with what the desk claims after every event.
 */
import type { BrokerCommand, BrokerEvent } from '../ports/broker.ts';

export interface Violation {
  readonly rule: string;
  readonly atUs: number;
  readonly text: string;
}

/** What the auditor asks the desk and the exchange; plain numbers and strings only. */
export interface AuditedWorld {
  deskCash(): number;
  /** Shares the desk believes to hold, by symbol. */
  deskPositions(): ReadonlyMap<number, number>;
  /** Every order the desk ever made, and one of them. */
  deskOrders(): Iterable<AuditedClaim>;
  deskOrder(id: string): AuditedClaim | undefined;
  deskExposure(): { readonly positions: number; readonly dollars: number };
  /** The exchange has the order open, or a request for it is still on its way. */
  mayStillTrade(orderId: string): boolean;
  /** Shares that open sell orders at the exchange, and those on their way to it, may still sell. */
  offered(symbol: number): number;
}

export interface AuditedClaim {
  readonly id: string;
  readonly state: string;
  readonly side: string;
  readonly tradeId: string;
}

export interface AuditLimits {
  readonly positionsMax: number;
  readonly exposureMax: number;
}

interface AuditedFill {
  revision: number;
  quantity: number;
  price: number;
  side: 'buy' | 'sell';
  symbol: number;
  orderId: string;
}

interface AuditedOrder {
  side: 'buy' | 'sell';
  symbol: number;
  quantity: number;
}

const OVER = new Set(['filled', 'cancelled', 'rejected', 'expired']);
const VIOLATIONS_MAX = 200;
/** Orders that have ended are looked at again after so many checks, and at the end. */
const ENDED_EVERY = 16;

export class Auditor {
  readonly violations: Violation[] = [];
  checks = 0;
  readonly #world: AuditedWorld;
  readonly #limits: AuditLimits;
  readonly #fills = new Map<string, AuditedFill>();
  readonly #charges = new Map<string, { revision: number; amount: number }>();
  readonly #orders = new Map<string, AuditedOrder>();
  readonly #outcomes = new Map<string, number>();
  readonly #ended = new Map<string, string>();
  readonly #intents = new Map<string, number>();
  #durableSeq = 0;
  #openingCash: number | null = null;
  readonly #live = new Set<string>();
  #sums: { readonly shares: ReadonlyMap<number, number>; readonly cash: number } | null = null;

  constructor(world: AuditedWorld, limits: AuditLimits) {
    this.#world = world;
    this.#limits = limits;
  }

  #fail(rule: string, atUs: number, text: string): void {
    if (this.violations.length < VIOLATIONS_MAX) this.violations.push({ rule, atUs, text });
  }

  /** A journal record was appended; `isIntent` names an order about to leave. */
  onIntent(orderId: string, seq: number): void {
    this.#intents.set(orderId, seq);
  }

  onDurable(seq: number): void {
    this.#durableSeq = Math.max(this.#durableSeq, seq);
  }

  onSignal(signalId: string): void {
    this.#outcomes.set(signalId, 0);
  }

  onOutcome(signalId: string, atUs: number): void {
    const count = (this.#outcomes.get(signalId) ?? 0) + 1;
    this.#outcomes.set(signalId, count);
    if (count > 1) this.#fail('one-outcome', atUs, `signal ${signalId} has ${count} outcomes`);
  }

  /** A command left the desk. */
  onCommand(command: BrokerCommand, atUs: number): void {
    if (command.kind === 'place') {
      const { order } = command;
      const seq = this.#intents.get(order.clientOrderId);
      if (seq === undefined || seq > this.#durableSeq)
        this.#fail('durable-first', atUs, `order ${order.clientOrderId} left before its intent was on disk`);
      if (this.#orders.has(order.clientOrderId))
        this.#fail('order-id-once', atUs, `order ${order.clientOrderId} was placed twice`);
      if (order.clientOrderId.length > 30)
        this.#fail('order-id-form', atUs, `order id ${order.clientOrderId} is too long`);
      const { side, symbol, quantity } = order;
      this.#orders.set(order.clientOrderId, { side, symbol, quantity });
      this.#live.add(order.clientOrderId);
      if (side === 'sell') this.#offered(symbol, quantity, atUs);
    } else if (command.kind === 'replace') {
      const order = this.#orders.get(command.clientOrderId);
      if (order === undefined) {
        this.#fail('replace-known', atUs, `replace of ${command.clientOrderId}, which was never placed`);
        return;
      }
      const more = Math.max(0, command.quantity - order.quantity);
      order.quantity = command.quantity;
      if (order.side === 'sell' && this.#world.mayStillTrade(command.clientOrderId))
        this.#offered(order.symbol, more, atUs);
    }
  }

  /** More on offer at the exchange, or on its way there, than is known to be held is an oversell waiting to happen. */
  #offered(symbol: number, adding: number, atUs: number): void {
    const offered = this.#world.offered(symbol) + adding;
    const held = this.#held(symbol);
    if (offered > held) this.#fail('oversell', atUs, `symbol ${symbol}: ${offered} shares on offer, ${held} held`);
  }

  #held(symbol: number): number {
    return this.#sum().shares.get(symbol) ?? 0;
  }

  /** An event of the broker, as it was really sent, just before the desk gets it. */
  onEvent(event: BrokerEvent, atUs: number): void {
    switch (event.kind) {
      case 'execution':
        this.#execution(event.execution);
        if (this.#held(event.execution.symbol) < 0)
          this.#fail(
            'oversold',
            atUs,
            `symbol ${event.execution.symbol} is short ${this.#held(event.execution.symbol)}`,
          );
        return;
      case 'commission':
        this.#commission(event.executionId, event.commission);
        return;
      case 'snapshot':
        if (this.#openingCash === null) {
          this.#openingCash = event.snapshot.cash;
          this.#sums = null;
        }
        for (const execution of event.snapshot.executions) this.#execution(execution);
        for (const one of event.snapshot.commissions ?? []) this.#commission(one.executionId, one.commission);
        return;
      default:
        return;
    }
  }

  #execution(execution: {
    executionId: string;
    clientOrderId: string;
    symbol: number;
    side: 'buy' | 'sell';
    quantity: number;
    price: number;
  }): void {
    const [key, revision] = split(execution.executionId);
    const known = this.#fills.get(key);
    if (known !== undefined && known.revision >= revision) return;
    const { quantity, price, side, symbol, clientOrderId: orderId } = execution;
    this.#sums = null;
    this.#fills.set(key, { revision, quantity, price, side, symbol, orderId });
  }

  #commission(executionId: string, amount: number): void {
    const [key, revision] = split(executionId);
    const known = this.#charges.get(key);
    if (known !== undefined && known.revision >= revision) return;
    this.#sums = null;
    this.#charges.set(key, { revision, amount });
  }

  /** Compares everything. Called after every event. */
  check(atUs: number): void {
    this.checks++;
    this.#checkPositions(atUs);
    this.#checkCash(atUs);
    this.#checkLive(atUs);
    if (this.checks % ENDED_EVERY === 0) this.#checkEnded(atUs);
    const exposure = this.#world.deskExposure();
    if (exposure.positions > this.#limits.positionsMax)
      this.#fail('positions-max', atUs, `${exposure.positions} positions`);
    if (exposure.dollars > this.#limits.exposureMax) this.#fail('exposure-max', atUs, `exposure ${exposure.dollars}`);
  }

  /** Sums over all fills, made anew whenever a fill or a charge has changed. */
  #sum(): { readonly shares: ReadonlyMap<number, number>; readonly cash: number } {
    if (this.#sums !== null) return this.#sums;
    const shares = new Map<number, number>();
    let cash = this.#openingCash ?? 0;
    for (const [key, fill] of this.#fills) {
      const signed = fill.side === 'buy' ? fill.quantity : -fill.quantity;
      shares.set(fill.symbol, (shares.get(fill.symbol) ?? 0) + signed);
      cash -= signed * fill.price + (this.#charges.get(key)?.amount ?? 0);
    }
    this.#sums = { shares, cash };
    return this.#sums;
  }

  #checkPositions(atUs: number): void {
    const mine = this.#sum().shares;
    const theirs = this.#world.deskPositions();
    for (const symbol of new Set([...mine.keys(), ...theirs.keys()])) {
      const sum = mine.get(symbol) ?? 0;
      const claimed = theirs.get(symbol) ?? 0;
      if (sum !== claimed) this.#fail('positions', atUs, `symbol ${symbol}: fills say ${sum}, the desk ${claimed}`);
      if (claimed < 0) this.#fail('oversold', atUs, `symbol ${symbol}: the desk holds ${claimed}`);
    }
  }

  #checkCash(atUs: number): void {
    if (this.#openingCash === null) return;
    const { cash } = this.#sum();
    const claimed = this.#world.deskCash();
    if (cash !== claimed) this.#fail('cash', atUs, `fills and charges say ${cash}, the desk ${claimed}`);
  }

  /** Orders the desk has not yet called over. */
  #checkLive(atUs: number): void {
    const exits = new Map<string, number>();
    for (const id of this.#live) {
      const order = this.#world.deskOrder(id);
      if (order === undefined) {
        this.#fail('order-known', atUs, `order ${id} was placed and the desk does not know it`);
        this.#live.delete(id);
      } else if (OVER.has(order.state)) {
        this.#live.delete(id);
        this.#ended.set(id, order.state);
        const isOpen = this.#world.mayStillTrade(id);
        if (isOpen)
          this.#fail('ended-but-open', atUs, `order ${id} is ${order.state} for the desk and open at the exchange`);
      } else if (order.side === 'sell') exits.set(order.tradeId, (exits.get(order.tradeId) ?? 0) + 1);
    }
    for (const [trade, count] of exits)
      if (count > 1) this.#fail('one-exit', atUs, `trade ${trade} has ${count} working exits`);
  }

  #checkEnded(atUs: number): void {
    for (const [id, before] of this.#ended) {
      const state = this.#world.deskOrder(id)?.state ?? 'forgotten';
      if (state === before) continue;
      if (state !== 'filled') this.#fail('terminal-stays', atUs, `order ${id} went from ${before} to ${state}`);
      this.#ended.set(id, state);
    }
  }

  /** The end of the run: everything has ended and is flat, and the broker's cash is ours. */
  finish(
    atUs: number,
    exchangeCash: number,
    halts: readonly { readonly symbol: number; readonly fromUs: number; readonly toUs: number }[],
    fills: readonly { readonly symbol: number; readonly atUs: number; readonly executionId: string }[],
  ): void {
    this.#checkEnded(atUs);
    for (const order of this.#world.deskOrders())
      if (!OVER.has(order.state)) this.#fail('every-order-ends', atUs, `order ${order.id} is still ${order.state}`);
    for (const [symbol, held] of this.#world.deskPositions())
      if (held !== 0) this.#fail('flat', atUs, `symbol ${symbol} still holds ${held}`);
    for (const [signal, count] of this.#outcomes)
      if (count !== 1) this.#fail('one-outcome', atUs, `signal ${signal} has ${count} outcomes`);
    if (this.#world.deskCash() !== exchangeCash)
      this.#fail('cash', atUs, `the exchange has ${exchangeCash}, the desk ${this.#world.deskCash()}`);
    this.checkHalts(halts, fills);
  }

  checkHalts(
    halts: readonly { readonly symbol: number; readonly fromUs: number; readonly toUs: number }[],
    fills: readonly { readonly symbol: number; readonly atUs: number; readonly executionId: string }[],
  ): void {
    for (const fill of fills) {
      for (const halt of halts) {
        if (halt.symbol === fill.symbol && fill.atUs > halt.fromUs && fill.atUs < halt.toUs)
          this.#fail('no-fill-in-halt', fill.atUs, `execution ${fill.executionId} fell into a halt`);
      }
    }
  }

  get fillCount(): number {
    return this.#fills.size;
  }

  charged(): number {
    let sum = 0;
    for (const charge of this.#charges.values()) sum += charge.amount;
    return sum;
  }
}

function split(executionId: string): [string, number] {
  const match = /^(.*)\.(\d+)$/.exec(executionId);
  return match === null ? [executionId, 0] : [match[1] as string, Number(match[2])];
}
