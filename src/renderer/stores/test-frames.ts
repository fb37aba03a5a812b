/** Frames of the market as the engine sends them, for tests. */
import { createRowsFrame, readRowsFrame, type RowColumn, type RowsFrame } from '#protocol';

export type RowValues = Partial<Record<RowColumn, number>>;

/** Through the bytes, as over the wire. `pastUs`: the instant of a market looked back at. */
export function frameOf(
  rows: Readonly<Record<number, RowValues>>,
  snapshot = false,
  pastUs: number | null = null,
): RowsFrame {
  const numbers = Object.keys(rows).map(Number);
  const head = { snapshot, past: pastUs !== null, frame: 1, epoch: 1, atUs: pastUs ?? 5 };
  const made = createRowsFrame(numbers.length, head);
  made.rows.set(numbers);
  numbers.forEach((row, i) => {
    for (const [name, value] of Object.entries(rows[row] as RowValues)) made.columns[name as RowColumn][i] = value;
  });
  return readRowsFrame(made.bytes) as RowsFrame;
}
