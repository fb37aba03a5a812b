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
    ]);
    expect(figuresOf('AMD, 3 ms')).toEqual([]);
  });

  it('shows ratios and hashes in front, the rest below, and failures as such', () => {
    const run = { sentence: 'Measures.', args: [], seconds: 3, peer: 'JSON.parse' };
    const text = tableText(
      [
        { ...run, name: 'one', code: 0, text: '{"decodeRatio":6.5,"hash":"abc"}' },
        { ...run, name: 'two', code: 1, text: 'plain words\n' },
      ],
      { isQuick: false, date: '2026-01-02' },
    );
    expect(text).toContain('| one | good | 3 s | decodeRatio 6.5 (JSON.parse) | abc |');
    expect(text).toContain('| two | **failed, exit 1** |');
    expect(text).toContain('plain words');
    expect(text).not.toContain('figures mean nothing');
  });

  it('names every bench the table is to have', () => {
    expect(TABLE.map(({ name }) => name)).toEqual([
      ...['ingest', 'socket', 'bars', 'tape', 'evaluation', 'order-lane', 'checkpoint', 'restore', 'ui'],
    ]);
  });
});
