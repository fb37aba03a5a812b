/** The trade that is looked at, in all windows: picked in one, shown in those that have a trade page. */
import type { TradeBus } from '../stores/trading-selection.ts';
import { listenerSet, type Peers } from './peers.ts';

export interface SharedTrades extends TradeBus {
  /** Picked in this window; `follow` hears of those picked in others as well. */
  onPick(listener: () => void): () => void;
}

const TOPIC = 'trade';

export function shareTrades(bus: TradeBus, peers: Pick<Peers, 'pick' | 'onPick'>): SharedTrades {
  const picked = listenerSet<[]>();
  peers.onPick((topic, name) => {
    if (topic === TOPIC && name !== bus.current) bus.pick(name);
  });
  return {
    get current() {
      return bus.current;
    },
    pick: (tradeId) => {
      const isNew = tradeId !== bus.current;
      bus.pick(tradeId);
      if (isNew) peers.pick(TOPIC, tradeId);
      picked.tell();
    },
    follow: (listener) => bus.follow(listener),
    onPick: picked.add,
  };
}
