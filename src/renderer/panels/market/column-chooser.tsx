/** Chooses the columns of the market grid. Untouched, the grid shows as many as fit. */
import { Columns3 } from 'lucide-react';
import { MARKET_COLUMNS } from '../../grids/market-columns.ts';
import { Popover } from '../../app/popover.tsx';

interface ColumnChooserProps {
  readonly chosen: readonly string[] | null;
  /** What stands there now. */
  readonly shown: readonly string[];
  readonly onChange: (columns: readonly string[] | null) => void;
}

export function ColumnChooser({ chosen, shown, onChange }: ColumnChooserProps) {
  const toggle = (id: string): void => {
    onChange(shown.includes(id) ? shown.filter((other) => other !== id) : inOrder([...shown, id]));
  };
  return (
    <Popover label="Columns" icon={<Columns3 size={14} aria-hidden="true" />}>
      <div className="chooser" role="group" aria-label="Columns">
        <label className="check">
          <input
            type="checkbox"
            checked={chosen === null}
            onChange={(event) => onChange(event.target.checked ? null : shown)}
          />
          <span>As many as fit</span>
        </label>
        <hr />
        {MARKET_COLUMNS.map((column) => (
          <label key={column.id} className="check" title={column.explain}>
            <input
              type="checkbox"
              disabled={column.id === 'symbol'}
              checked={shown.includes(column.id)}
              onChange={() => toggle(column.id)}
            />
            <span>{column.label}</span>
          </label>
        ))}
      </div>
    </Popover>
  );
}

/** A column joins where it belongs, unless the user has moved columns about: then at the end. */
function inOrder(ids: readonly string[]): readonly string[] {
  const places = new Map(MARKET_COLUMNS.map(({ id }, place) => [id, place]));
  const place = (id: string): number => places.get(id) ?? MARKET_COLUMNS.length;
  const before = ids.slice(0, -1);
  const isSorted = before.every((id, i) => i === 0 || place(before[i - 1] as string) < place(id));
  return isSorted ? ids.toSorted((a, b) => place(a) - place(b)) : ids;
}
