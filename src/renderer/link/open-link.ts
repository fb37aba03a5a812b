/** Picks the line for the host this page runs in and opens the link. */
import { desktopBridge } from './bridge.ts';
import { createEngineLink } from './link.ts';
import type { EngineLink } from './engine-link.ts';
import { portConnector } from './port-link.ts';
import { browserSocketHost, webSocketConnector } from './ws-link.ts';

/** A window nobody sees gets no display frames; it still takes its frames in, slowly, so that it is current when shown. */
const HIDDEN_FLUSH_MS = 250;

/** Runs the work with the next display frame, or soon when there will be none. */
export function onDisplayFrame(work: () => void): void {
  let isDone = false;
  const once = (): void => {
    if (isDone) return;
    isDone = true;
    clearTimeout(timer);
    cancelAnimationFrame(frame);
    work();
  };
  const frame = requestAnimationFrame(once);
  const timer = setTimeout(once, HIDDEN_FLUSH_MS);
}

export function openLink(): EngineLink {
  const bridge = desktopBridge();
  const connector = bridge ? portConnector({ bridge, page: window }) : webSocketConnector(browserSocketHost());
  return createEngineLink({ connector, schedule: onDisplayFrame });
}
