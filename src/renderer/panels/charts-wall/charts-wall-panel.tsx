/** The charts wall: small tick charts of what is held, what nearly fired, what the scanner found, and what is pinned. */
import { LayoutGrid, Rows3 } from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useServices } from '../../app/services.ts';
import type { PanelDefinition } from '../panel.ts';
import { useInSight } from '../symbol/use-symbol-value.ts';
import { GRID_CHOICES, readWallSettings, togglePin, type WallSettings } from './wall-settings.ts';
import { WallTileView } from './wall-tile.tsx';
import { useWallTiles } from './use-wall-tiles.ts';
import '../symbol/symbol-panel.css';
import './charts-wall.css';

export const chartsWallPanel: PanelDefinition = {
  kind: 'charts-wall',
  title: 'Charts wall',
  explain: 'A grid of small tick charts: open positions, near misses, scanner hits, pinned ones',
  icon: LayoutGrid,
  component: ChartsWallPanel,
};

const KEY = 'drover.charts-wall';
const NO_POSITIONS: readonly never[] = [];

function useWallSettings(): readonly [WallSettings, (change: Partial<WallSettings>) => void] {
  const [settings, setSettings] = useState(() => {
    try {
      return readWallSettings(localStorage.getItem(KEY));
    } catch {
      return readWallSettings(null);
    }
  });
  useEffect(() => {
    try {
      localStorage.setItem(KEY, JSON.stringify(settings));
    } catch {
      // A private window: the choice lasts as long as the panel.
    }
  }, [settings]);
  const change = useCallback((part: Partial<WallSettings>) => setSettings((before) => ({ ...before, ...part })), []);
  return [settings, change];
}

function ChartsWallPanel() {
  const { symbols } = useServices();
  const [settings, change] = useWallSettings();
  const { columns, rows, pinned } = settings;
  const host = useRef<HTMLElement>(null);
  const isInSight = useInSight(host);
  const { tiles, held } = useWallTiles(columns * rows, pinned, isInSight);
  const pins = useMemo(() => new Set(pinned), [pinned]);
  const onPin = useCallback((symbol: string) => change({ pinned: togglePin(pinned, symbol) }), [change, pinned]);
  const onOpen = useCallback((symbol: string) => symbols.open(symbol), [symbols]);
  const count = (reason: string): number => tiles.filter((tile) => tile.reason === reason).length;
  return (
    <section ref={host} className="charts-wall" data-testid="charts-wall" aria-label="Charts wall">
      <div className="panel-bar">
        <span className="row-count">
          <b>{count('held')}</b> held, <b>{count('near miss')}</b> near misses, <b>{count('scanner')}</b> from the
          scanner, <b>{count('pinned')}</b> pinned
        </span>
        <span className="bar-space" />
        <label className="wall-grid-choice" title="Columns and rows of the wall">
          <Rows3 size={13} aria-hidden="true" />
          <select
            className="text-input"
            aria-label="Columns and rows"
            value={`${columns} × ${rows}`}
            onChange={(event) => {
              const choice = GRID_CHOICES.find(([c, r]) => `${c} × ${r}` === event.target.value);
              if (choice) change({ columns: choice[0], rows: choice[1] });
            }}
          >
            {GRID_CHOICES.map(([c, r]) => (
              <option key={`${c} ${r}`}>{`${c} × ${r}`}</option>
            ))}
          </select>
        </label>
      </div>
      <div className="wall-scroll">
        {tiles.length === 0 ? (
          <div className="empty">
            <h2>Nothing to watch yet</h2>
            <p>
              Open positions appear here first, then symbols that came close to firing, then what the scanner found. Pin
              a symbol to keep it here. Turn automatic trading on to have positions.
            </p>
          </div>
        ) : (
          <div
            className="wall-grid"
            style={{
              gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
              gridAutoRows: `max(150px, calc((100% - ${rows - 1}px) / ${rows}))`,
            }}
          >
            {tiles.map((tile) => (
              <WallTileView
                key={tile.symbol}
                tile={tile}
                positions={held.get(tile.symbol) ?? NO_POSITIONS}
                isPinned={pins.has(tile.symbol)}
                onPin={onPin}
                onOpen={onOpen}
              />
            ))}
          </div>
        )}
      </div>
    </section>
  );
}
