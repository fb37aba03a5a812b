/** The window's alerts: hears the engine's, and lets the settings page try each one out. */
import type { AlertItem } from '#protocol';
import type { EngineLink } from '../link/engine-link.ts';
import type { SettingsStore } from '../stores/settings-store.ts';
import { createSoundPlayer } from '../sounds/player.ts';
import { createAlertDesk, titleOf } from './alert-desk.ts';
import type { AlertKind } from './alert-settings.ts';
import { showNotification } from './desktop-notify.ts';
import { createWindowLeader } from './window-leader.ts';

export interface Alerts {
  /** Plays and shows one of this kind now, whatever the settings say. Says in words what did not work, '' when all did. */
  test(kind: AlertKind): string;
  play(kind: AlertKind): boolean;
}

export function startAlerts(link: EngineLink, settings: SettingsStore, onClick: (item: AlertItem) => void): Alerts {
  const player = createSoundPlayer();
  const volume = (): number => settings.getState().alerts.volume;
  const desk = createAlertDesk({
    settings: () => settings.getState().alerts,
    isLeader: createWindowLeader(),
    play: (kind) => player.play(kind, volume()),
    show: (title, body, item) => showNotification(title, body, item.kind, () => onClick(item)),
    nowMs: () => performance.now(),
  });
  link.events<AlertItem>('alerts', { items: (items, _first, isSnapshot) => desk.items(items, isSnapshot) });
  return {
    play: (kind) => player.play(kind, volume()),
    test: (kind) => {
      const isHeard = player.play(kind, volume());
      const isShown = showNotification(titleOf(kind), 'This is how it will look.', `test-${kind}`, () => undefined);
      const faults = [
        ...(isHeard ? [] : [volume() <= 0 ? 'the volume is at zero' : 'this machine gave no sound device']),
        ...(isShown ? [] : ['desktop notifications are not allowed yet']),
      ];
      return faults.join('; ');
    },
  };
}
