/** The console's filtered view against a plain filter, over appends, drops, snapshots and pauses. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConsoleItem, Severity } from '#protocol';
import { createEventList } from '../../stores/event-list.ts';
import { createConsoleView, NO_FILTER, type ConsoleFilter } from './console-view.ts';

const SEVERITIES: readonly Severity[] = ['debug', 'info', 'notice', 'warn', 'danger'];
const KEEP = 25;
const item = fc.record({
  severity: fc.constantFrom(...SEVERITIES),
  text: fc.constantFrom('Halted', 'filled', 'other'),
  kind: fc.constantFrom('fill', 'halt', 'order'),
  symbol: fc.constantFrom('AAPL', 'HALT'),
  strategy: fc.constantFrom('trend', 'random'),
});
const filters = fc.record({
  level: fc.constantFrom(...SEVERITIES),
  text: fc.constantFrom('', '', 'halt', ' AAPL '),
  kinds: fc.constantFrom<readonly string[]>([], [], ['fill'], ['fill', 'order']),
  symbol: fc.constantFrom('', '', 'aapl'),
  strategy: fc.constantFrom('', '', 'trend'),
});

/** The same in the plainest words. */
function passes(line: ConsoleItem, filter: ConsoleFilter): boolean {
  const needle = filter.text.trim().toLowerCase();
  return (
    SEVERITIES.indexOf(line.severity) >= SEVERITIES.indexOf(filter.level) &&
    (filter.kinds.length === 0 || filter.kinds.includes(line.kind)) &&
    (filter.symbol === '' || line.symbol === filter.symbol.toUpperCase()) &&
    (filter.strategy === '' || line.strategy === filter.strategy) &&
    [line.text, line.kind, line.symbol, line.strategy].some((part) => (part ?? '').toLowerCase().includes(needle))
  );
}

describe('console view', () => {
  it('shows exactly the kept lines that match, in order, with lasting keys, and stands still when paused', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.array(item, { maxLength: 12 }), fc.constantFrom('', '', '', 'snapshot', 'pause', 'go')), {
          maxLength: 15,
        }),
        filters,
        (batches, filter) => {
          const list = createEventList<ConsoleItem>(KEEP);
          const view = createConsoleView(list, filter);
          let kept: ConsoleItem[] = [];
          /** Sequence from which lines wait. */
          let until = Infinity;
          let seq = 0;
          for (const [raw, what] of batches) {
            if (what === 'pause' || what === 'go') {
              view.pause(what === 'pause');
              until = what === 'pause' ? seq : Infinity;
            }
            const isSnapshot = what === 'snapshot';
            if (isSnapshot && until !== Infinity) until = seq;
            const items = raw.map((part): ConsoleItem => ({ ...part, seq: seq++, atUs: 1 }));
            list.append(items, isSnapshot);
            kept = [...(isSnapshot ? [] : kept), ...items].slice(-KEEP);
            const matching = kept.filter((line) => passes(line, filter));
            const expected = matching.filter((line) => line.seq < until);
            expect(Array.from({ length: view.length }, (_, i) => view.at(i)?.seq)).toEqual(
              expected.map((line) => line.seq),
            );
            expect(view.waiting).toBe(matching.length - expected.length);
            const keys = Array.from({ length: view.length }, (_, i) => view.keyOf(i));
            expect(new Set(keys).size).toBe(keys.length);
          }
          view.dispose();
        },
      ),
      { numRuns: 400 },
    );
  });

  it('filters 100,000 lines and keeps up with appends', () => {
    const list = createEventList<ConsoleItem>(100_000);
    const line = (seq: number): ConsoleItem => ({
      seq,
      atUs: seq,
      kind: seq % 10 === 0 ? 'fill' : 'order',
      severity: 'info',
      text: `line ${seq}`,
    });
    list.append(
      Array.from({ length: 100_000 }, (_, seq) => line(seq)),
      true,
    );
    const view = createConsoleView(list, { ...NO_FILTER, kinds: ['fill'] });
    expect(view.length).toBe(10_000);
    for (let seq = 100_000; seq < 160_000; seq++) list.append([line(seq)], false);
    expect(view.length).toBe(10_000);
    expect(view.at(0)?.seq).toBe(60_000);
    expect(view.at(9_999)?.seq).toBe(159_990);
    view.dispose();
  });
});
