/** The auditor of journals: clean on what the kernel writes, and it sees each rule broken on purpose. */
import { beforeAll, describe, expect, it } from 'vitest';
import { createOfflineKernel } from '../hosts/kernel-host/offline-kernel.ts';
import type { JournalRecord } from '../ports/journal.ts';
import { auditJournal } from './journal-audit.ts';
import { drive, simStretch } from './sim-inputs.ts';

let records: JournalRecord[] = [];

beforeAll(async () => {
  const stretch = await simStretch({ seed: 11, symbols: 60, rate: 600, start: '09:29', minutes: 4 });
  let intent = 0;
  const offline = createOfflineKernel(stretch.config, {
    append: (record) => {
      if (record.kind === 'intent') intent = record.seq;
      records.push(JSON.parse(JSON.stringify(record)) as JournalRecord);
    },
  });
  drive(offline, stretch.inputs, 0, stretch.inputs.length, () => intent);
}, 60_000);

/** The records with the first of a kind that fits changed, and the rules that are then broken. */
function broken(
  kind: JournalRecord['kind'],
  change: (body: Record<string, unknown>) => void,
  at = 0,
): readonly string[] {
  const copy = JSON.parse(JSON.stringify(records)) as JournalRecord[];
  change(copy.filter((record) => record.kind === kind)[at]?.body as Record<string, unknown>);
  return [...new Set(auditJournal(copy).violations.map(({ rule }) => rule))];
}

describe('the auditor of a journal', () => {
  it('has nothing against what the kernel wrote', () => {
    const audit = auditJournal(records);
    expect(audit.violations).toEqual([]);
    expect(audit.fills).toBeGreaterThan(10);
    expect(audit.closedTrades).toBeGreaterThan(2);
    expect(audit.checks).toBeGreaterThan(200);
  });

  it('sees a fill too large, booked twice, or without an intent', () => {
    expect(broken('fill', (body) => (body['quantity'] = Number(body['quantity']) + 1_000))).toContain('overfill');
    const [first] = records.filter(({ kind }) => kind === 'fill');
    const twice = [...records, { ...(first as JournalRecord), seq: records.length + 1 }];
    expect(auditJournal(twice).violations.map(({ rule }) => rule)).toContain('execution-once');
    const without = records.filter(({ kind }) => kind !== 'intent');
    expect(auditJournal(without).violations.map(({ rule }) => rule)).toContain('intent-first');
  });

  it('sees wrong books, an oversell, an order that left too early, two outcomes', () => {
    expect(broken('position', (body) => (body['held'] = 1))).toContain('positions');
    expect(broken('trade', (body) => (body['net'] = Number(body['net'] ?? 0) + 1))).toContain('net');
    expect(broken('fill', (body) => (body['side'] = 'sell'))).toContain('oversell');
    const early = records.filter(({ body }) => (body as { event?: { kind: string } }).event?.kind !== 'durable');
    expect(auditJournal(early).violations.map(({ rule }) => rule)).toContain('durable-first');
    const decision = records.find(
      ({ kind, body }) => kind === 'decision' && (body as { code?: string }).code !== undefined,
    );
    const again = [...records, { ...(decision as JournalRecord), seq: records.length + 1 }];
    expect(auditJournal(again).violations.map(({ rule }) => rule)).toContain('one-outcome');
  });
});
