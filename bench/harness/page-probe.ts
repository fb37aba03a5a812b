/**
 * What a bench counts inside a page of the workstation, installed before the page's own script: script time of each display
 * frame, frames that came late, long tasks, and how long a frame of the engine takes from arrival to paint.
 */

/** Answers of `window.__pageProbe.read()`; times in milliseconds. */
export interface PageCounts {
  readonly seconds: number;
  readonly displayFrames: number;
  /** Display frames that did not come although their time had: gaps beyond one and a half frames, in whole frames. */
  readonly droppedFrames: number;
  /** Tasks of the main thread of 50 ms and more, as the browser tells them. */
  readonly longTasks: number;
  readonly longTaskMaxMs: number;
  /** Script of callbacks (frames, timers, messages, display frames) within one display frame; those without any are left out. */
  readonly scriptFrameP50Ms: number;
  readonly scriptFrameP95Ms: number;
  readonly scriptFrameMaxMs: number;
  /** From the arrival of an engine's frame of market rows to the first painting with it. */
  readonly paintP50Ms: number;
  readonly paintP95Ms: number;
  readonly rowFrames: number;
  readonly rows: number;
}

interface Probe {
  reset(): void;
  read(): PageCounts;
}

declare global {
  interface Window {
    __pageProbe?: Probe;
  }
}

/** Runs in the page, before anything else there; it may use nothing of this file. */
export function installPageProbe(): void {
  const KEEP = 200_000;
  const ROWS_FRAME = 4;
  let script: number[] = [];
  let paints: number[] = [];
  let longTasks: number[] = [];
  let inFrame = 0;
  let depth = 0;
  let frames = 0;
  let dropped = 0;
  let rowFrames = 0;
  let rows = 0;
  let startedMs = performance.now();
  let lastFrameMs = 0;
  let arrivals: number[] = [];
  const timed =
    <A extends unknown[], R>(work: (...args: A) => R) =>
    (...args: A): R => {
      if (depth > 0) return work(...args);
      const fromMs = performance.now();
      depth++;
      try {
        return work(...args);
      } finally {
        depth--;
        inFrame += performance.now() - fromMs;
      }
    };
  const frameOf = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (work) => frameOf(timed(work));
  for (const name of ['setTimeout', 'setInterval'] as const) {
    const real = window[name].bind(window) as (...args: unknown[]) => number;
    (window as unknown as Record<string, unknown>)[name] = (work: unknown, ...rest: unknown[]) =>
      real(typeof work === 'function' ? timed(work as () => void) : work, ...rest);
  }
  const hear = (event: MessageEvent): void => {
    if (!(event.data instanceof ArrayBuffer)) return;
    const bytes = new DataView(event.data);
    if (bytes.byteLength < 32 || bytes.getUint8(0) !== ROWS_FRAME) return;
    rowFrames++;
    rows += bytes.getUint32(8, true);
    arrivals.push(performance.now());
  };
  for (const [prototype, isSocket] of [
    [WebSocket.prototype, true],
    [MessagePort.prototype, false],
  ] as const) {
    const described = Object.getOwnPropertyDescriptor(prototype, 'onmessage') as PropertyDescriptor;
    Object.defineProperty(prototype, 'onmessage', {
      ...described,
      set(listener: ((event: MessageEvent) => void) | null) {
        const told = listener === null ? null : timed(listener.bind(this));
        described.set?.call(
          this,
          told === null
            ? null
            : (event: MessageEvent) => {
                if (isSocket) hear(event);
                told(event);
              },
        );
      },
    });
  }
  // A message posted while the frame is prepared is heard after it was painted.
  const painted = new MessageChannel();
  painted.port1.addEventListener('message', () => {
    const nowMs = performance.now();
    // Frames that came after the last display frame began wait for the next one.
    const shown = arrivals.filter((atMs) => atMs < lastFrameMs);
    arrivals = arrivals.filter((atMs) => atMs >= lastFrameMs);
    if (paints.length < KEEP) for (const atMs of shown) paints.push(nowMs - atMs);
  });
  painted.port1.start();
  const usualMs = 1000 / 60;
  const tick = (atMs: number): void => {
    frames++;
    if (inFrame > 0 && script.length < KEEP) script.push(inFrame);
    inFrame = 0;
    if (lastFrameMs > 0) dropped += Math.max(0, Math.round((atMs - lastFrameMs) / usualMs) - 1);
    lastFrameMs = atMs;
    if (arrivals.length > 0) painted.port2.postMessage(0);
    frameOf(tick);
  };
  frameOf(tick);
  try {
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) longTasks.push(entry.duration);
    }).observe({ type: 'longtask' });
  } catch {
    longTasks = [Number.NaN];
  }
  const at = (list: readonly number[], share: number): number => {
    const sorted = list.toSorted((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  };
  window.__pageProbe = {
    reset: () => {
      script = [];
      paints = [];
      longTasks = [];
      arrivals = [];
      frames = dropped = rowFrames = rows = 0;
      lastFrameMs = 0;
      startedMs = performance.now();
    },
    read: () => ({
      seconds: (performance.now() - startedMs) / 1000,
      displayFrames: frames,
      droppedFrames: dropped,
      longTasks: longTasks.length,
      longTaskMaxMs: Math.max(0, ...longTasks),
      scriptFrameP50Ms: at(script, 0.5),
      scriptFrameP95Ms: at(script, 0.95),
      scriptFrameMaxMs: at(script, 1),
      paintP50Ms: at(paints, 0.5),
      paintP95Ms: at(paints, 0.95),
      rowFrames,
      rows,
    }),
  };
}
