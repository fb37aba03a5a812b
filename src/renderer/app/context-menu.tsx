/** A menu at the pointer or at the focused cell. Arrows choose, Enter does, Escape or a press elsewhere closes. */
import {
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
} from 'react';
import { createPortal } from 'react-dom';
import './context-menu.css';

export interface MenuEntry {
  readonly label: string;
  readonly keys?: string;
  /** Present: the entry is a switch and shows its state. */
  readonly isChecked?: boolean;
  /** A line above it. */
  readonly isGroupStart?: boolean;
  readonly run: () => void;
}

interface Opened {
  readonly x: number;
  readonly y: number;
  readonly label: string;
  readonly entries: readonly MenuEntry[];
}

/** What to render, and how to open it on a contextmenu event. */
export function useContextMenu(): readonly [
  ReactNode,
  (event: MouseEvent, label: string, entries: readonly MenuEntry[]) => void,
] {
  const [opened, setOpened] = useState<Opened>();
  const open = (event: MouseEvent, label: string, entries: readonly MenuEntry[]): void => {
    event.preventDefault();
    // From the keyboard there is no pointer: the menu opens at what has the focus.
    const isKeyboard = event.clientX === 0 && event.clientY === 0;
    const box = (event.target as HTMLElement).getBoundingClientRect();
    setOpened({
      x: isKeyboard ? box.left : event.clientX,
      y: isKeyboard ? box.bottom : event.clientY,
      label,
      entries,
    });
  };
  const menu = opened && <Menu {...opened} onClose={() => setOpened(undefined)} />;
  return [menu, open];
}

function Menu({ x, y, label, entries, onClose }: Opened & { readonly onClose: () => void }) {
  const host = useRef<HTMLDivElement>(null);
  const [before] = useState(() => document.activeElement);
  useLayoutEffect(() => {
    const element = host.current;
    if (!element) return;
    const { width, height } = element.getBoundingClientRect();
    element.style.left = `${Math.max(4, Math.min(x, window.innerWidth - width - 4))}px`;
    element.style.top = `${Math.max(4, Math.min(y, window.innerHeight - height - 4))}px`;
    element.querySelector('button')?.focus();
  }, [x, y]);
  useEffect(() => {
    const onPointer = (event: PointerEvent): void => {
      if (!host.current?.contains(event.target as Node)) onClose();
    };
    window.addEventListener('pointerdown', onPointer, true);
    window.addEventListener('blur', onClose);
    return () => {
      window.removeEventListener('pointerdown', onPointer, true);
      window.removeEventListener('blur', onClose);
    };
  }, [onClose]);
  const close = (): void => {
    onClose();
    if (before instanceof HTMLElement) before.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    event.stopPropagation();
    const buttons = [...(host.current?.querySelectorAll('button') ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    if (event.key === 'Escape' || event.key === 'Tab') close();
    else if (event.key === 'ArrowDown') buttons[(at + 1) % buttons.length]?.focus();
    else if (event.key === 'ArrowUp') buttons[(at - 1 + buttons.length) % buttons.length]?.focus();
    else if (event.key === 'Home') buttons[0]?.focus();
    else if (event.key === 'End') buttons.at(-1)?.focus();
    else return;
    event.preventDefault();
  };
  return createPortal(
    <div ref={host} className="sheet context-menu" role="menu" aria-label={label} onKeyDown={onKeyDown}>
      {entries.map((entry) => (
        <button
          key={entry.label}
          type="button"
          role={entry.isChecked === undefined ? 'menuitem' : 'menuitemcheckbox'}
          aria-checked={entry.isChecked}
          data-group={entry.isGroupStart || undefined}
          tabIndex={-1}
          onClick={() => {
            close();
            entry.run();
          }}
        >
          <span className="menu-check" aria-hidden="true">
            {entry.isChecked === true ? '✓' : ''}
          </span>
          <span>{entry.label}</span>
          {entry.keys && <kbd>{entry.keys}</kbd>}
        </button>
      ))}
    </div>,
    document.body,
  );
}
