/** Desktop notifications through the browser's own interface. Permission is asked for only when the user presses a button. */
export type NotifyPermission = 'granted' | 'denied' | 'default' | 'unavailable';

export function notifyPermission(): NotifyPermission {
  return typeof Notification === 'undefined' ? 'unavailable' : Notification.permission;
}

export async function askPermission(): Promise<NotifyPermission> {
  if (typeof Notification === 'undefined') return 'unavailable';
  return Notification.requestPermission();
}

/** Shows one; a later one of the same tag replaces it. False when it cannot. */
export function showNotification(title: string, body: string, tag: string, onClick: () => void): boolean {
  if (notifyPermission() !== 'granted') return false;
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
