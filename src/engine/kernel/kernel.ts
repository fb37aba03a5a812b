/**
 * The kernel: synchronous, single-threaded, deterministic. Everything that can influence a decision enters `accept` as a
 * numbered input; the same inputs give the same decisions, to the byte. No clock, no chance, no I/O, no promise.
 */
import { assertNever } from '../lib/assert.ts';
import { Eligibility } from '../market/update-rules.ts';
import type { MarketView } from '../market/market-view.ts';
import type { EventBatch } from '../model/event-batch.ts';
import { EventKind } from '../model/event-batch.ts';
import type { EpochUs, InputNo } from '../model/units.ts';
import type { FeedNotice } from '../ports/feed.ts';
import type { KernelInput } from './input.ts';

export interface KernelDeps {
  readonly view: MarketView;
}

export class Kernel {
  readonly #view: MarketView;
  inputNo: InputNo = 0;
  nowUs: EpochUs = 0;

  constructor(deps: KernelDeps) {
    this.#view = deps.view;
  }

  accept(input: KernelInput): void {
    this.inputNo++;
    switch (input.kind) {
      case 'market':
        this.#advance(input.batch.receivedUs);
        this.#market(input.batch);
        return;
      case 'feed':
        this.#advance(input.notice.kind === 'gap' ? (input.notice.endUs ?? input.notice.startUs) : input.notice.atUs);
        this.#feed(input.notice);
        return;
      case 'time':
        this.#advance(input.nowUs);
        return;
      case 'broker':
      case 'command':
        this.#advance(input.atUs);
        return;
      case 'durable':
        return;
      default:
        assertNever(input);
    }
  }

  #advance(nowUs: EpochUs): void {
    if (nowUs <= this.nowUs) return;
    this.nowUs = nowUs;
    this.#view.advance(nowUs);
  }

  #market(batch: EventBatch): void {
    const view = this.#view;
    for (let i = 0; i < batch.length; i++) {
      switch (batch.kind[i]) {
        case EventKind.trade: {
          const bits = view.applyTrade(batch, i);
          if ((bits & Eligibility.duplicate) !== 0) continue;
          break;
        }
        case EventKind.quote:
          view.applyQuote(batch, i);
          break;
        default:
          view.applyLuld(batch, i);
      }
    }
  }

  #feed(notice: FeedNotice): void {
    if (notice.kind !== 'gap') return;
    if (notice.endUs === null) this.#view.beginGap();
    else this.#view.endGap();
  }
}
