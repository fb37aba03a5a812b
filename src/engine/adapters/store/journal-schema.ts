/**
 * The tables of journal/drover.sqlite and how older files become current ones. Migrations go forward only, each in a
 * transaction of its own; a file from a newer Drover is refused, never touched (docs/specs/journal.md, SCH1..).
 */
import type { DatabaseSyncInstance } from '@photostructure/sqlite';

/** "Drvr", so that `file` and SQLite tools can tell whose database this is. */
export const APPLICATION_ID = 0x44727672;
export const SCHEMA_VERSION = 2;

const V1 = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE records (
    position INTEGER PRIMARY KEY,
    day TEXT NOT NULL,
    seq INTEGER NOT NULL,
    input_no INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    cause TEXT NOT NULL,
    symbol TEXT NOT NULL,
    body TEXT NOT NULL,
    crc INTEGER NOT NULL
  );
  CREATE UNIQUE INDEX records_by_day_seq ON records (day, seq);
  CREATE INDEX records_by_kind ON records (kind, day, seq);
  CREATE INDEX records_by_id ON records (id);
`;

const MICROS = (path: string): string => `(body ->> '${path}') / 1000000.0`;
const TIME = `strftime('%Y-%m-%d %H:%M:%f', at_us / 1000000.0, 'unixepoch')`;

const V2 = `
  CREATE INDEX records_by_cause ON records (cause) WHERE cause <> '';
  CREATE INDEX records_by_symbol ON records (symbol, day, seq) WHERE symbol <> '';
  CREATE TABLE repairs (at_us INTEGER NOT NULL, what TEXT NOT NULL, detail TEXT NOT NULL);
  CREATE VIEW intents AS
    SELECT day, seq, ${TIME} AS utc, id AS order_id, cause, symbol,
      body ->> '$.side' AS side, body ->> '$.quantity' AS quantity, ${MICROS('$.limit')} AS limit_price, body
    FROM records WHERE kind = 'intent';
  CREATE VIEW orders AS
    SELECT latest.day, latest.seq, ${TIME.replace('at_us', 'latest.at_us')} AS utc, latest.id AS order_id, latest.cause, latest.symbol,
      latest.body ->> '$.state' AS state, intent.body ->> '$.side' AS side, latest.body ->> '$.quantity' AS quantity,
      latest.body ->> '$.filled' AS filled, (latest.body ->> '$.limit') / 1000000.0 AS limit_price, latest.body
    FROM (SELECT day, id, max(seq) AS seq FROM records WHERE kind = 'order' AND body ->> '$.refused' IS NULL GROUP BY day, id) AS newest
    JOIN records AS latest ON latest.day = newest.day AND latest.seq = newest.seq
    LEFT JOIN records AS intent ON intent.day = latest.day AND intent.id = latest.id AND intent.kind = 'intent';
  CREATE VIEW fills AS
    SELECT day, seq, ${TIME} AS utc, id AS execution_id, cause AS order_id, symbol,
      body ->> '$.side' AS side, body ->> '$.quantity' AS quantity, ${MICROS('$.price')} AS price, body
    FROM records WHERE kind = 'fill';
  CREATE VIEW trades AS
    SELECT day, seq, ${TIME} AS utc, id AS trade_id, cause AS signal_id, symbol, body ->> '$.strategy' AS strategy,
      body ->> '$.shares' AS shares, ${MICROS('$.averageBuy')} AS average_buy, ${MICROS('$.averageSell')} AS average_sell,
      ${MICROS('$.gross')} AS gross, ${MICROS('$.charges')} AS charges, ${MICROS('$.net')} AS net,
      body ->> '$.result' AS result, body ->> '$.exitReason' AS exit_reason, body
    FROM records WHERE kind = 'trade' AND body ->> '$.notEntered' IS NULL;
  CREATE VIEW decisions AS
    SELECT day, seq, ${TIME} AS utc, id AS signal_id, cause AS strategy, symbol, body ->> '$.code' AS code,
      body ->> '$.gate' AS gate, body ->> '$.value' AS value, body ->> '$.limit' AS threshold, body
    FROM records WHERE kind = 'decision' AND body ->> '$.exit' IS NULL;
  CREATE VIEW exits AS
    SELECT day, seq, ${TIME} AS utc, id AS trade_id, symbol, body ->> '$.exit' AS reason, body ->> '$.held' AS held,
      body ->> '$.bid' AS bid, body ->> '$.ask' AS ask, body ->> '$.last' AS last, body
    FROM records WHERE kind = 'decision' AND body ->> '$.exit' IS NOT NULL;
`;

/** MIGRATIONS[v] turns a file of version v into one of version v + 1; 0 is an empty file. */
export const MIGRATIONS: readonly string[] = [V1, V2];

export type SchemaResult =
  | { readonly ok: true; readonly from: number }
  | { readonly ok: false; readonly version: number };

/** Brings the database to the current schema. Not ok: it was written by a newer Drover. */
export function migrate(db: DatabaseSyncInstance, target: number = SCHEMA_VERSION): SchemaResult {
  const from = readVersion(db);
  if (from > SCHEMA_VERSION) return { ok: false, version: from };
  for (let version = from; version < target; version++) {
    db.exec('BEGIN IMMEDIATE');
    try {
      db.exec(MIGRATIONS[version] as string);
      db.exec(`PRAGMA user_version = ${version + 1}`);
      db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
      db.prepare(
        'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
      ).run('schema_version', String(version + 1));
      db.exec('COMMIT');
    } catch (error) {
      db.exec('ROLLBACK');
      throw error;
    }
  }
  return { ok: true, from };
}

export function readVersion(db: DatabaseSyncInstance): number {
  const row = db.prepare('PRAGMA user_version').get() as { readonly user_version: number };
  return row.user_version;
}
