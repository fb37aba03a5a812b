/** Turns alerts of the engine into sounds and notifications as the user chose, each at a bearable rate. */
import type { AlertItem } from '#protocol';
import { createAlertRate } from './alert-rate.ts';
import { ALERT_KINDS, type AlertKind, type AlertSettings } from './alert-settings.ts';

export interface AlertDeskDeps {
  readonly settings: () => AlertSettings;
  /** Several windows hear the same alerts; one of them speaks. */
  readonly isLeader: () => boolean;
  readonly play: (kind: AlertKind) => void;
  readonly show: (title: string, body: string, item: AlertItem) => void;
  readonly nowMs: () => number;
}

export interface AlertDesk {
  /** A snapshot tells what happened before: it is not rung for. */
  items(items: readonly AlertItem[], isSnapshot: boolean): void;
}

export function createAlertDesk(deps: AlertDeskDeps): AlertDesk {
  const rate = createAlertRate();
  return {
    items: (items, isSnapshot) => {
      if (isSnapshot || !deps.isLeader()) return;
      const { kinds } = deps.settings();
      for (const item of items) {
        const choice = kinds[item.kind] as AlertSettings['kinds'][AlertKind] | undefined;
        if (!choice || (!choice.sound && !choice.notify)) continue;
        const stands = rate.take(item, deps.nowMs());
        if (stands === 0) continue;
        if (choice.sound) deps.play(item.kind);
        if (choice.notify) deps.show(titleOf(item.kind), withMore(item.text, stands - 1), item);
      }
    },
  };
}

const withMore = (text: string, more: number): string => (more === 0 ? text : `${text} (and ${more} more)`);

export function titleOf(kind: AlertKind): string {
  return ALERT_KINDS.find((entry) => entry.kind === kind)?.title ?? kind;
}
