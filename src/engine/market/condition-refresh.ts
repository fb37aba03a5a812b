/**
 * Takes the feed's own condition list (`/v3/reference/conditions`) into the condition table: its answers win over ours, its
 * unknown ids are added, what we add to the meaning (marks, Form T outside of the regular session) is kept.
 */
import type { ConditionTable, TradeCondition } from './condition-table.ts';

/** One row of the feed; nothing in it is trusted. */
export interface ConditionRow {
  readonly id?: unknown;
  readonly name?: unknown;
  readonly type?: unknown;
  readonly data_types?: unknown;
  readonly update_rules?: unknown;
}

export interface ConditionRefresh {
  readonly table: ConditionTable;
  /** Ids whose answers differ from the table's, and ids that were not there. */
  readonly changed: readonly number[];
  readonly added: readonly number[];
  readonly ignored: number;
}

/** `refreshedOn` is the date of the answer, 'YYYY-MM-DD'. */
export function mergeConditions(
  table: ConditionTable,
  rows: readonly ConditionRow[],
  refreshedOn: string,
): ConditionRefresh {
  const trades = new Map(table.trades.map((condition) => [condition.id, condition]));
  const changed: number[] = [];
  const added: number[] = [];
  let ignored = 0;
  for (const row of rows) {
    if (!isTradeRow(row)) continue;
    const rules = consolidatedRules(row.update_rules);
    if (
      typeof row.id !== 'number' ||
      !Number.isSafeInteger(row.id) ||
      row.id < 0 ||
      row.id > 65_535 ||
      rules === undefined
    ) {
      ignored++;
      continue;
    }
    const known = trades.get(row.id);
    const name = typeof row.name === 'string' ? row.name : (known?.name ?? `condition ${row.id}`);
    const next: TradeCondition = { ...known, id: row.id, name, ...rules };
    if (known === undefined) added.push(row.id);
    else if (known.highLow !== next.highLow || known.openClose !== next.openClose || known.volume !== next.volume)
      changed.push(row.id);
    trades.set(row.id, next);
  }
  const isAnswered = rows.length > ignored && (changed.length > 0 || added.length > 0 || rows.some(isTradeRow));
  return {
    table: {
      ...table,
      source: isAnswered ? `${table.source.split('; refreshed')[0]}; refreshed from the feed` : table.source,
      updated: isAnswered ? refreshedOn : table.updated,
      trades: [...trades.values()].toSorted((a, b) => a.id - b.id),
    },
    changed,
    added,
    ignored,
  };
}

/** Ids are reused between vocabularies: only rows about trades, and of those only the ones with update rules. */
function isTradeRow(row: ConditionRow): boolean {
  return (
    Array.isArray(row.data_types) &&
    row.data_types.includes('trade') &&
    row.update_rules !== undefined &&
    row.update_rules !== null
  );
}

function consolidatedRules(rules: unknown): Pick<TradeCondition, 'highLow' | 'openClose' | 'volume'> | undefined {
  if (typeof rules !== 'object' || rules === null || !('consolidated' in rules)) return undefined;
  const answers = rules.consolidated;
  if (typeof answers !== 'object' || answers === null) return undefined;
  const {
    updates_high_low: highLow,
    updates_open_close: openClose,
    updates_volume: volume,
  } = answers as Record<string, unknown>;
  if (typeof highLow !== 'boolean' || typeof openClose !== 'boolean' || typeof volume !== 'boolean') return undefined;
  return { highLow, openClose, volume };
}
