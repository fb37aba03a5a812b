/**
 * The journal on disk: one SQLite database for all days, journal/drover.sqlite, in write-ahead mode with a sync at every
 * commit, readable with any SQLite tool while Drover writes. Every row has a checksum. A database that is damaged is put
 * aside and its readable rows are carried into a fresh one (docs/specs/journal.md).
 *
 * A full disk is a result, not an error: nothing of the group was written, and the caller keeps it and tries again.
 */
import path from 'node:path';
import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite';
import { DatabaseSync } from '@photostructure/sqlite';
import type { JournalRow } from '../../journal/journal-record.ts';
import { rowCrc } from '../../journal/journal-record.ts';
import type { EpochUs } from '../../model/units.ts';
import type { JournalKind } from '../../ports/journal.ts';
import type { FileSystem } from './file-system.ts';
import { errorText, isDiskFull, nodeFileSystem, readWhole } from './file-system.ts';
import type { FoundRow } from './journal-pages.ts';
import { findRows, PAGE_BYTES } from './journal-pages.ts';
import { migrate, readVersion, SCHEMA_VERSION } from './journal-schema.ts';
import { readWatermark, Watermark } from './journal-watermark.ts';

export const JOURNAL_FILE = 'drover.sqlite';
/** Up to this size every row is checked when the journal is opened after a crash; beyond it, the latest day. */
const FULL_CHECK_BYTES = 256 * 1024 * 1024;

export interface JournalOptions {
  readonly dataDir: string;
  readonly nowUs: () => EpochUs;
  readonly files?: FileSystem;
  /** Pages that the database may have; for tests of a full disk. */
  readonly pagesMax?: number;
}

/** What opening found and did. `lost` lists sequence numbers known to have existed and not found again. */
export interface JournalOpenReport {
  readonly state: 'new' | 'clean' | 'recovered' | 'salvaged';
  readonly migratedFrom: number | null;
  readonly problem: string;
  readonly keptAside: string | null;
  readonly salvagedRows: number;
  readonly lost: readonly { readonly day: string; readonly fromSeq: number; readonly toSeq: number }[];
}

export type JournalOpenResult =
  | { readonly ok: true; readonly journal: Journal; readonly report: JournalOpenReport }
  | { readonly ok: false; readonly code: 'newer-version' | 'disk-full' | 'io-error'; readonly message: string };

export type AppendResult =
  | { readonly ok: true; readonly appended: number; readonly repeated: number; readonly conflicts: readonly number[] }
  | { readonly ok: false; readonly code: 'disk-full' | 'io-error'; readonly message: string };

export interface StoredRow extends JournalRow {
  readonly day: string;
}

export interface JournalQuery {
  readonly day?: string;
  readonly fromSeq?: number;
  readonly toSeq?: number;
  readonly kind?: JournalKind;
  readonly id?: string;
  readonly cause?: string;
  readonly symbol?: string;
  readonly limit?: number;
}

interface Raw extends Record<string, unknown> {
  readonly day: string;
  readonly seq: number;
  readonly input_no: number;
  readonly at_us: number;
  readonly kind: string;
  readonly id: string;
  readonly cause: string;
  readonly symbol: string;
  readonly body: string;
  readonly crc: number;
}

/**
 * The log is made so long before it is needed: a sync of what overwrites a file is several times as quick as one of what
 * makes it longer, because the file system's own books need not be written. In idle moments `tidyJournal` empties it, and it
 * is written from its beginning again.
 */
const LOG_BYTES = 32 << 20;
const LOG_STEP_BYTES = 1 << 20;

const COLUMNS = 'day, seq, input_no, at_us, kind, id, cause, symbol, body, crc';

export class Journal {
  readonly file: string;
  readonly #db: DatabaseSyncInstance;
  readonly #insert: StatementSyncInstance;
  readonly #crcOf: StatementSyncInstance;
  readonly #watermark: Watermark | null;
  readonly #files: FileSystem | null;
  #isLogGrown: boolean;
  /** Rows read whose checksum was wrong; they are never handed out. */
  readonly damagedRows: { readonly day: string; readonly seq: number }[] = [];
  commits = 0;

  /** `grower` when the log may be made longer ahead of use. */
  constructor(db: DatabaseSyncInstance, file: string, watermark: Watermark | null, grower: FileSystem | null = null) {
    this.#db = db;
    this.file = file;
    this.#watermark = watermark;
    this.#files = grower;
    this.#isLogGrown = grower === null;
    this.#insert = db.prepare(
      `INSERT INTO records (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (day, seq) DO NOTHING`,
    );
    this.#crcOf = db.prepare('SELECT crc FROM records WHERE day = ? AND seq = ?');
  }

  /**
   * Commits the rows as one group, all or none; when it returns ok they survive a power cut. A row that is there already
   * is left alone; `conflicts` names those that are there with other content.
   */
  append(day: string, rows: readonly JournalRow[]): AppendResult {
    let repeated = 0;
    const conflicts: number[] = [];
    try {
      this.#db.exec('BEGIN IMMEDIATE');
      for (const row of rows) {
        const crc = rowCrc(day, row);
        const { changes } = this.#insert.run(
          day,
          row.seq,
          row.inputNo,
          row.atUs,
          row.kind,
          row.id,
          row.cause,
          row.symbol,
          row.bodyJson,
          crc,
        );
        if (changes !== 0) continue;
        repeated++;
        if ((this.#crcOf.get(day, row.seq) as { readonly crc: number } | undefined)?.crc !== crc)
          conflicts.push(row.seq);
      }
      this.#db.exec('COMMIT');
    } catch (error) {
      this.#rollback();
      return { ok: false, code: isDiskFull(error) ? 'disk-full' : 'io-error', message: errorText(error) };
    }
    this.commits++;
    const last = rows.at(-1);
    if (last !== undefined) this.#watermark?.set(day, last.seq);
    return { ok: true, appended: rows.length - repeated, repeated, conflicts };
  }

  /** Highest sequence of the day, 0 when it has none. */
  lastSeq(day: string): number {
    const row = this.#db.prepare('SELECT max(seq) AS seq FROM records WHERE day = ?').get(day) as {
      readonly seq: number | null;
    };
    return row.seq ?? 0;
  }

  /** Rows in order of day and sequence. Rows with a wrong checksum are left out and listed in `damagedRows`. */
  *read(query: JournalQuery = {}): Generator<StoredRow> {
    const { where, values } = conditionsOf(query);
    const sql = `SELECT ${COLUMNS} FROM records ${where} ORDER BY day, seq${query.limit === undefined ? '' : ` LIMIT ${Math.floor(query.limit)}`}`;
    for (const raw of this.#db.prepare(sql).iterate(...values)) {
      const row = toStored(raw as Raw);
      if (row === null) this.damagedRows.push({ day: (raw as Raw).day, seq: (raw as Raw).seq });
      else yield row;
    }
  }

  /**
   * The records that led to `id`, one of each id, from `id` back to the root. Of several records of an id that is taken
   * whose cause is itself in the journal, the latest of them; a label as cause leads nowhere.
   */
  chain(id: string): StoredRow[] {
    const chain: StoredRow[] = [];
    const seen = new Set<string>();
    const latest = this.#db.prepare(
      `SELECT ${COLUMNS} FROM records AS own WHERE id = ?
        ORDER BY (cause <> id AND EXISTS (SELECT 1 FROM records WHERE id = own.cause)) DESC, day DESC, seq DESC LIMIT 1`,
    );
    for (let next = id; next !== '' && !seen.has(next);) {
      seen.add(next);
      const raw = latest.get(next) as Raw | undefined;
      const row = raw === undefined ? null : toStored(raw);
      if (row === null) break;
      chain.push(row);
      next = row.cause;
    }
    return chain;
  }

  /** Days in the journal with their row counts, oldest first. */
  days(): { readonly day: string; readonly records: number; readonly lastSeq: number }[] {
    const sql = 'SELECT day, count(*) AS records, max(seq) AS lastSeq FROM records GROUP BY day ORDER BY day';
    return this.#db.prepare(sql).all() as { day: string; records: number; lastSeq: number }[];
  }

  /** Missing sequence numbers of a day, as ranges. */
  gaps(day: string): { readonly fromSeq: number; readonly toSeq: number }[] {
    const sql = `SELECT seq, lag(seq, 1, 0) OVER (ORDER BY seq) AS before FROM records WHERE day = ?`;
    const rows = this.#db
      .prepare(`SELECT before + 1 AS fromSeq, seq - 1 AS toSeq FROM (${sql}) WHERE seq <> before + 1`)
      .all(day);
    return rows as { fromSeq: number; toSeq: number }[];
  }

  /** Removes a whole day, for retention. Space is given back to the file, not to the disk. */
  removeDay(day: string): void {
    this.#db.prepare('DELETE FROM records WHERE day = ?').run(day);
  }

  /** The size at which the database counts as full, in pages. */
  limitPages(pages: number): void {
    this.#db.exec(`PRAGMA max_page_count = ${Math.floor(pages)}`);
  }

  noteRepair(atUs: EpochUs, what: string, detail: unknown): void {
    this.#db
      .prepare('INSERT INTO repairs (at_us, what, detail) VALUES (?, ?, ?)')
      .run(atUs, what, JSON.stringify(detail));
  }

  repairs(): { readonly at_us: number; readonly what: string; readonly detail: string }[] {
    return this.#db.prepare('SELECT at_us, what, detail FROM repairs ORDER BY rowid').all() as never;
  }

  /** Makes the write-ahead log a step longer, with zeros, which SQLite reads as its end. False when it is long enough. */
  growLog(): boolean {
    if (this.#isLogGrown || this.#files === null) return false;
    const file = `${this.file}-wal`;
    try {
      const size = this.#files.fileSize(file);
      if (size === null || size >= LOG_BYTES) {
        this.#isLogGrown = size !== null;
        return false;
      }
      const fd = this.#files.open(file, 'r+');
      try {
        this.#files.write(fd, new Uint8Array(Math.min(LOG_STEP_BYTES, LOG_BYTES - size)), size);
        this.#files.sync(fd);
      } finally {
        this.#files.close(fd);
      }
      return true;
    } catch {
      // No room, or not allowed: commits are slower, nothing else.
      this.#isLogGrown = true;
      return false;
    }
  }

  /** Moves the log into the database file, as far as readers allow. */
  #emptyLog(): void {
    try {
      this.#db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // Nothing is lost: the log stays as long as it is needed.
    }
  }

  close(): void {
    try {
      this.#db
        .prepare(`INSERT INTO meta (key, value) VALUES ('clean', '1') ON CONFLICT (key) DO UPDATE SET value = '1'`)
        .run();
    } catch {
      // A full disk: the next start checks more than it needed to.
    }
    // Not left to closing: the binding keeps the connection half open while any statement is alive.
    this.#emptyLog();
    this.#db.close();
    this.#watermark?.close();
  }

  #rollback(): void {
    try {
      this.#db.exec('ROLLBACK');
    } catch {
      // SQLite has rolled back by itself.
    }
  }
}

/** Opens the journal for writing: checks it, repairs it, brings it to the current schema. Never throws for bad files. */
export function openJournal(options: JournalOptions): JournalOpenResult {
  const files = options.files ?? nodeFileSystem;
  const folder = path.join(options.dataDir, 'journal');
  const file = path.join(folder, JOURNAL_FILE);
  try {
    files.makeFolder(folder);
    const before = files.fileSize(file);
    const isNew = before === null || before === 0;
    const promised = readWatermark(files, folder);
    const looked = isNew && promised.size === 0 ? { problem: '' } : inspect(file, files, promised);
    if (looked.newer !== undefined) return newerVersion(file, looked.newer);
    const aside = looked.problem === '' ? null : putAside(files, folder, options.nowUs());
    const { db, from } = openDatabase(file, options.pagesMax);
    const grower = options.pagesMax === undefined ? files : null;
    const journal = new Journal(db, file, new Watermark(files, folder), grower);
    const rows = aside?.rows ?? [];
    if (rows.length > 0) restore(journal, rows);
    const report: JournalOpenReport = {
      state: aside !== null ? 'salvaged' : isNew ? 'new' : looked.wasClean === true ? 'clean' : 'recovered',
      migratedFrom: aside === null && !isNew && from < readVersion(db) ? from : null,
      problem: looked.problem,
      keptAside: aside?.file ?? null,
      salvagedRows: rows.length,
      lost: aside === null ? [] : lostOf(journal, promised),
    };
    if (aside !== null) journal.noteRepair(options.nowUs(), 'salvage', report);
    db.prepare(`INSERT INTO meta (key, value) VALUES ('clean', '0') ON CONFLICT (key) DO UPDATE SET value = '0'`).run();
    return { ok: true, journal, report };
  } catch (error) {
    return { ok: false, code: isDiskFull(error) ? 'disk-full' : 'io-error', message: errorText(error) };
  }
}

/**
 * Moves the write-ahead log into the database file, as far as readers allow, over a connection of its own: the thread that
 * commits need not wait for it. To be called while a writer has the journal open, in idle moments.
 */
export function tidyJournal(dataDir: string): void {
  try {
    const db = new DatabaseSync(path.join(dataDir, 'journal', JOURNAL_FILE), { timeout: 0 });
    try {
      db.exec('PRAGMA wal_checkpoint(PASSIVE)');
    } finally {
      db.close();
    }
  } catch {
    // Nothing is lost: the log stays as long as it is needed.
  }
}

/** Opens the journal for reading only, beside a running Drover. Null when there is none. */
export function openJournalReader(dataDir: string, files: FileSystem = nodeFileSystem): Journal | null {
  const file = path.join(dataDir, 'journal', JOURNAL_FILE);
  if (files.fileSize(file) === null) return null;
  const db = new DatabaseSync(file, { readOnly: true, timeout: 2000 });
  return new Journal(db, file, null);
}

function openDatabase(
  file: string,
  pagesMax: number | undefined,
): { readonly db: DatabaseSyncInstance; readonly from: number } {
  const db = new DatabaseSync(file, { timeout: 5000 });
  db.exec(`PRAGMA page_size = ${PAGE_BYTES}`);
  db.exec('PRAGMA journal_mode = WAL');
  db.exec('PRAGMA synchronous = FULL');
  // The log is moved into the database in idle moments (`tidy`); this is only the limit beyond which it cannot wait.
  db.exec('PRAGMA wal_autocheckpoint = 16000');
  if (pagesMax !== undefined) db.exec(`PRAGMA max_page_count = ${pagesMax}`);
  const result = migrate(db);
  return { db, from: result.ok ? result.from : 0 };
}

interface Inspection {
  /** '' when the database can be trusted. */
  readonly problem: string;
  readonly newer?: number;
  readonly wasClean?: boolean;
}

/** Looks for damage before anything is written: SQLite's own check, every row's checksum, and what was promised. */
function inspect(file: string, files: FileSystem, promised: ReadonlyMap<string, number>): Inspection {
  let db: DatabaseSyncInstance | null = null;
  try {
    // For reading only: closing a writer would move the log into the file and with it lose what a bad frame hides.
    db = new DatabaseSync(file, { timeout: 5000, readOnly: true });
    const version = readVersion(db);
    if (version === 0) return { problem: 'it has no tables' };
    // Written in two places, so that a flipped bit is not taken for a newer program.
    const noted = db.prepare(`SELECT value FROM meta WHERE key = 'schema_version'`).get() as
      | { readonly value: string }
      | undefined;
    if (String(version) !== noted?.value)
      return { problem: `its version is ${version} in one place and ${noted?.value} in another` };
    if (version > SCHEMA_VERSION) return { problem: '', newer: version };
    const journal = new Journal(db, file, null);
    const clean = db.prepare(`SELECT value FROM meta WHERE key = 'clean'`).get() as
      | { readonly value: string }
      | undefined;
    const isSmall = (files.fileSize(file) ?? 0) <= FULL_CHECK_BYTES;
    const days = isSmall ? undefined : journal.days().at(-1)?.day;
    const check = db.prepare(isSmall ? 'PRAGMA integrity_check(1)' : 'PRAGMA quick_check(1)').get() as Record<
      string,
      unknown
    >;
    const verdict = String(Object.values(check)[0]);
    if (verdict !== 'ok') return { problem: verdict };
    for (const row of journal.read(days === undefined ? {} : { day: days }))
      if (row.seq < 1) return { problem: 'a row has no sequence' };
    const bad = journal.damagedRows.at(0);
    if (bad !== undefined) return { problem: `the checksum of record ${bad.seq} of ${bad.day} is wrong` };
    for (const [day, seq] of promised) {
      const last = journal.lastSeq(day);
      if (last < seq) return { problem: `record ${seq} of ${day} was committed and the last one there is ${last}` };
    }
    return { problem: '', wasClean: clean?.value === '1' };
  } catch (error) {
    if (isDiskFull(error)) throw error;
    return { problem: errorText(error) };
  } finally {
    db?.close();
  }
}

function newerVersion(file: string, version: number): JournalOpenResult {
  const message = `${file} has schema version ${version}, written by a newer Drover; update this one or choose another data folder.`;
  return { ok: false, code: 'newer-version', message };
}

/** Reads what rows can be read, then renames the database and its log, so that a fresh one takes its place. */
function putAside(
  files: FileSystem,
  folder: string,
  atUs: EpochUs,
): { readonly file: string; readonly rows: FoundRow[] } {
  const file = path.join(folder, JOURNAL_FILE);
  const empty = new Uint8Array(0);
  const found = findRows(readWhole(files, file) ?? empty, readWhole(files, `${file}-wal`) ?? empty);
  const rows = [...found.values()].sort((a, b) => a.position - b.position || a.row.seq - b.row.seq);
  let name = path.join(folder, `damaged-${Math.round(atUs / 1000)}.sqlite`);
  for (let n = 2; files.fileSize(name) !== null; n++)
    name = path.join(folder, `damaged-${Math.round(atUs / 1000)}-${n}.sqlite`);
  for (const suffix of ['-wal', '-shm', ''])
    if (files.fileSize(file + suffix) !== null) files.rename(file + suffix, name + suffix);
  files.remove(path.join(folder, 'committed'));
  files.syncFolder(folder);
  return { file: name, rows };
}

function restore(journal: Journal, rows: readonly FoundRow[]): void {
  for (let at = 0; at < rows.length;) {
    const day = (rows[at] as FoundRow).day;
    let end = at;
    while (end < rows.length && (rows[end] as FoundRow).day === day && end - at < 5000) end++;
    const result = journal.append(
      day,
      rows.slice(at, end).map(({ row }) => row),
    );
    if (!result.ok) throw new Error(result.message);
    at = end;
  }
}

function lostOf(
  journal: Journal,
  promised: ReadonlyMap<string, number>,
): { day: string; fromSeq: number; toSeq: number }[] {
  const lost: { day: string; fromSeq: number; toSeq: number }[] = [];
  for (const { day } of journal.days()) for (const gap of journal.gaps(day)) lost.push({ day, ...gap });
  for (const [day, seq] of promised) {
    const last = journal.lastSeq(day);
    if (last < seq) lost.push({ day, fromSeq: last + 1, toSeq: seq });
  }
  return lost;
}

function conditionsOf(query: JournalQuery): { readonly where: string; readonly values: (string | number)[] } {
  const parts: string[] = [];
  const values: (string | number)[] = [];
  const add = (sql: string, value: string | number | undefined): void => {
    if (value === undefined) return;
    parts.push(sql);
    values.push(value);
  };
  add('day = ?', query.day);
  add('seq >= ?', query.fromSeq);
  add('seq <= ?', query.toSeq);
  add('kind = ?', query.kind);
  add('id = ?', query.id);
  add('cause = ?', query.cause);
  add('symbol = ?', query.symbol);
  return { where: parts.length === 0 ? '' : `WHERE ${parts.join(' AND ')}`, values };
}

/** Null when the checksum is wrong. */
function toStored(raw: Raw): StoredRow | null {
  const row: StoredRow = {
    day: raw.day,
    seq: raw.seq,
    inputNo: raw.input_no,
    atUs: raw.at_us,
    kind: raw.kind as JournalKind,
    id: raw.id,
    cause: raw.cause,
    symbol: raw.symbol,
    bodyJson: raw.body,
  };
  return typeof raw.body === 'string' && rowCrc(raw.day, row) === raw.crc ? row : null;
}
