/** What prints and quotes may change, condition by condition and combined. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConditionSets } from '../model/conditions.ts';
import { mergeConditions } from './condition-refresh.ts';
import { US_CONDITIONS } from './condition-table.ts';
import { Eligibility, QuoteBit, TRADE_MARK_BIT, UNKNOWN_CONDITION, UpdateRules } from './update-rules.ts';
import { HALT_REASONS } from './view-columns.ts';

const LOW = Eligibility.counts | Eligibility.highLow | Eligibility.volume;

function rig(): {
  rules: UpdateRules;
  of: (ids: readonly number[], isRegular?: boolean) => number;
  quote: (ids: readonly number[]) => number;
} {
  const conditions = new ConditionSets();
  const rules = new UpdateRules(conditions);
  return {
    rules,
    of: (ids, isRegular = true) => rules.trade(conditions.intern(ids), isRegular),
    quote: (ids) => rules.quote(conditions.intern(ids)),
  };
}

describe('update rules', () => {
  it('UPD1 answers each condition as the consolidated tape does', () => {
    const { of } = rig();
    // high/low, open/close, volume, as published; worked out by hand, not read from the table.
    const groups: readonly (readonly [string, readonly number[]])[] = [
      ['yyy', [0, 1, 3, 4, 6, 8, 9, 11, 14, 17, 18, 19, 23, 24, 25, 27, 28, 30, 31, 34, 35, 36, 41, 55, 57, 60, 62]],
      ['yny', [5, 10, 22, 32, 33]],
      ['nny', [2, 7, 12, 13, 20, 21, 29, 37, 52, 53]],
      ['nnn', [15, 16]],
      ['yyn', [38]],
    ];
    let checked = 0;
    for (const [answers, ids] of groups) {
      for (const id of ids) {
        const word = of([id]);
        const got = [Eligibility.highLow, Eligibility.counts, Eligibility.volume]
          .map((bit) => ((word & bit) !== 0 ? 'y' : 'n'))
          .join('');
        expect([id, got]).toEqual([id, answers]);
        checked++;
      }
    }
    expect(checked).toBe(45);
    expect(of([]) & LOW).toBe(LOW);
  });

  it('UPD2 lets one no win over every yes, in any order', () => {
    const known = US_CONDITIONS.trades.map(({ id }) => id);
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...known), { maxLength: 4 }), fc.boolean(), (ids, isRegular) => {
        const { of } = rig();
        const each = ids.map((id) => of([id], isRegular) & LOW).reduce((a, b) => a & b, LOW);
        expect(of(ids, isRegular) & LOW).toBe(each);
        expect(of(ids.toReversed(), isRegular) & LOW).toBe(each);
      }),
      { seed: 3 },
    );
  });

  it('UPD3 lets Form T set prices outside of the regular session only', () => {
    const { of } = rig();
    expect(of([12], false) & LOW).toBe(LOW);
    expect(of([12], true) & LOW).toBe(Eligibility.volume);
    expect(of([12, 37], false) & LOW).toBe(Eligibility.volume);
    expect(of([12, 13], false) & LOW).toBe(Eligibility.volume);
  });

  it('UPD4 lets an unknown condition through and marks it', () => {
    const { of } = rig();
    expect(of([999]) & LOW).toBe(LOW);
    expect(of([999]) & UNKNOWN_CONDITION).not.toBe(0);
    expect(of([999, 37]) & LOW).toBe(Eligibility.volume);
    expect(of([41]) & UNKNOWN_CONDITION).toBe(0);
  });

  it('UPD5 marks crosses, their copies, reopenings and short-sale restrictions', () => {
    const { of } = rig();
    expect(of([17, 41]) & TRADE_MARK_BIT.openingCross).not.toBe(0);
    expect(of([8, 41]) & TRADE_MARK_BIT.closingCross).not.toBe(0);
    expect(of([15]) & (LOW | TRADE_MARK_BIT.officialClose)).toBe(TRADE_MARK_BIT.officialClose);
    expect(of([28]) & TRADE_MARK_BIT.reopening).not.toBe(0);
    expect(of([57]) & TRADE_MARK_BIT.shortSaleOn).not.toBe(0);
    expect(of([59]) & TRADE_MARK_BIT.shortSaleOff).not.toBe(0);
  });

  it('UPD6 reads quote conditions from a vocabulary of their own', () => {
    const { quote } = rig();
    // 12, 15, 16 mean other things on a trade.
    expect(quote([12]) & 0xff).toBe(QuoteBit.manual);
    expect(quote([15]) & QuoteBit.nonFirm).not.toBe(0);
    expect(quote([16]) & QuoteBit.resume).not.toBe(0);
    for (const id of [20, 18, 19, 80, 40, 41])
      expect([id, quote([id]) & QuoteBit.nonFirm]).toEqual([id, QuoteBit.nonFirm]);
    for (const id of [21, 22, 23, 26, 27, 28, 29, 30, 31, 32, 36, 37, 38, 43])
      expect([id, quote([id]) & QuoteBit.halted]).toEqual([id, QuoteBit.halted]);
    expect(HALT_REASONS[(quote([43]) >> QuoteBit.reasonShift) & QuoteBit.reasonMask]).toBe('LUDP');
    expect(HALT_REASONS[(quote([37]) >> QuoteBit.reasonShift) & QuoteBit.reasonMask]).toBe('MWC2');
    expect(quote([1]) & 0xff).toBe(0);
    expect(quote([]) & 0xff).toBe(0);
  });

  it("UPD7 lets the feed's table win and ignores what makes no sense", () => {
    const rules = (hl: unknown, oc: unknown, v: unknown): unknown => ({
      consolidated: { updates_high_low: hl, updates_open_close: oc, updates_volume: v },
    });
    const { table, changed, added, ignored } = mergeConditions(
      US_CONDITIONS,
      [
        { id: 17, name: 'Opening', data_types: ['trade'], update_rules: rules(true, false, true) },
        { id: 90, name: 'New', data_types: ['trade'], update_rules: rules(false, false, true) },
        { id: 12, name: 'Form T', data_types: ['trade'], update_rules: rules(false, false, true) },
        { id: 15, name: 'Closed', data_types: ['bbo'], update_rules: rules(true, true, true) },
        { id: 'x', data_types: ['trade'], update_rules: rules(true, true, true) },
        { id: 3, data_types: ['trade'], update_rules: rules('yes', true, true) },
      ],
      '2026-12-01',
    );
    expect([changed, added, ignored]).toEqual([[17], [90], 2]);
    const conditions = new ConditionSets();
    const updated = new UpdateRules(conditions);
    const opening = conditions.intern([17]);
    expect(updated.trade(opening, true) & Eligibility.counts).not.toBe(0);
    updated.replaceTable(table);
    expect(updated.trade(opening, true) & Eligibility.counts).toBe(0);
    expect(updated.trade(opening, true) & TRADE_MARK_BIT.openingCross).not.toBe(0);
    expect(updated.trade(conditions.intern([12]), false) & LOW).toBe(LOW);
    expect(updated.trade(conditions.intern([15]), true) & LOW).toBe(0);
    expect(table.updated).toBe('2026-12-01');
  });
});
