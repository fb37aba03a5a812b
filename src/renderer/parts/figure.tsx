/** Figures that show sign and colour together, and fade once when they change. */
import { useEffect, useRef, type ReactNode } from 'react';
import { fadeLook } from '../theme/fade-look.ts';
import { HALF_CENT, resultText, toneOf } from '../format/money.ts';

interface ResultProps {
  readonly micros: number;
  readonly className?: string;
  readonly testId?: string;
}

/** A result in dollars. */
export function Result({ micros, className = '', testId }: ResultProps) {
  return (
    <span className={`figure ${className}`} data-tone={toneOf(micros, HALF_CENT)} data-testid={testId}>
      {resultText(micros)}
    </span>
  );
}

interface FadeProps {
  readonly value: number;
  readonly children: ReactNode;
}

/** Fades the background of its content once at each change, in the colour of the direction. */
export function Fade({ value, children }: FadeProps) {
  const host = useRef<HTMLSpanElement>(null);
  const before = useRef(value);
  useEffect(() => {
    const element = host.current;
    const way = value - before.current;
    before.current = value;
    if (!element || way === 0 || !Number.isFinite(way)) return;
    const { durationMs, up, down } = fadeLook();
    if (!(durationMs > 0)) return;
    element.animate([{ backgroundColor: way > 0 ? up : down }, { backgroundColor: 'transparent' }], {
      duration: durationMs,
      easing: 'ease-out',
    });
  }, [value]);
  return (
    <span ref={host} className="fade">
      {children}
    </span>
  );
}
