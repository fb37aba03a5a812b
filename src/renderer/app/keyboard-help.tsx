/** Every key this window knows. */
import { useEffect, useRef } from 'react';

const KEYS: readonly (readonly [keys: string, does: string])[] = [
  ['Ctrl K', 'Commands and symbols'],
  ['Ctrl F', 'Filter the market'],
  ['A to Z', 'In the grid: jump to the symbol that starts so'],
  ['Up, Down', 'In the grid: previous, next symbol'],
  ['Page Up, Page Down', 'In the grid: a screen up, down'],
  ['Ctrl Home, Ctrl End', 'In the grid: first, last symbol'],
  ['Enter', 'In the grid: open the symbol page'],
  ['Ctrl D', 'In the grid: on or off the active watch list'],
  ['Ctrl C, Ctrl Shift C', 'In the grid: copy the figure, the row'],
  ['Menu, Shift F10', 'In the grid: what can be done with the symbol'],
  ['Alt Up, Alt Down', 'In a watch list: move the symbol; Delete takes it off'],
  ['P', 'In the console: pause and go on'],
  ['Enter on a heading', 'Sort by that column; again turns it round'],
  ['Escape', 'Close what is open; in the filter: clear it'],
  ['?', 'This help'],
];

export function KeyboardHelp({ onClose }: { readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      className="sheet help"
      aria-label="Keyboard help"
      onClose={onClose}
      onClick={(event) => event.target === event.currentTarget && onClose()}
    >
      <h2>Keys</h2>
      <dl>
        {KEYS.map(([keys, does]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit" className="button">
          Close
        </button>
      </form>
    </dialog>
  );
}
