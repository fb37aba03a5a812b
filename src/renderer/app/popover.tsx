/** A button that opens a small sheet under itself. Escape or a click elsewhere closes it and gives focus back. */
import { useEffect, useId, useRef, useState, type ReactNode } from 'react';

interface PopoverProps {
  readonly label: string;
  readonly icon: ReactNode;
  readonly children: ReactNode;
}

export function Popover({ label, icon, children }: PopoverProps) {
  const [isOpen, setOpen] = useState(false);
  const host = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
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
        <div id={id} className="sheet popover-sheet">
          {children}
        </div>
      )}
    </div>
  );
}
