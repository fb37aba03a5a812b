/**
 * Desktop notifications: the desktop program shows them itself and needs no permission; a browser shows them through its own
 * interface, and permission is asked for only when the user presses a button.
 */
import { desktopBridge } from '../link/bridge.ts';

export type NotifyPermission = 'granted' | 'denied' | 'default' | 'unavailable';

export function notifyPermission(): NotifyPermission {
  const bridge = desktopBridge();
  if (bridge !== undefined) return bridge.canNotify ? 'granted' : 'unavailable';
  return typeof Notification === 'undefined' ? 'unavailable' : Notification.permission;
}

export async function askPermission(): Promise<NotifyPermission> {
  if (desktopBridge() !== undefined || typeof Notification === 'undefined') return notifyPermission();
  return Notification.requestPermission();
}

/** What a click on the desktop program's notification of a tag does; undefined until the first one was shown. */
let clicks: Map<string, () => void> | undefined;
const TITLE_MOST = 100;
const BODY_MOST = 400;

/** Shows one; a later one of the same tag replaces it. False when it cannot. */
export function showNotification(title: string, body: string, tag: string, onClick: () => void): boolean {
  if (notifyPermission() !== 'granted') return false;
  const bridge = desktopBridge();
  if (bridge !== undefined) {
    if (clicks === undefined) {
      const heard = new Map<string, () => void>();
      clicks = heard;
      bridge.onNoticeClick((clicked) => heard.get(clicked)?.());
    }
    clicks.set(tag, onClick);
    bridge.notify({ title: title.slice(0, TITLE_MOST), body: body.slice(0, BODY_MOST), tag });
    return true;
  }
  try {
    // Sounds are ours: the system's own would ring twice.
    const shown = new Notification(title, { body, tag, silent: true });
    shown.addEventListener('click', () => {
      window.focus();
      onClick();
      shown.close();
    });
    return true;
  } catch {
    // Some browsers allow notifications only from a service worker.
    return false;
  }
}
