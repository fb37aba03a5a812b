/** Typing letters in the grid jumps to the first symbol that starts with them. */
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import type { MarketMirror } from '../../stores/market-mirror.ts';
import type { GridController } from './grid-controller.ts';

const FORGET_AFTER_MS = 1_000;

export interface TypeJump {
  readonly typed: string;
  readonly isMissing: boolean;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

export function useTypeJump(mirror: MarketMirror, controller: GridController): TypeJump {
  const [typed, setTyped] = useState('');
  const [isMissing, setMissing] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLInputElement) return;
    const isLetter = /^[a-z0-9.]$/i.test(event.key);
    const isErase = event.key === 'Backspace' && typed !== '';
    if (!isLetter && !isErase) {
      // Focus may rest on the grid itself when its cell went out of sight; the arrows then start from the cursor's symbol.
      if (event.target === event.currentTarget && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
        controller.step(event.key === 'ArrowDown' ? 1 : -1);
        event.preventDefault();
      }
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    const next = isErase ? typed.slice(0, -1) : typed + event.key.toUpperCase();
    setTyped(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setTyped(''), FORGET_AFTER_MS);
    const found = next === '' ? undefined : firstShown(mirror, controller, next);
    setMissing(next !== '' && found === undefined);
    if (found !== undefined) controller.jump(found, true);
  };
  return { typed, isMissing, onKeyDown };
}

/** The first shown symbol, by name, that starts with `prefix`. */
export function firstShown(
  mirror: MarketMirror,
  controller: Pick<GridController, 'order'>,
  prefix: string,
): string | undefined {
  let best: string | undefined;
  for (let row = 0; row < mirror.count; row++) {
    const name = mirror.names[row] as string;
    if (name.startsWith(prefix) && (best === undefined || name < best) && controller.order.slotOf(row) >= 0)
      best = name;
  }
  return best;
}
