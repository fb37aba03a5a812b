/** Moves the time machine: plays market time at a speed, steps from instant to instant, begins anew. */
import { useEffect, useState } from 'react';
import type { BarView, FillView } from '#protocol';
import { closedBy, nextInstant } from './time-machine.ts';

export const SPEEDS = [1, 10, 60] as const;
export type Speed = (typeof SPEEDS)[number];

export interface Playback {
  /** Null: not in the past. */
  readonly atUs: number | null;
  readonly isPlaying: boolean;
  readonly speed: Speed;
  readonly setSpeed: (speed: Speed) => void;
  readonly step: (way: 1 | -1) => void;
  readonly toggle: () => void;
  readonly restart: () => void;
  readonly goTo: (atUs: number) => void;
  readonly leave: () => void;
}

const FRAME_MS = 50;
/** It begins so many bars before the signal: enough to see what led to it. */
const LEAD_BARS = 24;

/** One trade's playback: give the component that uses it the trade as its key. */
export function usePlayback(bars: readonly BarView[], fills: readonly FillView[], signalUs: number): Playback {
  const [atUs, setAt] = useState<number | null>(null);
  const [wantsPlay, setWantsPlay] = useState(false);
  const [speed, setSpeed] = useState<Speed>(10);
  const startUs = bars[Math.max(0, closedBy(bars, signalUs) - LEAD_BARS)]?.closeTimeUs ?? null;
  const endUs = bars.at(-1)?.closeTimeUs ?? 0;
  // At the end it stands still by itself.
  const isPlaying = wantsPlay && atUs !== null && atUs < endUs;
  useEffect(() => {
    if (!isPlaying) return;
    let beforeMs = performance.now();
    const timer = setInterval(() => {
      const nowMs = performance.now();
      const passedUs = (nowMs - beforeMs) * 1000 * speed;
      beforeMs = nowMs;
      setAt((at) => (at === null ? null : Math.min(endUs, at + passedUs)));
    }, FRAME_MS);
    return () => clearInterval(timer);
  }, [isPlaying, speed, endUs]);
  return {
    atUs,
    isPlaying,
    speed,
    setSpeed,
    step: (way) => {
      setWantsPlay(false);
      const from = atUs ?? (way > 0 ? (startUs ?? 0) - 1 : Infinity);
      const next = nextInstant(bars, fills, from, way);
      if (next !== undefined) setAt(next);
    },
    toggle: () => {
      if (!isPlaying && (atUs === null || atUs >= endUs)) setAt(startUs);
      setWantsPlay(!isPlaying);
    },
    restart: () => setAt(startUs),
    goTo: setAt,
    leave: () => {
      setWantsPlay(false);
      setAt(null);
    },
  };
}
