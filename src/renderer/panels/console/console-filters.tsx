/** What the console shows: by text, severity, kind, symbol and strategy. Choices are what was seen in the lines. */
import { ListFilter, X } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { ConsoleItem, Severity } from '#protocol';
import { Popover } from '../../app/popover.tsx';
import type { EventList } from '../../stores/event-list.ts';
import { matcher, NO_FILTER, type ConsoleFilter } from './console-view.ts';

const LEVELS: readonly { readonly value: Severity; readonly label: string }[] = [
  { value: 'debug', label: 'All' },
  { value: 'info', label: 'Info and up' },
  { value: 'notice', label: 'Notice and up' },
  { value: 'warn', label: 'Warnings and up' },
  { value: 'danger', label: 'Danger only' },
];
/** Kinds the engine uses, in the order of a trade's life; others that were seen come after. */
const KINDS = [
  'signal',
  'decision',
  'order',
  'fill',
  'exit',
  'trade',
  'risk',
  'halt',
  'feed',
  'gap',
  'store',
  'command',
];

interface ConsoleFiltersProps {
  readonly list: EventList<ConsoleItem>;
  readonly filter: ConsoleFilter;
  readonly onChange: (filter: ConsoleFilter) => void;
}

export function ConsoleFilters({ list, filter, onChange }: ConsoleFiltersProps) {
  const set = (change: Partial<ConsoleFilter>): void => onChange({ ...filter, ...change });
  const [strategies, setStrategies] = useState<readonly string[]>([]);
  const count = filter.kinds.length;
  return (
    <>
      <input
        className="text-input"
        value={filter.text}
        placeholder="Find in the console"
        aria-label="Find in the console"
        spellCheck={false}
        onChange={(event) => set({ text: event.target.value })}
      />
      <select
        className="text-input"
        value={filter.level}
        aria-label="Least severity shown"
        onChange={(event) => set({ level: event.target.value as Severity })}
      >
        {LEVELS.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      <Popover label={count === 0 ? 'Kinds' : `${count} kinds`} icon={<ListFilter size={13} aria-hidden="true" />}>
        <KindChooser list={list} kinds={filter.kinds} onChange={(kinds) => set({ kinds })} />
      </Popover>
      <input
        className="text-input console-symbol-filter"
        value={filter.symbol}
        placeholder="Symbol"
        aria-label="Only this symbol"
        spellCheck={false}
        onChange={(event) => set({ symbol: event.target.value.toUpperCase() })}
      />
      <select
        className="text-input"
        value={filter.strategy}
        aria-label="Only this strategy"
        onFocus={() => setStrategies(seen(list, ({ strategy }) => strategy))}
        onChange={(event) => set({ strategy: event.target.value })}
      >
        <option value="">All strategies</option>
        {[...new Set([...strategies, ...(filter.strategy === '' ? [] : [filter.strategy])])].map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
      {matcher(filter) !== undefined && (
        <button
          type="button"
          className="icon-button"
          aria-label="Clear all filters"
          onClick={() => onChange(NO_FILTER)}
        >
          <X size={13} aria-hidden="true" />
        </button>
      )}
    </>
  );
}

interface KindChooserProps {
  readonly list: EventList<ConsoleItem>;
  readonly kinds: readonly string[];
  readonly onChange: (kinds: readonly string[]) => void;
}

function KindChooser({ list, kinds, onChange }: KindChooserProps) {
  const choices = useMemo(() => [...new Set([...KINDS, ...seen(list, ({ kind }) => kind)])], [list]);
  return (
    <div className="chooser" role="group" aria-label="Kinds">
      <label className="check">
        <input type="checkbox" checked={kinds.length === 0} onChange={() => onChange([])} />
        <span>All kinds</span>
      </label>
      <hr />
      {choices.map((kind) => (
        <label key={kind} className="check">
          <input
            type="checkbox"
            checked={kinds.includes(kind)}
            onChange={(event) =>
              onChange(event.target.checked ? [...kinds, kind] : kinds.filter((other) => other !== kind))
            }
          />
          <span>{kind}</span>
        </label>
      ))}
    </div>
  );
}

/** Every value that was seen, in alphabetical order. Goes over all lines: only for a moment's choice, not while they flow. */
function seen(list: EventList<ConsoleItem>, read: (item: ConsoleItem) => string | undefined): readonly string[] {
  const found = new Set<string>();
  for (let index = 0; index < list.length; index++) {
    const value = read(list.at(index) as ConsoleItem);
    if (value !== undefined && value !== '') found.add(value);
  }
  return [...found].toSorted();
}
