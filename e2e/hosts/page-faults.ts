/**
 * What goes wrong in pages without anybody seeing it: errors on the console, exceptions nobody caught, and whatever the
 * page's policy refuses. Every host collects them, and closing it fails when there is one.
 */
import type { BrowserContext } from 'playwright';

export interface PageFaults {
  /** Forgets what was said so far, after a test provoked it. */
  forget(): void;
  /** Throws when something went wrong. */
  check(): void;
}

/**
 * An engine that was killed on purpose: the page's tries to reach it are on the console, and no fault. After a refused line it
 * asks its own address whether anybody is there.
 */
const EXPECTED = [
  /WebSocket connection to 'ws:\/\/127\.0\.0\.1:\d+\/[^']*' failed/u,
  /^Failed to load resource: net::ERR_(?:CONNECTION_REFUSED|CONNECTION_RESET|EMPTY_RESPONSE) \(http:\/\/127\.0\.0\.1:\d+\/\)$/u,
];

export function collectFaults(context: BrowserContext): PageFaults {
  const faults: string[] = [];
  const keep = (text: string): void => {
    if (faults.length < 100 && !EXPECTED.some((expected) => expected.test(text))) faults.push(text);
  };
  // The browser says refusals of the policy as errors on the console.
  context.on('console', (message) => {
    if (message.type() === 'error') keep(`${message.text()} (${message.location().url})`);
  });
  context.on('weberror', (error) => keep(String(error.error().stack ?? error.error())));
  return {
    forget: () => void faults.splice(0),
    check: () => {
      if (faults.length > 0) throw new Error(`the pages were not well:\n${[...new Set(faults)].join('\n')}`);
    },
  };
}
