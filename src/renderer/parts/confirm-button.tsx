/**
 * A button that moves money: the first press arms it for three seconds, the second acts, Escape or time disarms. Both texts
 * stand in one place, so that nothing moves between the presses.
 */
import { useEffect, useRef, useState, type ReactNode } from 'react';

const ARMED_MS = 3_000;
/** A double click is one press: nobody sells by a twitch. */
const TWITCH_MS = 250;

interface ConfirmButtonProps {
  readonly label: ReactNode;
  /** What the second press does, as short as the label. */
  readonly confirm: ReactNode;
  readonly title: string;
  readonly className?: string;
  readonly testId?: string;
  readonly isDisabled?: boolean;
  /** Without a second press, for what loses nothing. */
  readonly isDirect?: boolean;
  readonly onConfirm: () => Promise<unknown> | void;
}

export function ConfirmButton(props: ConfirmButtonProps) {
  const { label, confirm, title, className = 'button', testId, isDisabled = false, isDirect = false } = props;
  const [state, setState] = useState<'idle' | 'armed' | 'sent'>('idle');
  const armedMs = useRef(0);
  useEffect(() => {
    if (state !== 'armed') return;
    const timer = setTimeout(() => setState('idle'), ARMED_MS);
    return () => clearTimeout(timer);
  }, [state]);
  const act = async (): Promise<void> => {
    setState('sent');
    try {
      await props.onConfirm();
    } finally {
      setState('idle');
    }
  };
  return (
    <button
      type="button"
      className={`${className} confirm-button`}
      data-state={state}
      data-testid={testId}
      title={title}
      disabled={isDisabled || state === 'sent'}
      onClick={(event) => {
        event.stopPropagation();
        if (isDirect) return void act();
        if (state === 'armed') return void (event.timeStamp - armedMs.current >= TWITCH_MS && act());
        armedMs.current = event.timeStamp;
        setState('armed');
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || state !== 'armed') return;
        event.stopPropagation();
        setState('idle');
      }}
      onBlur={() => state === 'armed' && setState('idle')}
    >
      <span className="confirm-face" aria-hidden={state === 'armed' || undefined}>
        {label}
      </span>
      <span className="confirm-sure" aria-hidden={state !== 'armed' || undefined} role="status">
        {confirm}
      </span>
    </button>
  );
}
