/** Chooses the columns of the market grid. Untouched, the grid shows as many as fit. */
import { Columns3 } from 'lucide-react';
import { MARKET_COLUMNS } from '../../grids/market-columns.ts';
import { Popover } from '../../app/popover.tsx';

interface ColumnChooserProps {
  readonly chosen: readonly string[] | null;
  readonly onChange: (columns: readonly string[] | null) => void;
}

export function ColumnChooser({ chosen, onChange }: ColumnChooserProps) {
  const isShown = (id: string): boolean => chosen?.includes(id) ?? true;
  const toggle = (id: string): void => {
    const now = chosen ?? MARKET_COLUMNS.map((column) => column.id);
    onChange(now.includes(id) ? now.filter((other) => other !== id) : [...now, id]);
  };
  return (
    <Popover label="Columns" icon={<Columns3 size={14} aria-hidden="true" />}>
      <div className="chooser" role="group" aria-label="Columns">
        <label className="check">
          <input type="checkbox" checked={chosen === null} onChange={(event) => onChange(event.target.checked ? null : MARKET_COLUMNS.map((column) => column.id))} />
          <span>As many as fit</span>
        </label>
        <hr />
        {MARKET_COLUMNS.map((column) => (
          <label key={column.id} className="check" title={column.explain}>
            <input type="checkbox" disabled={column.id === 'symbol'} checked={column.id === 'symbol' || isShown(column.id)} onChange={() => toggle(column.id)} />
            <span>{column.label}</span>
          </label>
        ))}
      </div>
    </Popover>
  );
}
