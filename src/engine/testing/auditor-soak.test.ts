/** SOAK: invariants over seeds, same seed same hash, restarts change nothing, and the auditor sees what is broken on purpose. */
import { describe, expect, it } from 'vitest';
import type { BrokerCommand, BrokerEvent } from '../ports/broker.ts';
import { ALL_FAULTS, NO_FAULTS } from '../sim/paper/faults.ts';
import { runSoak } from './auditor-soak.ts';

const SEEDS = [1, 2];

describe('soak', () => {
  it.each(SEEDS)('holds every invariant with all faults, seed %i', (seed) => {
    const card = runSoak({ orders: 80, seed, faults: ALL_FAULTS });
    expect(card.violations).toEqual([]);
    expect(card.entries).toBe(80);
    expect(card.fills).toBeGreaterThan(60);
    expect(card.exits).toBeGreaterThan(50);
    expect(card.unknownsResolved).toBe(card.unknowns);
    expect(card.trades + card.notEntered).toBe(80);
    expect(card.checks).toBeGreaterThan(500);
    // One seed of 80 entries is a small sample; over many seeds the ratio is near 1 (`drover soak` states it).
    expect(card.costsRatio).toBeGreaterThan(0.4);
    expect(card.costsRatio).toBeLessThan(2);
    // No single sale into a bad tick may outweigh the others.
    expect(card.costsDearestDollars).toBeLessThan(card.costsPredictedDollars / 4);
  });

  it('gives the same hash for the same seed, and another for another', () => {
    const first = runSoak({ orders: 20, seed: 11, faults: ALL_FAULTS });
    expect(runSoak({ orders: 20, seed: 11, faults: ALL_FAULTS }).hash).toBe(first.hash);
    expect(runSoak({ orders: 20, seed: 12, faults: ALL_FAULTS }).hash).not.toBe(first.hash);
  });

  it('decides the same after being saved and restored again and again', () => {
    const whole = runSoak({ orders: 40, seed: 21, faults: ALL_FAULTS });
    const cut = runSoak({ orders: 40, seed: 21, faults: ALL_FAULTS, restartEvery: 97 });
    expect(cut.restarts).toBeGreaterThan(20);
    expect(cut.violations).toEqual([]);
    expect(cut.hash).toBe(whole.hash);
  });
});

describe('mutation: the auditor catches', () => {
  const rules = (card: { readonly violations: readonly { readonly rule: string }[] }): readonly string[] => [
    ...new Set(card.violations.map((one) => one.rule)),
  ];

  it('a duplicate execution that is booked', () => {
    let count = 0;
    const event = (real: BrokerEvent): readonly BrokerEvent[] => {
      if (real.kind !== 'execution' || ++count !== 20) return [real];
      const copy = { ...real.execution, executionId: `X${real.execution.executionId}` };
      return [real, { kind: 'execution', execution: copy }];
    };
    expect(rules(runSoak({ orders: 40, seed: 5, faults: NO_FAULTS, tamper: { event } }))).toContain('positions');
  });

  it('an oversell', () => {
    const command = (real: BrokerCommand): readonly BrokerCommand[] =>
      real.kind === 'place' && real.order.side === 'sell'
        ? [{ kind: 'place', order: { ...real.order, quantity: real.order.quantity + 1 } }]
        : [real];
    expect(rules(runSoak({ orders: 10, seed: 5, faults: NO_FAULTS, tamper: { command } }))).toContain('oversell');
  });

  it('a cancel that is dropped and called done', () => {
    const dropped: string[] = [];
    const command = (real: BrokerCommand): readonly BrokerCommand[] => {
      if (real.kind !== 'cancel') return [real];
      dropped.push(real.clientOrderId);
      return [];
    };
    const event = (real: BrokerEvent): readonly BrokerEvent[] => {
      const id = dropped.shift();
      return id === undefined ? [real] : [real, { kind: 'cancelled', clientOrderId: id, reason: 'pretended' }];
    };
    expect(rules(runSoak({ orders: 40, seed: 5, faults: NO_FAULTS, tamper: { command, event } }))).toContain(
      'ended-but-open',
    );
  });

  it('an order sent twice', () => {
    const command = (real: BrokerCommand): readonly BrokerCommand[] => (real.kind === 'place' ? [real, real] : [real]);
    expect(rules(runSoak({ orders: 5, seed: 5, faults: NO_FAULTS, tamper: { command } }))).toContain('order-id-once');
  });

  it('a commission that is booked wrong', () => {
    const event = (real: BrokerEvent): readonly BrokerEvent[] =>
      real.kind === 'commission' ? [{ ...real, commission: real.commission + 1 }] : [real];
    expect(rules(runSoak({ orders: 5, seed: 5, faults: NO_FAULTS, tamper: { event } }))).toContain('cash');
  });
});
