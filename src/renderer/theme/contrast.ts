/** WCAG 2 contrast of two colours, and blending of a translucent one. Used by the tests that guard the tokens. */
export type Rgb = readonly [number, number, number];

/** Reads #rrggbb or #rrggbbaa. Undefined for anything else. */
export function parseHex(text: string): { readonly rgb: Rgb; readonly alpha: number } | undefined {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})?$/i.exec(text.trim());
  if (!match) return undefined;
  const part = (i: number): number => Number.parseInt(match[i] as string, 16);
  return { rgb: [part(1), part(2), part(3)], alpha: match[4] === undefined ? 1 : part(4) / 255 };
}

export function blend(over: Rgb, alpha: number, under: Rgb): Rgb {
  const mix = (i: 0 | 1 | 2): number => over[i] * alpha + under[i] * (1 - alpha);
  return [mix(0), mix(1), mix(2)];
}

export function contrastRatio(a: Rgb, b: Rgb): number {
  const la = luminance(a);
  const lb = luminance(b);
  return (Math.max(la, lb) + 0.05) / (Math.min(la, lb) + 0.05);
}

function luminance(rgb: Rgb): number {
  const linear = (value: number): number => {
    const v = value / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(rgb[0]) + 0.7152 * linear(rgb[1]) + 0.0722 * linear(rgb[2]);
}
