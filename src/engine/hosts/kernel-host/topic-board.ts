/** Publishes the small conflated topics somebody watches, each at its own rate, from the kernel's summaries. */
import type { ConflatedTopic, NearMissRow } from '#protocol';
import type { Kernel } from '../../kernel/kernel.ts';
import { accountValue, orderRows, positionRows, riskValue, ruleView, strategyViews } from './desk-views.ts';
import type { QueryDesk } from './query-desk.ts';
import { symbolValue } from './symbol-view.ts';

/** Milliseconds between two values of a topic. */
const PERIODS: Readonly<Partial<Record<ConflatedTopic, number>>> = {
  account: 200,
  positions: 200,
  'working-orders': 200,
  strategies: 1000,
  risk: 500,
  symbol: 200,
  'near-misses': 2000,
};
const NEAR_MISSES = 40;

type Publish = (topic: ConflatedTopic, key: string | undefined, value: unknown) => void;

interface Watch {
  readonly topic: ConflatedTopic;
  readonly key: string | undefined;
  lastMs: number;
}

export class TopicBoard {
  readonly #kernel: Kernel;
  readonly #queries: QueryDesk;
  readonly #publish: Publish;
  readonly #watches = new Map<string, Watch>();

  constructor(kernel: Kernel, queries: QueryDesk, publish: Publish) {
    this.#kernel = kernel;
    this.#queries = queries;
    this.#publish = publish;
  }

  watch(topic: ConflatedTopic, key: string | undefined, on: boolean): void {
    const id = `${topic}\u0000${key ?? ''}`;
    if (on) this.#watches.set(id, { topic, key, lastMs: 0 });
    else this.#watches.delete(id);
  }

  pulse(nowMs: number): void {
    for (const watch of this.#watches.values()) {
      const period = PERIODS[watch.topic];
      if (period === undefined || nowMs - watch.lastMs < period) continue;
      watch.lastMs = nowMs;
      this.#publish(watch.topic, watch.key, this.#value(watch.topic, watch.key));
    }
  }

  #value(topic: ConflatedTopic, key: string | undefined): unknown {
    switch (topic) {
      case 'account':
        return accountValue(this.#kernel);
      case 'positions':
        return positionRows(this.#kernel);
      case 'working-orders':
        return orderRows(this.#kernel);
      case 'strategies':
        return strategyViews(this.#kernel);
      case 'risk':
        return riskValue(this.#kernel, this.#queries.outcomes.counts);
      case 'symbol':
        return symbolValue(this.#kernel, key ?? '');
      case 'near-misses':
        return this.#nearMisses();
      case 'market':
      case 'health':
        return null;
    }
  }

  #nearMisses(): NearMissRow[] {
    return this.#kernel.ledger.nearMisses(this.#kernel.nowUs, NEAR_MISSES).map((miss) => ({
      symbol: this.#kernel.symbols.name(miss.symbol),
      strategy: miss.strategy,
      atUs: miss.atUs,
      failed: miss.failed,
      gates: miss.gates,
      gate: ruleView(miss.gate),
      distance: miss.distance,
    }));
  }
}
