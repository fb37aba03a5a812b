/** Ages and countdowns on the engine's clock, written in place by one timer for the whole window. */
import { useEffect, useRef } from 'react';
import type { StoreApi } from 'zustand/vanilla';
import { useServices } from '../app/services.ts';
import { countdownText, spanText } from '../format/span.ts';
import { isTime } from '../format/time.ts';
import type { HealthState } from '../stores/topic-stores.ts';

const EVERY_MS = 250;
/** A stopped engine's clock must stand still rather than pretend. */
const CARRY_ON_MS = 1_500;

const writers = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function eachTick(write: () => void): () => void {
  writers.add(write);
  timer ??= setInterval(() => {
    for (const writer of writers) writer();
  }, EVERY_MS);
  return () => {
    writers.delete(write);
    if (writers.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The engine's time now, carried on a little between its reports; 0 before the first. */
export function engineNowUs(health: StoreApi<HealthState>): number {
  const { value, receivedMs } = health.getState();
  return value === null || !isTime(value.nowUs)
    ? 0
    : value.nowUs + Math.min(CARRY_ON_MS, Date.now() - receivedMs) * 1000;
}

interface SpanProps {
  readonly us: number;
  /** 'since' counts up from `us`, 'until' counts down to it. */
  readonly way: 'since' | 'until';
  readonly className?: string;
}

export function EngineSpan({ us, way, className }: SpanProps) {
  const { health } = useServices();
  const host = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const write = (): void => {
      const nowUs = engineNowUs(health);
      const element = host.current;
      if (!element) return;
      const text = nowUs === 0 || us === 0 ? '–' : way === 'since' ? spanText(nowUs - us) : countdownText(us - nowUs);
      if (element.textContent !== text) element.textContent = text;
    };
    write();
    return eachTick(write);
  }, [health, us, way]);
  return <span ref={host} className={className} />;
}
