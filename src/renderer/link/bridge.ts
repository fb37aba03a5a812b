/** The desktop host's bridge on the page's own window. Absent in a browser. */
import type { DroverBridge } from '#protocol';

declare global {
  interface Window {
    readonly drover?: DroverBridge;
  }
}

export function desktopBridge(): DroverBridge | undefined {
  return window.drover;
}
