/**
 * Every closed trade of the day, newest first: the whole day by asking, then each one as it closes. After the engine began
 * anew the day is asked for again, because trades of the run before are not told a second time. Runs while watched.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ClosedTrade } from '#protocol';
import type { EngineLink } from '../link/engine-link.ts';

export interface ClosedTradesState {
  readonly trades: readonly ClosedTrade[];
  /** False until the day has been fetched once. */
  readonly isWhole: boolean;
  readonly fault: string;
}

export interface ClosedTradesStore extends StoreApi<ClosedTradesState> {
  /** Keeps it current until the returned function is called; several may watch at once. */
  watch(): () => void;
}

const PAGE = 1_000;
const RETRY_MS = 2_000;
/** A stream of small snapshots during a burst becomes one question. */
const REFETCH_AFTER_MS = 150;

type Link = Pick<EngineLink, 'events' | 'onStatus' | 'status'> & {
  readonly commands: Pick<EngineLink['commands'], 'closedTrades'>;
};

export function createClosedTradesStore(link: Link): ClosedTradesStore {
  const store = createStore<ClosedTradesState>(() => ({ trades: [], isWhole: false, fault: '' }));
  let watchers = 0;
  let leave: (() => void) | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Grows with each question, so that a late answer to an older one is dropped. */
  let asked = 0;

  const fetchDay = async (): Promise<void> => {
    const mine = ++asked;
    try {
      const found: ClosedTrade[] = [];
      for (;;) {
        const { total, trades } = await link.commands.closedTrades({ from: found.length, count: PAGE });
        if (mine !== asked) return;
        found.push(...trades);
        if (trades.length === 0 || found.length >= total) break;
      }
      const { trades } = store.getState();
      store.setState({ trades: merged(found, trades), isWhole: true, fault: '' });
    } catch (error) {
      if (mine !== asked) return;
      store.setState({
        fault: (error as { readonly message?: string } | null)?.message ?? 'the engine did not answer',
      });
      later(RETRY_MS);
    }
  };
  const later = (ms: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void fetchDay(), ms);
  };
  const open = (): (() => void) => {
    let { epoch } = link.status();
    const leaveStatus = link.onStatus((status) => {
      if (status.epoch === epoch || status.epoch === '') return;
      epoch = status.epoch;
      // Another run: its day is the truth, nothing seen before is kept beside it.
      store.setState({ trades: [], isWhole: false, fault: '' });
      later(0);
    });
    const leaveEvents = link.events<ClosedTrade>('trades', {
      items: (items, _first, isSnapshot) => {
        if (items.length > 0) store.setState(({ trades }) => ({ trades: merged(items, trades) }));
        if (isSnapshot) later(REFETCH_AFTER_MS);
      },
    });
    later(0);
    return () => {
      leaveStatus();
      leaveEvents();
      clearTimeout(timer);
      asked += 1;
    };
  };
  return {
    ...store,
    watch: () => {
      if (watchers++ === 0) leave = open();
      let isGone = false;
      return () => {
        if (isGone) return;
        isGone = true;
        if (--watchers > 0) return;
        leave?.();
        leave = undefined;
      };
    },
  };
}

/** Both lists as one, newest first, each trade once; of two tellings of a trade the first list's counts. */
export function merged(fresh: readonly ClosedTrade[], known: readonly ClosedTrade[]): readonly ClosedTrade[] {
  const byId = new Map<string, ClosedTrade>();
  for (const trade of known) byId.set(trade.tradeId, trade);
  for (const trade of fresh) byId.set(trade.tradeId, trade);
  return [...byId.values()].toSorted(
    (a, b) => b.closedUs - a.closedUs || (a.tradeId < b.tradeId ? 1 : a.tradeId > b.tradeId ? -1 : 0),
  );
}
