/** What a window keeps of itself: its dock, and for a popped out panel the window it came from. Text outside, checked inside. */
import type { SerializedDockview } from 'dockview';

export interface WindowLayout {
  readonly dock: SerializedDockview;
  /** Window to which the panels return. */
  readonly home?: string;
}

const VERSION = 1;

export function layoutText(layout: WindowLayout): string {
  return JSON.stringify({ version: VERSION, ...layout });
}

/** Undefined for what is no layout of this version; the preset is better than an empty window. */
export function readLayout(text: string): WindowLayout | undefined {
  if (text === '') return undefined;
  try {
    const parsed = JSON.parse(text) as { version?: unknown; dock?: unknown; home?: unknown };
    if (parsed.version !== VERSION || !isDock(parsed.dock)) return undefined;
    return typeof parsed.home === 'string' ? { dock: parsed.dock, home: parsed.home } : { dock: parsed.dock };
  } catch {
    return undefined;
  }
}

/** Enough of its shape that the dock either takes it or throws where that is caught. */
function isDock(value: unknown): value is SerializedDockview {
  if (typeof value !== 'object' || value === null) return false;
  const { grid, panels } = value as { grid?: unknown; panels?: unknown };
  return typeof grid === 'object' && grid !== null && typeof panels === 'object' && panels !== null;
}
