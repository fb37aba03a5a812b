/** The wall: who is on it, in which order, and that it keeps still. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrangeWall, LINGER_MS, type WallCandidate, type WallReason, type WallTile } from './wall-order.ts';

const want = (reason: WallReason, ...symbols: readonly string[]): WallCandidate[] =>
  symbols.map((symbol) => ({ symbol, reason, text: '' }));
const shown = (tiles: readonly WallTile[]): string => tiles.map(({ symbol }) => symbol).join(' ');

describe('the charts wall', () => {
  it('shows held, then near misses, then scanner hits, then pinned, each symbol once', () => {
    const tiles = arrangeWall(
      [],
      [...want('held', 'H'), ...want('pinned', 'P'), ...want('near miss', 'N', 'H'), ...want('scanner', 'S', 'N')],
      8,
      0,
    );
    expect(shown(tiles)).toBe('H N S P');
  });

  it('keeps its order while only the ranking of the near misses changes', () => {
    const first = arrangeWall([], want('near miss', 'A', 'B', 'C'), 8, 0);
    expect(arrangeWall(first, want('near miss', 'C', 'A', 'B'), 8, 1_000)).toBe(first);
  });

  it('lets a tile linger when its reason went, then drops it', () => {
    const first = arrangeWall([], want('near miss', 'A', 'B'), 8, 0);
    const later = arrangeWall(first, want('near miss', 'B', 'C'), 8, LINGER_MS - 1);
    expect(shown(later)).toBe('A B C');
    expect(shown(arrangeWall(later, want('near miss', 'B', 'C'), 8, LINGER_MS + 1))).toBe('B C');
  });

  it('makes room for a position at once on a full wall, and for a near miss only when one leaves', () => {
    const full = arrangeWall([], want('near miss', 'A', 'B', 'C'), 3, 0);
    expect(shown(arrangeWall(full, [...want('held', 'H'), ...want('near miss', 'A', 'B', 'C')], 3, 1_000))).toBe(
      'H A B',
    );
    expect(shown(arrangeWall(full, want('near miss', 'D', 'A', 'B', 'C'), 3, 1_000))).toBe('A B C');
  });

  it('never shows a symbol twice or more than fit, and never loses a position that fits', () => {
    const reason = fc.constantFrom<WallReason>('held', 'near miss', 'scanner', 'pinned');
    const candidate = fc.record({
      symbol: fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J'),
      reason,
      text: fc.constant(''),
    });
    fc.assert(
      fc.property(
        fc.array(fc.array(candidate, { maxLength: 10 }), { maxLength: 8 }),
        fc.integer({ min: 1, max: 6 }),
        (rounds, places) => {
          let tiles: readonly WallTile[] = [];
          rounds.forEach((candidates, i) => {
            const ordered = candidates.toSorted(
              (a, b) => (a.reason === 'held' ? 0 : 1) - (b.reason === 'held' ? 0 : 1),
            );
            tiles = arrangeWall(tiles, ordered, places, i * 7_000);
            const symbols = tiles.map(({ symbol }) => symbol);
            expect(new Set(symbols).size).toBe(symbols.length);
            expect(symbols.length).toBeLessThanOrEqual(places);
            const firm = new Set(
              ordered.filter(({ reason }) => reason === 'held' || reason === 'pinned').map(({ symbol }) => symbol),
            );
            const held = new Set(ordered.filter(({ reason }) => reason === 'held').map(({ symbol }) => symbol));
            if (firm.size <= places) for (const symbol of held) expect(symbols).toContain(symbol);
          });
        },
      ),
    );
  });
});
