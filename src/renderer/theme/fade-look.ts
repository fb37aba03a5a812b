/** The tokens of a fading figure. Read once for each look: asking for them at every change would make the browser lay out the page. */
export interface FadeLook {
  /** 0 where motion is not wanted. */
  readonly durationMs: number;
  readonly up: string;
  readonly down: string;
}

let known: { readonly key: string; readonly look: FadeLook } | undefined;
let still: MediaQueryList | undefined;

export function fadeLook(): FadeLook {
  still ??= matchMedia('(prefers-reduced-motion: reduce)');
  const root = document.documentElement;
  const key = `${root.dataset['theme']} ${root.dataset['palette']} ${still.matches}`;
  if (known?.key === key) return known.look;
  const style = getComputedStyle(root);
  const look = {
    durationMs: Number.parseFloat(style.getPropertyValue('--fade-time')),
    up: style.getPropertyValue('--fade-up').trim(),
    down: style.getPropertyValue('--fade-down').trim(),
  };
  known = { key, look };
  return look;
}
