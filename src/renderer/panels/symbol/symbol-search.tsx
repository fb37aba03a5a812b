/** Picks the symbol: type, choose with the arrows, Enter. The page and every panel that follows turn to it. */
import { useId, useRef, useState, type KeyboardEvent } from 'react';
import { matchSymbols } from '../../app/commands.ts';
import { useServices } from '../../app/services.ts';

const MOST = 8;

interface SymbolSearchProps {
  readonly symbol: string;
  readonly onPick: (symbol: string) => void;
}

export function SymbolSearch({ symbol, onPick }: SymbolSearchProps) {
  const { market } = useServices();
  const [text, setText] = useState<string>();
  const [at, setAt] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const found = text === undefined || text.trim() === '' ? [] : matchSymbols(market.mirror.names, text, MOST);
  const isOpen = text !== undefined && text.trim() !== '';
  const chosen = Math.min(at, Math.max(0, found.length - 1));
  const pick = (name: string | undefined): void => {
    if (name === undefined) return;
    setText(undefined);
    input.current?.blur();
    onPick(name);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown') setAt((chosen + 1) % Math.max(1, found.length));
    else if (event.key === 'ArrowUp') setAt((chosen - 1 + found.length) % Math.max(1, found.length));
    else if (event.key === 'Enter') pick(found[chosen]);
    else if (event.key === 'Escape') input.current?.blur();
    else return;
    event.preventDefault();
  };
  return (
    <div className="symbol-search">
      <input
        ref={input}
        className="text-input symbol-search-input"
        data-testid="symbol-search"
        role="combobox"
        aria-label="Symbol"
        aria-expanded={isOpen}
        aria-controls={id}
        aria-activedescendant={isOpen && found.length > 0 ? `${id}-${chosen}` : undefined}
        aria-autocomplete="list"
        autoComplete="off"
        spellCheck={false}
        placeholder="Symbol"
        title="The symbol of this page. Type another one, Enter shows it."
        value={text ?? symbol}
        onFocus={(event) => event.target.select()}
        onChange={(event) => {
          setText(event.target.value.toUpperCase());
          setAt(0);
        }}
        onKeyDown={onKeyDown}
        onBlur={() => setText(undefined)}
      />
      <div id={id} role="listbox" aria-label="Symbols found" className="sheet symbol-search-list" hidden={!isOpen}>
        {found.map((name, i) => (
          <div
            key={name}
            id={`${id}-${i}`}
            role="option"
            aria-selected={i === chosen}
            onPointerDown={(event) => {
              event.preventDefault();
              pick(name);
            }}
          >
            {name}
          </div>
        ))}
        {isOpen && found.length === 0 && <p>No symbol has “{text}” in its name.</p>}
      </div>
    </div>
  );
}
