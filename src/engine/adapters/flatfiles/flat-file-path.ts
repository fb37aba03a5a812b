/** Where the vendor's layout keeps the files of a day. */
import path from 'node:path';

export type FlatFileKind = 'trades' | 'quotes';

/** DIR/us_stocks_sip/{trades_v1,quotes_v1}/YYYY/MM/YYYY-MM-DD.csv.gz */
export function flatFilePath(dir: string, kind: FlatFileKind, day: string): string {
  return path.join(dir, 'us_stocks_sip', `${kind}_v1`, day.slice(0, 4), day.slice(5, 7), `${day}.csv.gz`);
}
