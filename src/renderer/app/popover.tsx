/** A button that opens a small sheet under itself. Escape or a click elsewhere closes it and gives focus back. */
import { useEffect, useId, useLayoutEffect, useRef, useState, type ReactNode } from 'react';

/** Between button and sheet, and sheet and edge of the window. */
const MARGIN_PX = 8;

interface PopoverProps {
  readonly label: string;
  readonly icon: ReactNode;
  readonly children: ReactNode;
}

export function Popover({ label, icon, children }: PopoverProps) {
  const [isOpen, setOpen] = useState(false);
  const host = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const sheet = useRef<HTMLDivElement>(null);
  const id = useId();
  // Under the button, over it where there is more room, and never longer than the room there is.
  useLayoutEffect(() => {
    const box = button.current?.getBoundingClientRect();
    const element = sheet.current;
    if (!isOpen || !box || !element) return;
    const below = window.innerHeight - box.bottom - MARGIN_PX;
    const above = box.top - MARGIN_PX;
    const isAbove = element.scrollHeight > below && above > below;
    element.dataset['side'] = isAbove ? 'above' : 'below';
    element.style.maxHeight = `${Math.floor(isAbove ? above : below)}px`;
  }, [isOpen]);
  useEffect(() => {
    if (!isOpen) return;
    const onPointer = (event: PointerEvent): void => {
      if (!host.current?.contains(event.target as Node)) setOpen(false);
    };
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return;
      setOpen(false);
      button.current?.focus();
    };
    window.addEventListener('pointerdown', onPointer);
    window.addEventListener('keydown', onKey);
    return () => {
      window.removeEventListener('pointerdown', onPointer);
      window.removeEventListener('keydown', onKey);
    };
  }, [isOpen]);
  return (
    <div ref={host} className="popover">
      <button
        ref={button}
        type="button"
        className="icon-button labelled"
        title={label}
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
      >
        {icon}
        <span>{label}</span>
      </button>
      {isOpen && (
        <div ref={sheet} id={id} className="sheet popover-sheet">
          {children}
        </div>
      )}
    </div>
  );
}
