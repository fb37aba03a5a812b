/**
 * Tasks of the pages' main threads by processor time, from the browser's own trace: on a busy machine a short task takes long
 * by the clock because the thread had to wait, and that says nothing about the page.
 */
import type { Browser } from 'playwright';

export interface CpuTasks {
  readonly tasks: number;
  /** Tasks of 50 ms of processor time and more. */
  readonly longTasks: number;
  readonly longestMs: number;
  readonly p95Ms: number;
}

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Processor time, microseconds. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

const LONG_MS = 50;
/** Shorter ones are timers that did nothing. */
const LEAST_MS = 0.5;

/** Starts counting; the returned function stops and says what was seen. */
export async function countCpuTasks(browser: Browser): Promise<() => Promise<CpuTasks>> {
  const session = await browser.newBrowserCDPSession();
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => {
    for (const event of value as unknown as TraceEvent[])
      if (event.name === 'RunTask' || event.name === 'thread_name') events.push(event);
  });
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['disabled-by-default-devtools.timeline'] },
  });
  return async () => {
    const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
    await session.send('Tracing.end');
    await complete;
    await session.detach();
    const mains = new Set(
      events
        .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
        .map(({ pid, tid }) => `${pid}:${tid}`),
    );
    const ms = events
      .filter(({ name, ph, pid, tid }) => name === 'RunTask' && ph === 'X' && mains.has(`${pid}:${tid}`))
      .map(({ tdur }) => (tdur ?? 0) / 1000)
      .filter((took) => took >= LEAST_MS)
      .toSorted((a, b) => a - b);
    return {
      tasks: ms.length,
      longTasks: ms.filter((took) => took >= LONG_MS).length,
      longestMs: ms.at(-1) ?? 0,
      p95Ms: ms[Math.floor(ms.length * 0.95)] ?? 0,
    };
  };
}
