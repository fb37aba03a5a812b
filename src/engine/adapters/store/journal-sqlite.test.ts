/** JRN, SCH, SLV: the journal database: groups, reading, migration, damage, full disks, a second reader. */
import fs from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import type { JournalRow } from '../../journal/journal-record.ts';
import { packRow, rowCrc, toRecord, toRow, unpackRow } from '../../journal/journal-record.ts';
import { ByteSink } from '../../lib/byte-sink.ts';
import { createRng } from '../../lib/rng.ts';
import type { JournalKind } from '../../ports/journal.ts';
import { SCHEMA_VERSION } from './journal-schema.ts';
import type { Journal, JournalOpenReport } from './journal-sqlite.ts';
import { openJournal, openJournalReader, tidyJournal } from './journal-sqlite.ts';
import { SAMPLE_DAY, SAMPLE_OPEN_US, temporaryFolder } from './store-samples.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = temporaryFolder('journal');
  folders.push(folder);
  return folder;
}

function open(dataDir: string, pagesMax?: number): { journal: Journal; report: JournalOpenReport } {
  const result = openJournal({ dataDir, nowUs: () => SAMPLE_OPEN_US, ...(pagesMax === undefined ? {} : { pagesMax }) });
  if (!result.ok) throw new Error(result.message);
  return result;
}

const KINDS: readonly JournalKind[] = ['signal', 'intent', 'order', 'fill', 'trade', 'decision'];

function row(seq: number, more: Partial<JournalRow> = {}): JournalRow {
  const kind = KINDS[seq % KINDS.length] as JournalKind;
  const body = {
    n: seq,
    side: 'buy',
    quantity: 100,
    limit: 12_340_000,
    text: 'é€😀'.repeat(seq % 13),
    pad: 'x'.repeat(seq % 50 === 0 ? 9000 : seq % 200),
  };
  const bodyJson = JSON.stringify(body);
  return {
    seq,
    inputNo: seq * 3,
    atUs: SAMPLE_OPEN_US + seq,
    kind,
    id: `${kind}-${seq}`,
    cause: seq > 1 ? `${KINDS[(seq - 1) % KINDS.length]}-${seq - 1}` : '',
    symbol: seq % 5 === 0 ? '' : `S${seq % 9}`,
    bodyJson,
    ...more,
  };
}

function rows(from: number, to: number): JournalRow[] {
  return Array.from({ length: to - from + 1 }, (_, i) => row(from + i));
}

const file = (dataDir: string): string => path.join(dataDir, 'journal', 'drover.sqlite');

describe('journal records', () => {
  it('JRN2 a record goes through bytes unchanged, whatever its text', () => {
    const rng = createRng(4);
    for (let k = 1; k < 300; k++) {
      const record = {
        seq: k,
        inputNo: k * 7,
        atUs: SAMPLE_OPEN_US + rng.next(),
        kind: 'note' as const,
        id: `i"\u0000${k}`,
        cause: '',
        symbol: 'BRK.B',
        body: { a: [1, 2.5, null, 'ü'], b: rng.next() },
      };
      const sink = new ByteSink(1);
      packRow(toRow(record), sink);
      const back = unpackRow(sink.bytes, 0, sink.length);
      expect(back === null ? null : toRecord(back)).toEqual(record);
      expect(unpackRow(sink.bytes, 0, sink.length - 1)).toBeNull();
    }
  });

  it('JRN2 long texts of every plane come back; lone surrogates do not spoil a row', () => {
    const rng = createRng(9);
    for (let k = 0; k < 60; k++) {
      let text = '';
      const length = rng.below(9000);
      while (text.length < length) text += String.fromCodePoint([65, 0xe9, 0x20ac, 0x1f600][rng.below(4)] as number);
      const sink = new ByteSink(1);
      const original = { ...row(1), bodyJson: text };
      packRow(original, sink);
      expect(unpackRow(sink.bytes, 0, sink.length)).toEqual(original);
    }
    const dataDir = newFolder();
    const { journal } = open(dataDir);
    journal.append(SAMPLE_DAY, [toRow({ ...toRecord(row(1)), id: 'x\ud800y', body: '\ud800' })]);
    expect([...journal.read()].map(({ id, bodyJson }) => [id, bodyJson])).toEqual([['x\ufffdy', '"\\ud800"']]);
    journal.close();
  });

  it('JRN3 the checksum changes with every field', () => {
    const base = row(7);
    const crc = rowCrc(SAMPLE_DAY, base);
    for (const [name, value] of Object.entries(base)) {
      const changed = { ...base, [name]: typeof value === 'number' ? value + 1 : `${value}x` } as JournalRow;
      expect(rowCrc(SAMPLE_DAY, changed), name).not.toBe(crc);
    }
    expect(rowCrc('2026-03-03', base)).not.toBe(crc);
  });
});

describe('journal database', () => {
  it('SCH1 the views show orders, trades and decisions as the kernel writes them; JRN5 labels as causes lead nowhere', () => {
    const dataDir = newFolder();
    const { journal } = open(dataDir);
    const make = (seq: number, kind: JournalKind, id: string, cause: string, body: unknown): JournalRow =>
      row(seq, { kind, id, cause, symbol: 'IBM', bodyJson: JSON.stringify(body) });
    journal.append(SAMPLE_DAY, [
      make(1, 'signal', 'g1', 'trend', { n: 1 }),
      make(2, 'decision', 'g1', 'trend', { code: 'fired', gate: 'cost', value: 2, limit: 1 }),
      make(3, 'position', 't1', 'g1', {}),
      make(4, 'intent', 'o1', 't1', { side: 'buy', quantity: 100, limit: 50_000_000 }),
      make(5, 'order', 'o1', 't1', { state: 'working', filled: 0, limit: 50_000_000, quantity: 100 }),
      make(6, 'order', 'o1', 't1', { state: 'filled', filled: 100, limit: 50_010_000, quantity: 100 }),
      make(7, 'order', 'o1', 't1', { refused: {}, state: 'filled' }),
      make(8, 'fill', 'e1', 'o1', { side: 'buy', quantity: 100, price: 50_010_000 }),
      make(9, 'decision', 't1', 'take-profit', { exit: 'take-profit', bid: 51, held: 100 }),
      make(10, 'trade', 't1', 'g1', {
        strategy: 'trend',
        shares: 100,
        net: 98_000_000,
        result: 'win',
        exitReason: 'take-profit',
      }),
    ]);
    expect(journal.chain('e1').map(({ id }) => id)).toEqual(['e1', 'o1', 't1', 'g1']);
    const tool = new DatabaseSync(file(dataDir), { readOnly: true });
    const all = (view: string, columns: string): unknown => tool.prepare(`SELECT ${columns} FROM ${view}`).all();
    expect(all('orders', 'seq, order_id, state, side, filled, limit_price')).toEqual([
      { seq: 6, order_id: 'o1', state: 'filled', side: 'buy', filled: 100, limit_price: 50.01 },
    ]);
    expect(all('trades', 'trade_id, signal_id, shares, net, result')).toEqual([
      { trade_id: 't1', signal_id: 'g1', shares: 100, net: 98, result: 'win' },
    ]);
    expect(all('decisions', 'signal_id, code, threshold')).toEqual([{ signal_id: 'g1', code: 'fired', threshold: 1 }]);
    expect(all('exits', 'trade_id, reason, held')).toEqual([{ trade_id: 't1', reason: 'take-profit', held: 100 }]);
    tool.close();
    journal.close();
  });

  it('JRN1 JRN4 JRN5 commits groups, reads by every key, walks causes, and takes a repeat once', () => {
    const dataDir = newFolder();
    const { journal, report } = open(dataDir);
    expect(report.state).toBe('new');
    expect(journal.append(SAMPLE_DAY, rows(1, 500))).toEqual({ ok: true, appended: 500, repeated: 0, conflicts: [] });
    expect(journal.append('2026-03-03', rows(1, 20)).ok).toBe(true);
    expect(journal.append(SAMPLE_DAY, [row(499), row(500, { bodyJson: '1' }), row(501)])).toEqual({
      ok: true,
      appended: 1,
      repeated: 2,
      conflicts: [500],
    });
    expect(journal.lastSeq(SAMPLE_DAY)).toBe(501);
    expect([...journal.read({ day: SAMPLE_DAY })]).toEqual(rows(1, 501).map((r) => ({ day: SAMPLE_DAY, ...r })));
    expect([...journal.read({ day: SAMPLE_DAY, fromSeq: 10, toSeq: 12 })].map(({ seq }) => seq)).toEqual([10, 11, 12]);
    expect([...journal.read({ kind: 'intent' })].length).toBe(84 + 4);
    expect([...journal.read({ id: 'fill-3' })].map(({ day }) => day)).toEqual([SAMPLE_DAY, '2026-03-03']);
    expect(
      journal
        .chain('fill-9')
        .map(({ id }) => id)
        .slice(0, 3),
    ).toEqual(['fill-9', 'order-8', 'intent-7']);
    expect(journal.days()).toEqual([
      { day: SAMPLE_DAY, records: 501, lastSeq: 501 },
      { day: '2026-03-03', records: 20, lastSeq: 20 },
    ]);
    // Beside the writer, with its changes seen as they are committed.
    const reader = openJournalReader(dataDir);
    expect(reader?.lastSeq(SAMPLE_DAY)).toBe(501);
    journal.append(SAMPLE_DAY, [row(502)]);
    expect(reader?.lastSeq(SAMPLE_DAY)).toBe(502);
    reader?.close();
    const tool = new DatabaseSync(file(dataDir), { readOnly: true });
    expect(
      tool
        .prepare(`SELECT order_id, limit_price, quantity, utc FROM intents WHERE day = ? AND seq = 1`)
        .get(SAMPLE_DAY),
    ).toEqual({ order_id: 'intent-1', limit_price: 12.34, quantity: 100, utc: '2026-03-02 14:30:00.000' });
    for (const view of ['orders', 'fills', 'trades', 'decisions', 'intents'])
      expect(tool.prepare(`SELECT count(*) AS n FROM ${view}`).get()?.n).toBeGreaterThan(80);
    tool.close();
    journal.close();
    expect(open(dataDir).report.state).toBe('clean');
  });

  it('SCH2 SCH3 a database of version 1 becomes a current one with its rows; a newer one is refused and left alone', () => {
    const dataDir = newFolder();
    fs.mkdirSync(path.join(dataDir, 'journal'));
    const old = new DatabaseSync(file(dataDir));
    // As version 1 wrote it; not taken from the code, which may change.
    old.exec(`CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE records (position INTEGER PRIMARY KEY, day TEXT NOT NULL, seq INTEGER NOT NULL, input_no INTEGER NOT NULL, at_us INTEGER NOT NULL,
        kind TEXT NOT NULL, id TEXT NOT NULL, cause TEXT NOT NULL, symbol TEXT NOT NULL, body TEXT NOT NULL, crc INTEGER NOT NULL);
      CREATE UNIQUE INDEX records_by_day_seq ON records (day, seq);
      CREATE INDEX records_by_kind ON records (kind, day, seq);
      CREATE INDEX records_by_id ON records (id);
      INSERT INTO meta VALUES ('schema_version', '1');
      PRAGMA user_version = 1`);
    const insert = old.prepare(
      'INSERT INTO records (day, seq, input_no, at_us, kind, id, cause, symbol, body, crc) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    );
    for (const r of rows(1, 30))
      insert.run(
        SAMPLE_DAY,
        r.seq,
        r.inputNo,
        r.atUs,
        r.kind,
        r.id,
        r.cause,
        r.symbol,
        r.bodyJson,
        rowCrc(SAMPLE_DAY, r),
      );
    old.close();
    const { journal, report } = open(dataDir);
    expect(report.migratedFrom).toBe(1);
    expect([...journal.read()].length).toBe(30);
    expect(journal.append(SAMPLE_DAY, [row(31)]).ok).toBe(true);
    journal.close();
    const newer = new DatabaseSync(file(dataDir));
    expect(newer.prepare('PRAGMA user_version').get()).toEqual({ user_version: SCHEMA_VERSION });
    newer.exec(`PRAGMA user_version = 99; UPDATE meta SET value = '99' WHERE key = 'schema_version'`);
    newer.close();
    const before = fs.readFileSync(file(dataDir));
    const refused = openJournal({ dataDir, nowUs: () => 0 });
    expect(refused.ok ? '' : refused.code).toBe('newer-version');
    expect(fs.readFileSync(file(dataDir)).equals(before)).toBe(true);
  });

  it('GRP5 a full disk: the group is refused whole, and taken when there is room', () => {
    const dataDir = newFolder();
    const { journal } = open(dataDir, 40);
    let seq = 0;
    let result = journal.append(SAMPLE_DAY, rows(1, 10));
    for (seq = 10; result.ok && seq < 5000; seq += 10) result = journal.append(SAMPLE_DAY, rows(seq + 1, seq + 10));
    expect(result.ok ? '' : result.code).toBe('disk-full');
    expect(journal.lastSeq(SAMPLE_DAY)).toBe(seq - 10);
    expect(journal.gaps(SAMPLE_DAY)).toEqual([]);
    journal.close();
    const roomy = open(dataDir).journal;
    expect(roomy.append(SAMPLE_DAY, rows(seq - 9, seq + 10)).ok).toBe(true);
    expect([...roomy.read()].length).toBe(seq + 10);
    roomy.close();
  });
});

interface Fixture {
  readonly main: Buffer;
  readonly log: Buffer | null;
  readonly mark: Buffer;
}

/** What a killed Drover leaves: 400 rows, of which the log holds a part (or all is in the file). */
function fixture(withLog: boolean): Fixture {
  const dataDir = newFolder();
  const { journal } = open(dataDir);
  journal.append(SAMPLE_DAY, rows(1, 250));
  tidyJournal(dataDir);
  journal.append(SAMPLE_DAY, rows(251, 330));
  journal.append(SAMPLE_DAY, rows(331, 400));
  if (!withLog) journal.close();
  const read = (suffix: string): Buffer => fs.readFileSync(file(dataDir) + suffix);
  const made = {
    main: read(''),
    log: withLog ? read('-wal') : null,
    mark: fs.readFileSync(path.join(dataDir, 'journal', 'committed')),
  };
  if (withLog) journal.close();
  return made;
}

function lay(dataDir: string, { main, log, mark }: Fixture): void {
  fs.mkdirSync(path.join(dataDir, 'journal'), { recursive: true });
  fs.writeFileSync(file(dataDir), main);
  if (log !== null) fs.writeFileSync(`${file(dataDir)}-wal`, log);
  fs.writeFileSync(path.join(dataDir, 'journal', 'committed'), mark);
}

/** Opens what is left of 400 rows: every row is right, or missing and reported; and the journal works on. */
function checkSurvivors(dataDir: string, where: string): { present: number; report: JournalOpenReport } {
  const { journal, report } = open(dataDir);
  const found = new Map([...journal.read({ day: SAMPLE_DAY })].map((r) => [r.seq, r]));
  expect(journal.damagedRows, where).toEqual([]);
  for (let seq = 1; seq <= 400; seq++) {
    const stored = found.get(seq);
    if (stored !== undefined) expect(stored, where).toEqual({ day: SAMPLE_DAY, ...row(seq) });
    else
      expect(
        report.lost.some(({ fromSeq, toSeq }) => seq >= fromSeq && seq <= toSeq),
        `${where}: loss of ${seq} is reported`,
      ).toBe(true);
  }
  expect(journal.append(SAMPLE_DAY, [row(401)]).ok, where).toBe(true);
  journal.close();
  // No salvage a second time.
  const again = open(dataDir);
  expect(again.report.state, where).toBe('clean');
  again.journal.close();
  return { present: found.size, report };
}

describe('damaged journal', () => {
  it('JRN6 an intact crash leaves nothing lost, and a lost log is noticed', () => {
    const dataDir = newFolder();
    const made = fixture(true);
    lay(dataDir, made);
    const { present, report } = checkSurvivors(dataDir, 'intact');
    expect([present, report.state]).toEqual([400, 'recovered']);
    const second = newFolder();
    lay(second, { ...made, log: null });
    const after = checkSurvivors(second, 'no log');
    expect(after.report.lost).toEqual([{ day: SAMPLE_DAY, fromSeq: 251, toSeq: 400 }]);
    expect(after.report.keptAside).not.toBeNull();
  });

  it('SLV1 SLV2 a flipped byte in the database or its log loses at most a page of rows, said so, never the journal', () => {
    const rng = createRng(31);
    let salvaged = 0;
    let lostRows = 0;
    for (let k = 0; k < 40; k++) {
      const made = (fixtures[k % 2] ??= fixture(k % 2 === 1));
      const target = made.log !== null && k % 4 === 1 ? 'log' : 'main';
      const bytes = Buffer.from(target === 'log' ? (made.log as Buffer) : made.main);
      const at = k < 12 ? rng.below(200) : rng.below(bytes.length);
      bytes[at] = (bytes[at] as number) ^ (1 << rng.below(8));
      const dataDir = newFolder();
      lay(dataDir, { ...made, [target]: bytes });
      const { present, report } = checkSurvivors(dataDir, `${target} byte ${at} of ${bytes.length}`);
      if (report.state === 'salvaged') salvaged++;
      lostRows += 400 - present;
      expect(400 - present, `${target} byte ${at}`).toBeLessThan(60);
    }
    expect(salvaged).toBeGreaterThan(10);
    expect(lostRows).toBeGreaterThan(0);
  });

  it('SLV3 a truncated, emptied, overwritten or deleted database ends in a working journal and a right report', () => {
    const made = (fixtures[0] ??= fixture(false));
    const rng = createRng(8);
    for (let k = 0; k < 14; k++) {
      const dataDir = newFolder();
      const cut = k === 0 ? 0 : k === 1 ? 50 : rng.below(made.main.length);
      lay(dataDir, { ...made, main: made.main.subarray(0, cut) });
      if (k === 2) fs.writeFileSync(file(dataDir), Buffer.alloc(5000, 'not a database '));
      if (k === 3) fs.rmSync(file(dataDir));
      const { report } = checkSurvivors(dataDir, `cut at ${cut}`);
      expect(report.lost.length).toBeGreaterThan(0);
    }
  });
});

const fixtures: Fixture[] = [];
