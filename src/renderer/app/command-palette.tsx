/** The command palette: symbols and commands by typing. Arrow keys choose, Enter does, Escape leaves. */
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useStore } from 'zustand';
import type { PositionRow } from '#protocol';
import { resultText } from '../format/money.ts';
import { timeText } from '../format/time.ts';
import { useSeenTopic } from '../parts/seen-topic.ts';
import { matchScore, matchSymbols, type AppCommand } from './commands.ts';
import { useServices } from './services.ts';

const SYMBOLS_MOST = 8;
const TRADES_MOST = 6;

interface Entry {
  readonly id: string;
  readonly title: string;
  readonly hint: string;
  readonly keys?: string | undefined;
  readonly isSymbol: boolean;
  readonly run: () => void;
}

interface CommandPaletteProps {
  readonly commands: readonly AppCommand[];
  readonly onClose: () => void;
}

/** Open trades, then those closed today, newest first; asked for only while the palette is open. */
function useTradeEntries(): readonly Entry[] {
  const { closedTrades, trades } = useServices();
  const positions = useSeenTopic<readonly PositionRow[]>('positions', true);
  const closed = useStore(closedTrades, (state) => state.trades);
  useEffect(() => closedTrades.watch(), [closedTrades]);
  return useMemo(() => {
    const entry = (tradeId: string, symbol: string, hint: string): Entry => ({
      id: `trade.${tradeId}`,
      title: `Trade ${symbol} ${tradeId}`,
      hint,
      isSymbol: false,
      run: () => trades.pick(tradeId),
    });
    return [
      ...(positions ?? []).map((row) => entry(row.tradeId, row.symbol, `open, ${resultText(row.pnlNet)} net`)),
      ...closed.map((row) =>
        entry(row.tradeId, row.symbol, `closed ${timeText(row.closedUs, 'second')}, ${resultText(row.pnlNet)} net`),
      ),
    ];
  }, [positions, closed, trades]);
}

export function CommandPalette({ commands, onClose }: CommandPaletteProps) {
  const { market, symbols, panels } = useServices();
  const trades = useTradeEntries();
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const dialog = useRef<HTMLDialogElement>(null);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);

  const entries = useMemo((): readonly Entry[] => {
    const found = matchSymbols(market.mirror.names, query, SYMBOLS_MOST);
    const scored = commands
      .map((command) => ({ command, score: matchScore(`${command.title} ${command.hint}`, query) }))
      .filter(({ score }) => score > 0);
    scored.sort((a, b) => b.score - a.score);
    return [
      ...found.map((name) => ({
        id: `symbol.${name}`,
        title: name,
        hint: 'Opens the symbol page',
        isSymbol: true,
        run: () => {
          symbols.pick(name);
          panels.open('symbol');
        },
      })),
      ...(query.trim() === '' ? [] : trades.filter(({ title }) => matchScore(title, query) > 0).slice(0, TRADES_MOST)),
      ...scored.map(({ command }) => ({ ...command, isSymbol: false })),
    ];
  }, [commands, market, query, symbols, panels, trades]);
  const chosen = Math.min(at, entries.length - 1);
  useEffect(() => {
    list.current?.children[chosen]?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);

  const run = (entry: Entry | undefined): void => {
    if (!entry) return;
    onClose();
    // After the dialog is gone, so that a command may take the focus.
    setTimeout(entry.run, 0);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown') setAt((chosen + 1) % Math.max(1, entries.length));
    else if (event.key === 'ArrowUp') setAt((chosen - 1 + entries.length) % Math.max(1, entries.length));
    else if (event.key === 'Enter') run(entries[chosen]);
    else return;
    event.preventDefault();
  };
  return (
    <dialog
      ref={dialog}
      className="sheet palette"
      data-testid="palette"
      aria-label="Commands and symbols"
      onClose={onClose}
      onClick={(event) => event.target === event.currentTarget && onClose()}
    >
      <input
        autoFocus
        className="palette-input"
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={entries[chosen] ? `palette-${chosen}` : undefined}
        aria-label="Symbol or command"
        placeholder="Symbol or command"
        spellCheck={false}
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div ref={list} id="palette-list" className="palette-list" role="listbox" aria-label="Matches">
        {entries.map((entry, index) => (
          <div
            key={entry.id}
            id={`palette-${index}`}
            role="option"
            aria-selected={index === chosen}
            className="palette-entry"
            data-symbol={entry.isSymbol || undefined}
            onPointerMove={() => setAt(index)}
            onClick={() => run(entry)}
          >
            <span>{entry.title}</span>
            <span className="quiet">{entry.hint}</span>
            {entry.keys && <kbd>{entry.keys}</kbd>}
          </div>
        ))}
        {entries.length === 0 && <p className="palette-none">No symbol and no command matches “{query}”.</p>}
      </div>
    </dialog>
  );
}
