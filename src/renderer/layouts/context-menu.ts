/** A context menu at a place of the page: arrow keys choose, Enter does, Escape or a click elsewhere leaves. */
import './context-menu.css';

export interface MenuEntry {
  readonly label: string;
  readonly run: () => void;
  readonly keys?: string;
  /** Given for one of several choices. */
  readonly isChosen?: boolean;
  /** A line above it. */
  readonly isFirst?: boolean;
}

export function showContextMenu(at: { readonly x: number; readonly y: number }, entries: readonly MenuEntry[]): void {
  const before = document.activeElement;
  const menu = document.createElement('div');
  menu.className = 'sheet context-menu';
  menu.setAttribute('role', 'menu');
  menu.dataset['testid'] = 'context-menu';
  const items = entries.map((entry) => itemOf(entry));
  const close = (): void => {
    if (!menu.isConnected) return;
    menu.remove();
    window.removeEventListener('pointerdown', onOutside, true);
    window.removeEventListener('blur', close);
    if (before instanceof HTMLElement) before.focus();
  };
  const onOutside = (event: PointerEvent): void => {
    if (!menu.contains(event.target as Node)) close();
  };
  const move = (step: number): void => {
    const now = items.indexOf(document.activeElement as HTMLButtonElement);
    items[(now + step + items.length) % items.length]?.focus();
  };
  menu.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown') move(1);
    else if (event.key === 'ArrowUp') move(-1);
    else if (event.key === 'Home') items[0]?.focus();
    else if (event.key === 'End') items.at(-1)?.focus();
    else if (event.key === 'Escape' || event.key === 'Tab') close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  for (const [index, item] of items.entries()) {
    const entry = entries[index] as MenuEntry;
    if (entry.isFirst === true && index > 0) menu.append(document.createElement('hr'));
    item.addEventListener('click', () => {
      close();
      entry.run();
    });
    menu.append(item);
  }
  document.body.append(menu);
  menu.style.left = `${Math.max(0, Math.min(at.x, innerWidth - menu.offsetWidth - 4))}px`;
  menu.style.top = `${Math.max(0, Math.min(at.y, innerHeight - menu.offsetHeight - 4))}px`;
  window.addEventListener('pointerdown', onOutside, true);
  window.addEventListener('blur', close);
  items[0]?.focus();
}

function itemOf({ label, keys, isChosen }: MenuEntry): HTMLButtonElement {
  const item = document.createElement('button');
  item.type = 'button';
  item.tabIndex = -1;
  item.setAttribute('role', isChosen === undefined ? 'menuitem' : 'menuitemradio');
  if (isChosen !== undefined) item.setAttribute('aria-checked', String(isChosen));
  item.append(Object.assign(document.createElement('span'), { textContent: label }));
  if (keys !== undefined) item.append(Object.assign(document.createElement('kbd'), { textContent: keys }));
  return item;
}
