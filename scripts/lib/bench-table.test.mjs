// The table of figures: JSON becomes names and values, text stays text, a bench that failed is not called good.
import { describe, expect, it } from 'vitest';
import { figuresOf, TABLE, tableText } from './bench-table.mjs';

describe('the table of figures', () => {
  it('reads names and values out of printed JSON, and nothing out of text', () => {
    const json = '{"events":1500000,"rest":{"p99":1.23456},"legs":[{"rate":0}],"hash":"abc","none":null}';
    expect(figuresOf(`before\n${json}\nafter {"x":1}\n{"broken`)).toEqual([
      ['events', '1,500,000'],
      ['rest.p99', '1.235'],
      ['legs.1.rate', '0'],
      ['hash', 'abc'],
      ['none', 'none'],
    ]);
    expect(figuresOf('AMD, 3 ms')).toEqual([]);
  });

  it('puts figures, counts, ratios and hashes in front, the rest below, and calls failures and lost figures so', () => {
    /** @type {Omit<import('./bench-table.mjs').Ran, 'name' | 'code' | 'text'>} */
    const run = {
      ...{ sentence: 'Measures.', args: [], seconds: 3, peer: 'JSON.parse' },
      figures: [['lag ms', /lag(?:Ms)?:? ([\d.]+)/gu]],
      counts: [['events', 'events']],
      ratios: [['decoding', 'decodeRatio']],
    };
    const json = '{"decodeRatio":6.5,"hash":"abc","lagMs":4,"events":7}';
    const words = 'lag: 2.5\nlag: 3\nhash 12345678\n';
    const text = tableText(
      [
        { ...run, name: 'one', code: 0, text: json },
        { ...run, name: 'two', code: 1, text: words, ratios: [] },
      ],
      { isQuick: false, date: '2026-01-02', commit: 'c0ffee' },
    );
    expect(text).toContain('| one | lag ms 4 | events 7 | decoding 6.5 (JSON.parse) | abc | 3 s |');
    expect(text).toContain('| two: **failed, exit 1** | lag ms 2.5, 3 | events ? | - (JSON.parse) | 12345678 | 3 s |');
    expect(text).toContain('commit c0ffee');
    expect(text).toContain(words.trim());
    expect(text).not.toContain('figures mean nothing');
  });

  it('names every bench the table is to have', () => {
    expect(TABLE.map(({ name }) => name)).toEqual([
      ...['ingest', 'socket', 'bars', 'tape', 'evaluation', 'order-lane', 'checkpoint', 'restore', 'ui'],
    ]);
  });
});
