/** What the user chose for the wall: its grid and the pinned symbols. Kept in the browser's own storage. */
export interface WallSettings {
  readonly columns: number;
  readonly rows: number;
  readonly pinned: readonly string[];
}

export const WALL_DEFAULT: WallSettings = { columns: 3, rows: 8, pinned: [] };
export const GRID_CHOICES: readonly (readonly [number, number])[] = [
  [2, 2],
  [3, 2],
  [3, 3],
  [4, 3],
  [3, 6],
  [3, 8],
  [4, 8],
  [4, 12],
];
const MOST = 12;
const PINNED_MOST = 48;

/** Takes each part that is what it should be. */
export function readWallSettings(text: string | null): WallSettings {
  try {
    const given = JSON.parse(text ?? '{}') as Partial<Record<keyof WallSettings, unknown>> | null;
    const count = (value: unknown, otherwise: number): number =>
      Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MOST ? (value as number) : otherwise;
    const pinned = Array.isArray(given?.pinned) ? given.pinned.filter((name) => typeof name === 'string') : [];
    return {
      columns: count(given?.columns, WALL_DEFAULT.columns),
      rows: count(given?.rows, WALL_DEFAULT.rows),
      pinned: pinned.slice(0, PINNED_MOST) as string[],
    };
  } catch {
    return WALL_DEFAULT;
  }
}

export function togglePin(pinned: readonly string[], symbol: string): readonly string[] {
  return pinned.includes(symbol) ? pinned.filter((name) => name !== symbol) : [...pinned, symbol].slice(-PINNED_MOST);
}
