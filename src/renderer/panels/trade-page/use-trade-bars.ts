/** Bars from before the signal on: fetched page by page from the newest back, then followed while the trade is open. */
import { useEffect, useState } from 'react';
import type { BarView, SymbolValue } from '#protocol';
import { useServices } from '../../app/services.ts';
import { STANDARD_TRADES } from '../../charts/bar-feed.ts';
import { barsAround, BEFORE_US } from './time-machine.ts';

const PAGE = 2_000;
/** More than a day of the busiest symbol's bars around one trade is not drawn. */
const BARS_MOST = 20_000;
const RETRY_MS = 1_500;

export interface TradeBars {
  readonly bars: readonly BarView[];
  readonly isComplete: boolean;
  readonly fault: string;
}

const NONE: TradeBars = { bars: [], isComplete: false, fault: '' };

export interface TradeSpan {
  readonly symbol: string;
  readonly signalUs: number;
  /** Null while it is open. */
  readonly closedUs: number | null;
}

/** One trade's bars: give the component that uses it the trade as its key. */
export function useTradeBars(span: TradeSpan | undefined, isSeen: boolean): TradeBars {
  const { link } = useServices();
  const [state, setState] = useState(NONE);
  const symbol = span?.symbol;
  const signalUs = span?.signalUs ?? 0;
  const closedUs = span?.closedUs ?? null;
  useEffect(() => {
    if (symbol === undefined || !isSeen) return;
    let isGone = false;
    let isAsking = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let all: BarView[] = [];
    const page = async (from: number, count: number) =>
      (await link.commands.bars({ symbol, kind: 'tick', size: STANDARD_TRADES, from, count })).bars;
    const show = (): void =>
      setState({ bars: barsAround(all, signalUs, closedUs ?? Infinity), isComplete: true, fault: '' });

    const load = async (): Promise<void> => {
      if (isAsking) return;
      isAsking = true;
      try {
        const { total } = await link.commands.bars({ symbol, kind: 'tick', size: STANDARD_TRADES, from: 0, count: 0 });
        let from = total;
        let found: BarView[] = [];
        // Back until the bars begin well before the signal.
        while (from > 0 && found.length < BARS_MOST) {
          const first = Math.max(0, from - PAGE);
          const bars = await page(first, from - first);
          if (isGone) return;
          found = [...bars, ...found];
          from = first;
          if (bars.length === 0 || (bars[0]?.openTimeUs ?? 0) < signalUs - BEFORE_US * 2) break;
        }
        all = found;
        show();
      } catch (error) {
        if (isGone) return;
        const fault = (error as { readonly message?: string } | null)?.message ?? 'the engine did not answer';
        setState((known) => ({ ...known, fault }));
        timer = setTimeout(() => void load(), RETRY_MS);
      } finally {
        isAsking = false;
      }
    };
    const follow = async (total: number): Promise<void> => {
      const next = (all.at(-1)?.index ?? -1) + 1;
      if (isAsking || total <= next) return;
      isAsking = true;
      try {
        const bars = await page(next, Math.min(5_000, total - next));
        if (isGone || bars.length === 0) return;
        all = bars[0]?.index === next ? [...all, ...bars].slice(-BARS_MOST) : [...bars];
        show();
      } catch {
        // The next word of the symbol asks again.
      } finally {
        isAsking = false;
      }
    };
    void load();
    const leave =
      closedUs === null
        ? link.value<SymbolValue | null>('symbol', (value) => value && void follow(value.barCount), symbol)
        : undefined;
    return () => {
      isGone = true;
      clearTimeout(timer);
      leave?.();
    };
  }, [link, symbol, signalUs, closedUs, isSeen]);
  return state;
}
