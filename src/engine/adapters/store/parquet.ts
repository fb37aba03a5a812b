/**
 * Days as Parquet, through DuckDB: trades, quotes and bands from the tape, tick bars built from the same tape, and the
 * journal's records. Rows pass through DuckDB's own file in the output folder, so that memory stays bounded; every output
 * file appears under its name only when it is complete.
 */
import fs from 'node:fs';
import path from 'node:path';
import type { DuckDBConnection, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { DOUBLE, DuckDBDataChunk, DuckDBInstance, INTEGER, VARCHAR } from '@duckdb/node-api';

export type ColumnKind = 'number' | 'integer' | 'text' | 'time';
export type TableColumns = Readonly<Record<string, ColumnKind>>;
export type Cell = number | string | null;

const CHUNK_ROWS = 2048;
const TYPES: Readonly<Record<ColumnKind, DuckDBType>> = {
  number: DOUBLE,
  integer: INTEGER,
  text: VARCHAR,
  time: DOUBLE,
};
const SQL_TYPES: Readonly<Record<ColumnKind, string>> = {
  number: 'DOUBLE',
  integer: 'INTEGER',
  text: 'VARCHAR',
  time: 'DOUBLE',
};

/** Rows of one table on their way to a Parquet file. `time` cells are epoch microseconds and become timestamps. */
export class ParquetTable {
  readonly name: string;
  rows = 0;
  readonly #columns: readonly [string, ColumnKind][];
  readonly #cells: Cell[][];
  readonly #appendChunk: (chunk: DuckDBDataChunk) => void;

  constructor(name: string, columns: TableColumns, appendChunk: (chunk: DuckDBDataChunk) => void) {
    this.name = name;
    this.#columns = Object.entries(columns);
    this.#cells = this.#columns.map(() => []);
    this.#appendChunk = appendChunk;
  }

  /** One cell a column, in the order of the columns. */
  add(...row: readonly Cell[]): void {
    for (let c = 0; c < this.#cells.length; c++) (this.#cells[c] as Cell[]).push(row[c] ?? null);
    this.rows++;
    if ((this.#cells[0] as Cell[]).length === CHUNK_ROWS) this.flush();
  }

  flush(): void {
    const count = (this.#cells[0] as Cell[]).length;
    if (count === 0) return;
    const chunk = DuckDBDataChunk.create(
      this.#columns.map(([, kind]) => TYPES[kind]),
      count,
    );
    this.#cells.forEach((cells, c) => {
      chunk.setColumnValues(c, cells as DuckDBValue[]);
      cells.length = 0;
    });
    this.#appendChunk(chunk);
  }

  selectSql(): string {
    const columns = this.#columns.map(([name, kind]) =>
      kind === 'time' ? `make_timestamp(CAST("${name}" AS BIGINT)) AS "${name}"` : `"${name}"`,
    );
    return `SELECT ${columns.join(', ')} FROM "${this.name}"`;
  }

  createSql(): string {
    return `CREATE TABLE "${this.name}" (${this.#columns.map(([name, kind]) => `"${name}" ${SQL_TYPES[kind]}`).join(', ')})`;
  }
}

export interface ParquetFile {
  readonly name: string;
  readonly file: string;
  readonly rows: number;
  readonly bytes: number;
}

/** A set of tables that become Parquet files in one folder. */
export class ParquetExport {
  readonly #folder: string;
  readonly #scratch: string;
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #tables: { readonly table: ParquetTable; readonly finish: () => void }[] = [];

  constructor(folder: string, scratch: string, instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#folder = folder;
    this.#scratch = scratch;
    this.#instance = instance;
    this.#connection = connection;
  }

  static async open(folder: string): Promise<ParquetExport> {
    fs.mkdirSync(folder, { recursive: true });
    const scratch = fs.mkdtempSync(path.join(folder, '.export-'));
    const instance = await DuckDBInstance.create(path.join(scratch, 'rows.duckdb'), {
      memory_limit: '1GB',
      threads: '2',
      preserve_insertion_order: 'true',
    });
    return new ParquetExport(folder, scratch, instance, await instance.connect());
  }

  async table(name: string, columns: TableColumns): Promise<ParquetTable> {
    const shape = new ParquetTable(name, columns, () => undefined);
    await this.#connection.run(shape.createSql());
    const appender = await this.#connection.createAppender(name);
    const table = new ParquetTable(name, columns, (chunk) => appender.appendDataChunk(chunk));
    const finish = (): void => {
      table.flush();
      appender.closeSync();
    };
    this.#tables.push({ table, finish });
    return table;
  }

  /** Writes NAME.parquet for every table; an empty table becomes an empty file with its columns. */
  async write(): Promise<ParquetFile[]> {
    const written: ParquetFile[] = [];
    for (const { table, finish } of this.#tables) {
      finish();
      const file = path.join(this.#folder, `${table.name}.parquet`);
      const temporary = path.join(this.#scratch, `${table.name}.parquet`);
      await this.#connection.run(
        `COPY (${table.selectSql()}) TO '${temporary.replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION zstd)`,
      );
      fs.renameSync(temporary, file);
      written.push({ name: table.name, file, rows: table.rows, bytes: fs.statSync(file).size });
    }
    return written;
  }

  /** Removes the scratch file. */
  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
    fs.rmSync(this.#scratch, { recursive: true, force: true });
  }
}

/** Runs one SQL statement over Parquet files and gives rows as plain objects; for tests and tools. */
export async function queryParquet(sql: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(':memory:');
  try {
    const connection = await instance.connect();
    try {
      return (await connection.runAndReadAll(sql)).getRowObjectsJS();
    } finally {
      connection.closeSync();
    }
  } finally {
    instance.closeSync();
  }
}
