/**
 * Which layouts fit an element, as words in its data-fit attribute for the style sheet. In place of CSS container queries:
 * beneath a container every text measured for a canvas, and every style that is read, makes the browser lay out the whole page.
 */
import { useEffect, type RefObject } from 'react';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** `words` gives the words for a size; keep its identity stable. */
export function useFit(host: RefObject<HTMLElement | null>, words: (size: Size) => readonly string[]): void {
  useEffect(() => {
    const element = host.current;
    if (!element) return undefined;
    const observer = new ResizeObserver((entries) => {
      const box = entries.at(-1)?.contentRect;
      if (!box) return;
      const fit = words(box).join(' ');
      if (element.dataset['fit'] !== fit) element.dataset['fit'] = fit;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [host, words]);
}
