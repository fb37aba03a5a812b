/**
 * Which symbols the wall shows, and where. Pure. Pinned and held ones first, then what came closest to firing, then what the
 * scanner found; a tile stays a while after its reason is gone, so that the wall does not flicker.
 */
export type WallReason = 'pinned' | 'held' | 'near miss' | 'scanner';

export interface WallCandidate {
  readonly symbol: string;
  readonly reason: WallReason;
  /** Why, in a few words, for the tile. */
  readonly text: string;
}

export interface WallTile extends WallCandidate {
  /** When its reason was last there, wall milliseconds. */
  readonly seenMs: number;
}

/** A tile whose reason went away stays this long, unless a held or pinned symbol needs its place. */
export const LINGER_MS = 20_000;

const WEIGHT: Readonly<Record<WallReason, number>> = { held: 0, 'near miss': 1, scanner: 2, pinned: 3 };

/**
 * The tiles of `places` places. Candidates come in the order of their worth; the first reason of a symbol counts. Tiles of
 * one group keep the order they have among themselves; new ones come after them.
 */
export function arrangeWall(
  before: readonly WallTile[],
  candidates: readonly WallCandidate[],
  places: number,
  nowMs: number,
): readonly WallTile[] {
  const wanted = new Map<string, WallCandidate>();
  for (const candidate of candidates) if (!wanted.has(candidate.symbol)) wanted.set(candidate.symbol, candidate);
  const kept: WallTile[] = [];
  for (const tile of before) {
    const now = wanted.get(tile.symbol);
    wanted.delete(tile.symbol);
    if (now !== undefined)
      kept.push(
        now.reason === tile.reason && now.text === tile.text && nowMs - tile.seenMs < LINGER_MS / 4
          ? tile
          : { ...now, seenMs: nowMs },
      );
    else if (isLingering(tile, nowMs))
      kept.push(tile.reason === 'held' ? { ...tile, reason: 'near miss', text: 'closed just now' } : tile);
  }
  const fresh = [...wanted.values()].map((candidate) => ({ ...candidate, seenMs: nowMs }));
  const must = fresh.filter(({ reason }) => reason === 'held' || reason === 'pinned');
  const may = fresh.filter(({ reason }) => reason !== 'held' && reason !== 'pinned');
  // What is there stays before what may come; only held and pinned ones push others out, the least worthy first.
  const all = [...must, ...kept, ...may];
  const chosen = new Set(
    all
      .map((tile, at) => ({ tile, at, worth: isFirm(tile) ? 0 : 1 }))
      .toSorted((a, b) => a.worth - b.worth || a.at - b.at)
      .slice(0, places)
      .map(({ tile }) => tile.symbol),
  );
  const tiles = [...kept, ...must, ...may].filter(({ symbol }) => chosen.has(symbol));
  const groups = tiles
    .map((tile, at) => ({ tile, at }))
    .toSorted((a, b) => WEIGHT[a.tile.reason] - WEIGHT[b.tile.reason] || a.at - b.at);
  const next = groups.map(({ tile }) => tile);
  return next.length === before.length && next.every((tile, i) => tile === before[i]) ? before : next;
}

const isFirm = ({ reason }: WallTile): boolean => reason === 'held' || reason === 'pinned';

/** An unpinned tile goes at once, as was asked; the others linger, without a right to their place. */
function isLingering(tile: WallTile, nowMs: number): boolean {
  return tile.reason !== 'pinned' && nowMs - tile.seenMs < LINGER_MS;
}
