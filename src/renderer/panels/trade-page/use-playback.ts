/** Moves the time machine: plays market time at a speed, steps from instant to instant, begins anew. */
import { useEffect, useRef, useState } from 'react';
import type { BarView, FillView } from '#protocol';
import { nextInstant } from './time-machine.ts';

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

export function usePlayback(tradeId: string, bars: readonly BarView[], fills: readonly FillView[]): Playback {
  const [atUs, setAt] = useState<number | null>(null);
  const [isPlaying, setPlaying] = useState(false);
  const [speed, setSpeed] = useState<Speed>(10);
  const latest = useRef({ bars, fills });
  latest.current = { bars, fills };
  useEffect(() => {
    setAt(null);
    setPlaying(false);
  }, [tradeId]);
  useEffect(() => {
    if (!isPlaying) return;
    let beforeMs = performance.now();
    const timer = setInterval(() => {
      const nowMs = performance.now();
      const passedUs = (nowMs - beforeMs) * 1000 * speed;
      beforeMs = nowMs;
      const endUs = latest.current.bars.at(-1)?.closeTimeUs ?? 0;
      setAt((at) => (at === null ? null : Math.min(endUs, at + passedUs)));
    }, FRAME_MS);
    return () => clearInterval(timer);
  }, [isPlaying, speed]);
  const endUs = bars.at(-1)?.closeTimeUs ?? 0;
  useEffect(() => {
    if (isPlaying && atUs !== null && atUs >= endUs) setPlaying(false);
  }, [isPlaying, atUs, endUs]);
  const startUs = bars[0]?.closeTimeUs ?? null;
  return {
    atUs,
    isPlaying,
    speed,
    setSpeed,
    step: (way) => {
      setPlaying(false);
      const from = atUs ?? (way > 0 ? (startUs ?? 0) - 1 : Infinity);
      const next = nextInstant(bars, fills, from, way);
      if (next !== undefined) setAt(next);
    },
    toggle: () => {
      if (!isPlaying && (atUs === null || atUs >= endUs)) setAt(startUs);
      setPlaying(!isPlaying && bars.length > 0);
    },
    restart: () => setAt(startUs),
    goTo: setAt,
    leave: () => {
      setPlaying(false);
      setAt(null);
    },
  };
}
