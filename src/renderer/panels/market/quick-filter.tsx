/** The quick filter box: words match symbols, conditions compare figures; a mistake is said in words under the box. */
import { Search, X } from 'lucide-react';
import { useEffect, useRef } from 'react';

interface QuickFilterProps {
  readonly value: string;
  readonly error: string;
  readonly onChange: (value: string) => void;
  /** Down arrow: on to the rows. */
  readonly onLeave: () => void;
}

const HELP =
  'Symbols by part of their name, and conditions that must all hold:\nchg>2  vol>1m  spread<10  rvol>=3  price<20  is:halted\n\nCtrl+F comes here, Down goes to the rows, Escape clears.';

export function QuickFilter({ value, error, onChange, onLeave }: QuickFilterProps) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'f' || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey)
        return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  return (
    <div className="quick-filter" data-error={error !== '' || undefined}>
      <Search size={13} aria-hidden="true" />
      <input
        ref={input}
        data-testid="quick-filter"
        value={value}
        placeholder="Filter: aapl, chg>2 vol>1m spread<10"
        title={HELP}
        aria-label="Filter symbols"
        aria-invalid={error !== ''}
        aria-describedby="quick-filter-error"
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onChange('');
          else if (event.key === 'ArrowDown') onLeave();
          else return;
          event.preventDefault();
        }}
      />
      {value !== '' && (
        <button type="button" className="icon-button" aria-label="Clear the filter" onClick={() => onChange('')}>
          <X size={13} aria-hidden="true" />
        </button>
      )}
      <div id="quick-filter-error" className="field-error" role="status">
        {error}
      </div>
    </div>
  );
}
