/**
 * The history worker: answers windows that look back, follows the tape in between, and once after the start compacts and
 * prunes old days. Nothing here runs on the kernel's thread, and nothing here may take the engine down.
 */
import type { MessagePort } from 'node:worker_threads';
import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { tidyDays } from './days.ts';
import type { FromHistory, HistoryWorkerData, ToHistory } from './history-messages.ts';
import { OpeningRanges } from './opening-ranges.ts';
import { ScrubDesk } from './scrub-desk.ts';

const FOLLOW_EVERY_MS = 2_000;
const FOLLOW_BUDGET_MS = 40;
/** A breath between two stretches of catching up, so that it takes no more than half a core. */
const BREATH_MS = 40;
/** Old days wait until the engine is up and busy with today. */
const TIDY_AFTER_MS = 20_000;

export function runHistoryThread(port: MessagePort, data: HistoryWorkerData): void {
  lowerPriority();
  const tell = (message: FromHistory): void => port.postMessage(message);
  const nowMs = (): number => performance.now();
  let desk: ScrubDesk | null = null;
  let followTimer: NodeJS.Timeout | undefined;
  const signal = new AbortController();

  const open = (): ScrubDesk => (desk ??= new ScrubDesk(data.scrub));
  const follow = (): void => {
    let hasMore = false;
    try {
      hasMore = open().follow(FOLLOW_BUDGET_MS, nowMs);
    } catch (error) {
      tell({ kind: 'say', severity: 'warn', text: `the market cannot be indexed for looking back: ${textOf(error)}` });
      desk?.close();
      desk = null;
    }
    answerEarlier();
    readRanges();
    const isBusy = hasMore || ranges.length > 0;
    followTimer = setTimeout(follow, isBusy ? BREATH_MS : FOLLOW_EVERY_MS);
  };
  const earlier: { readonly id: number; readonly untilInputNo: number }[] = [];
  /** Those whose part of the tape has been read; the kernel waits for them with its strategies. */
  const answerEarlier = (): void => {
    for (let n = earlier.length - 1; n >= 0; n--) {
      const { id, untilInputNo } = earlier[n] as (typeof earlier)[number];
      try {
        if (!open().hasFollowed(untilInputNo)) continue;
        tell({ kind: 'earlier', id, day: open().figuresUntil(untilInputNo) });
      } catch (error) {
        tell({ kind: 'failed', id, message: textOf(error) });
      }
      earlier.splice(n, 1);
    }
  };
  const ranges: { readonly id: number; readonly untilInputNo: number; reading: OpeningRanges | null }[] = [];
  const readRanges = (): void => {
    const [asked] = ranges;
    if (asked === undefined) return;
    const { dataDir, day } = data.scrub;
    try {
      asked.reading ??= new OpeningRanges(dataDir, day, asked.untilInputNo);
      if (asked.reading.read(FOLLOW_BUDGET_MS, nowMs)) return;
      tell({ kind: 'ranges', id: asked.id, rows: asked.reading.rows() });
    } catch (error) {
      tell({ kind: 'failed', id: asked.id, message: textOf(error) });
    }
    asked.reading?.close();
    ranges.shift();
  };
  const answer = (id: number, us: number): void => {
    const startMs = nowMs();
    try {
      const past = open().at(us);
      tell({ kind: 'past', id, past, tookMs: nowMs() - startMs });
    } catch (error) {
      desk?.close();
      desk = null;
      tell({ kind: 'failed', id, message: textOf(error) });
    }
  };

  // Of several questions that wait only the newest of each asker matters, and the main thread sends only that.
  port.on('message', (message: ToHistory) => {
    if (message.kind === 'at') return answer(message.id, message.us);
    if (message.kind === 'earlier' || message.kind === 'ranges') {
      if (message.kind === 'earlier') earlier.push(message);
      else ranges.push({ ...message, reading: null });
      clearTimeout(followTimer);
      followTimer = setTimeout(follow, 0);
      return;
    }
    signal.abort();
    clearTimeout(followTimer);
    clearTimeout(tidyTimer);
    desk?.close();
    for (const { reading } of ranges) reading?.close();
    port.close();
  });
  followTimer = setTimeout(follow, FOLLOW_EVERY_MS);
  const tidyTimer = setTimeout(() => {
    if (data.retention === null) return;
    const { dataDir, day } = data.scrub;
    void tidyDays({ dataDir, day, keepDays: data.keepDays, policy: data.retention, signal: signal.signal }).then(
      (lines) => {
        for (const { severity, text } of lines) tell({ kind: 'say', severity, text });
      },
    );
  }, TIDY_AFTER_MS);
}

/** Threads of Linux have priorities of their own; elsewhere the call would slow the whole process, so it is not made. */
function lowerPriority(): void {
  if (process.platform !== 'linux') return;
  try {
    const thread = Number(/(\d+)$/.exec(readThreadLink())?.[1] ?? 0);
    if (thread > 0) setPriority(thread, 10);
  } catch {
    // It then competes as an equal.
  }
}

function readThreadLink(): string {
  return readlinkSync('/proc/thread-self');
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
