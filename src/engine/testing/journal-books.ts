/** What a journal says was bought, sold and decided, read the plain way: for tests that compare it with what an engine shows. */
import { openJournalReader } from '../adapters/store/journal-sqlite.ts';

export interface JournalBooks {
  /** Shares by symbol; symbols without any are left out. */
  readonly held: Readonly<Record<string, number>>;
  /** Shares of purchases that were decided and are not over. */
  readonly coming: Readonly<Record<string, number>>;
  /** Micro-dollars that came in, less those that went out and commissions. */
  readonly flow: number;
  /** Orders that were decided, by the recording they are in. */
  readonly intents: readonly { readonly day: string; readonly id: string }[];
  /** Symbols of executions, by id. */
  readonly executions: ReadonlyMap<string, string>;
  /** Kinds of all records. */
  readonly kinds: readonly string[];
}

/** Books of the real desk of run `run`, over all recordings in the folder or those of one `day`. */
export function readBooks(dataDir: string, run: string, day?: string): JournalBooks {
  const journal = openJournalReader(dataDir);
  const fills = new Map<string, { symbol: string; shares: number; value: number }>();
  const open = new Map<string, { symbol: string; shares: number }>();
  const intents: { day: string; id: string }[] = [];
  const kinds: string[] = [];
  for (const row of journal?.read(day === undefined ? {} : { day }) ?? []) {
    kinds.push(row.kind);
    if (row.kind === 'intent') {
      intents.push({ day: row.day, id: row.id });
      const { side, quantity } = JSON.parse(row.bodyJson) as { side: string; quantity: number };
      if (side === 'buy') open.set(row.id, { symbol: row.symbol, shares: quantity });
    } else if (row.kind === 'order') {
      const { state } = JSON.parse(row.bodyJson) as { state: string };
      if (/^(filled|cancelled|rejected|expired)$/.test(state)) open.delete(row.id);
    } else if (row.kind === 'fill' && row.cause.startsWith(`${run}-`)) {
      const fill = JSON.parse(row.bodyJson) as { side: string; quantity: number; price: number; commission?: number };
      const sign = fill.side === 'buy' ? 1 : -1;
      const value = -sign * fill.quantity * fill.price - (fill.commission ?? 0);
      fills.set(row.id, { symbol: row.symbol, shares: sign * fill.quantity, value });
    }
  }
  journal?.close();
  const values = [...fills.values()];
  return {
    held: bySymbol(values),
    coming: bySymbol([...open.values()]),
    flow: values.reduce((sum, { value }) => sum + value, 0),
    intents,
    executions: new Map([...fills].map(([id, { symbol }]) => [id, symbol])),
    kinds,
  };
}

function bySymbol(list: readonly { readonly symbol: string; readonly shares: number }[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { symbol, shares } of list) sums[symbol] = (sums[symbol] ?? 0) + shares;
  return Object.fromEntries(Object.entries(sums).filter(([, shares]) => shares !== 0));
}
