/** Short notices of this window, newest last, bounded: alerts of the engine and what became of an action of the user. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { AlertItem, Severity } from '#protocol';

export interface Notice {
  readonly id: number;
  readonly severity: Severity;
  readonly text: string;
  readonly tradeId: string | undefined;
  readonly symbol: string | undefined;
  /** Notices of danger stay until somebody has seen them. */
  readonly stays: boolean;
}

export interface NoticeStore extends StoreApi<{ readonly notices: readonly Notice[] }> {
  say(severity: Severity, text: string, about?: { readonly tradeId?: string; readonly symbol?: string }): void;
  alert(item: AlertItem): void;
  dismiss(id: number): void;
}

export const NOTICES_MOST = 3;

export function createNoticeStore(): NoticeStore {
  const store = createStore<{ readonly notices: readonly Notice[] }>(() => ({ notices: [] }));
  let next = 1;
  const add = (notice: Omit<Notice, 'id' | 'stays'>): void => {
    // The same said twice is shown once.
    if (store.getState().notices.some(({ text }) => text === notice.text)) return;
    const all = [...store.getState().notices, { ...notice, id: next++, stays: notice.severity === 'danger' }];
    // What passes leaves before what stays.
    while (all.length > NOTICES_MOST) {
      const passing = all.findIndex(({ stays }) => !stays);
      all.splice(Math.max(0, passing), 1);
    }
    store.setState({ notices: all });
  };
  return {
    ...store,
    say: (severity, text, about = {}) => add({ severity, text, tradeId: about.tradeId, symbol: about.symbol }),
    alert: ({ severity, text, tradeId, symbol }) => add({ severity, text, tradeId, symbol }),
    dismiss: (id) => store.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) })),
  };
}
