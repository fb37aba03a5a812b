/** The theme's tokens as a canvas needs them, and word of when they change. One observer serves every chart. */
export interface ChartColours {
  readonly surface: string;
  readonly surfaceRaised: string;
  readonly line: string;
  readonly lineStrong: string;
  readonly text1: string;
  readonly text2: string;
  readonly text3: string;
  readonly up: string;
  readonly down: string;
  readonly accent: string;
  readonly average: string;
  readonly warn: string;
  readonly danger: string;
  readonly entry: string;
  readonly past: string;
  readonly font: string;
}

let colours: ChartColours | undefined;
const listeners = new Set<() => void>();
let observer: MutationObserver | undefined;

export function chartColours(): ChartColours {
  colours ??= read();
  return colours;
}

/** Called after theme or palette changed. Returns the way out. */
export function onColours(listener: () => void): () => void {
  listeners.add(listener);
  if (!observer) {
    observer = new MutationObserver(() => {
      colours = undefined;
      for (const tell of listeners) tell();
    });
    observer.observe(document.documentElement, { attributeFilter: ['data-theme', 'data-palette'] });
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    observer?.disconnect();
    observer = undefined;
    colours = undefined;
  };
}

/** A token's colour at another opacity, 0 to 1. Tokens are #rrggbb. */
export function faded(hex: string, opacity: number): string {
  const byte = Math.round(opacity * 255);
  return hex.slice(0, 7) + byte.toString(16).padStart(2, '0');
}

function read(): ChartColours {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string): string => style.getPropertyValue(name).trim();
  return {
    surface: token('--surface-1'),
    surfaceRaised: token('--surface-3'),
    line: token('--line'),
    lineStrong: token('--line-strong'),
    text1: token('--text-1'),
    text2: token('--text-2'),
    text3: token('--text-3'),
    up: token('--up'),
    down: token('--down'),
    accent: token('--accent'),
    average: token('--average'),
    warn: token('--warn'),
    danger: token('--danger'),
    entry: token('--entry'),
    past: token('--past'),
    font: token('--font-text'),
  };
}
