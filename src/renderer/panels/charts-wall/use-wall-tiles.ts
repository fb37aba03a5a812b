/** The tiles of the wall, kept by what the engine tells of positions, near misses and scanner hits. */
import { useEffect, useState } from 'react';
import type { NearMissRow, PositionRow, ScannerItem } from '#protocol';
import { scannerText } from '../scanner/scanner-words.ts';
import { useServices } from '../../app/services.ts';
import { arrangeWall, type WallCandidate, type WallTile } from './wall-order.ts';

const EVERY_MS = 1_000;
const SCANNER_KEEP = 60;

export interface WallView {
  readonly tiles: readonly WallTile[];
  /** Open positions by symbol; several strategies may hold one symbol. */
  readonly held: ReadonlyMap<string, readonly PositionRow[]>;
}

export function useWallTiles(places: number, pinned: readonly string[], isWanted: boolean): WallView {
  const { link } = useServices();
  const [view, setView] = useState<WallView>({ tiles: [], held: new Map() });
  useEffect(() => {
    if (!isWanted) return;
    let positions: readonly PositionRow[] = [];
    let misses: readonly NearMissRow[] = [];
    let hits: readonly ScannerItem[] = [];
    const arrange = (): void =>
      setView((before) => {
        const candidates: WallCandidate[] = [
          ...positions.map(({ symbol, strategy }) => ({ symbol, reason: 'held' as const, text: strategy })),
          ...pinned.map((symbol) => ({ symbol, reason: 'pinned' as const, text: 'pinned' })),
          ...misses.map(({ symbol, strategy, failed, gates }) => ({
            symbol,
            reason: 'near miss' as const,
            text: `${strategy}, ${failed} of ${gates} fail`,
          })),
          ...hits
            .toReversed()
            .map(({ symbol, text }) => ({ symbol, reason: 'scanner' as const, text: scannerText(text) })),
        ];
        const tiles = arrangeWall(before.tiles, candidates, places, Date.now());
        const held = Map.groupBy(positions, ({ symbol }) => symbol);
        return { tiles, held };
      });
    const leave = [
      link.value<readonly PositionRow[]>('positions', (value) => {
        const had = positions.length;
        positions = value;
        // A new position must not wait for the next second.
        if (had !== value.length) arrange();
        else setView((before) => ({ ...before, held: Map.groupBy(value, ({ symbol }) => symbol) }));
      }),
      link.value<readonly NearMissRow[]>('near-misses', (value) => {
        misses = value;
      }),
      link.events<ScannerItem>('scanner', {
        items: (items, _first, isSnapshot) => {
          hits = [...(isSnapshot ? [] : hits), ...items].slice(-SCANNER_KEEP);
        },
      }),
    ];
    arrange();
    const timer = setInterval(arrange, EVERY_MS);
    return () => {
      clearInterval(timer);
      for (const leaveTopic of leave) leaveTopic();
    };
  }, [link, places, pinned, isWanted]);
  return view;
}
