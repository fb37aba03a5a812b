/** A symbol's market row and its 'symbol' topic as React state: never a value of the symbol shown before. */
import { useCallback, useEffect, useState, useSyncExternalStore, type RefObject } from 'react';
import type { SymbolValue } from '#protocol';
import { useServices } from '../../app/services.ts';

/** Row of the symbol in the market mirror, followed; -1 while it is not known. Renders once for each change of the row. */
export function useMarketRow(symbol: string): number {
  const { market } = useServices();
  const subscribe = useCallback((listener: () => void) => market.follow(listener), [market]);
  const stamp = (): string => {
    const row = market.mirror.rowOf(symbol);
    return row === undefined ? '-1' : `${row} ${market.mirror.versions[row]} ${market.mirror.isPast}`;
  };
  return Number.parseInt(useSyncExternalStore(subscribe, stamp), 10);
}

interface Held {
  readonly symbol: string;
  readonly value: SymbolValue | null;
}

/** undefined: nothing said yet. null: the engine does not know the symbol. */
export function useSymbolValue(symbol: string, isWanted: boolean): SymbolValue | null | undefined {
  const { link } = useServices();
  const [held, setHeld] = useState<Held>();
  useEffect(() => {
    if (!isWanted || symbol === '') return;
    return link.value<SymbolValue | null>('symbol', (value) => setHeld({ symbol, value }), symbol);
  }, [link, symbol, isWanted]);
  return held?.symbol === symbol ? held.value : undefined;
}

/** Whether an element is on screen: a page in a hidden tab asks the engine for nothing. */
export function useInSight(host: RefObject<HTMLElement | null>): boolean {
  const [isInSight, setInSight] = useState(false);
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const observer = new IntersectionObserver((entries) => setInSight(entries.at(-1)?.isIntersecting ?? false));
    observer.observe(element);
    return () => observer.disconnect();
  }, [host]);
  return isInSight;
}
