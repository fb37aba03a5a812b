/** The console's filtered view against a plain filter, over appends, drops and snapshots. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ConsoleItem, Severity } from '#protocol';
import { createEventList } from '../../stores/event-list.ts';
import { createConsoleView } from './console-view.ts';

const SEVERITIES: readonly Severity[] = ['debug', 'info', 'notice', 'warn', 'danger'];
const item = fc.record({
  severity: fc.constantFrom(...SEVERITIES),
  text: fc.constantFrom('Halted', 'filled', 'other'),
  symbol: fc.constantFrom('AAPL', 'HALT'),
});

it('shows exactly the kept lines that match, in order, with lasting keys', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.array(item, { maxLength: 12 }), fc.boolean()), { maxLength: 15 }),
      fc.constantFrom(...SEVERITIES),
      fc.constantFrom('', 'halt', ' AAPL '),
      (batches, level, text) => {
        const list = createEventList<ConsoleItem>(25);
        const view = createConsoleView(list, level, text);
        let model: ConsoleItem[] = [];
        let seq = 0;
        for (const [raw, isSnapshot] of batches) {
          const items = raw.map((part): ConsoleItem => ({ ...part, seq: seq++, atUs: 1, kind: 'k' }));
          list.append(items, isSnapshot);
          model = [...(isSnapshot ? [] : model), ...items].slice(-25);
          const needle = text.trim().toLowerCase();
          const expected = model.filter(
            (line) =>
              SEVERITIES.indexOf(line.severity) >= SEVERITIES.indexOf(level) &&
              (needle === '' || `${line.text} ${line.symbol}`.toLowerCase().includes(needle)),
          );
          expect(Array.from({ length: view.length }, (_, i) => view.at(i)?.seq)).toEqual(
            expected.map((line) => line.seq),
          );
          const keys = Array.from({ length: view.length }, (_, i) => view.keyOf(i));
          expect(new Set(keys).size).toBe(keys.length);
        }
        view.dispose();
      },
    ),
  );
});
