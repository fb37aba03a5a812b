/**
 * Desktop notifications. Pages have no permission to show any: they ask by message, and main shows them. How many a page may
 * ask for is bounded, so that one that was taken over cannot bury the desktop.
 */
import { BrowserWindow, Notification } from 'electron';
import type { WebContents } from 'electron';
import type { DesktopNotice } from '#protocol';
import { BridgeChannel } from '#protocol';

/** Shown at a time; the oldest goes. */
const SHOWN_MAX = 16;
/** A window's alerts ring at most once in some seconds and kind; more than this a minute is no trader's wish. */
const A_MINUTE_MAX = 60;

export interface Notices {
  show(notice: DesktopNotice, sender: WebContents): void;
}

export function createNotices(nowMs: () => number = () => performance.now()): Notices {
  // A notification nobody holds is collected, and its click is lost.
  const shown = new Map<string, Notification>();
  let minute = Number.NEGATIVE_INFINITY;
  let inMinute = 0;
  const isTooMuch = (): boolean => {
    if (nowMs() - minute >= 60_000) {
      minute = nowMs();
      inMinute = 0;
    }
    return ++inMinute > A_MINUTE_MAX;
  };
  const forget = (tag: string, which: Notification): void => {
    if (shown.get(tag) === which) shown.delete(tag);
  };
  return {
    show: ({ title, body, tag }, sender) => {
      if (!Notification.isSupported() || isTooMuch()) return;
      // Sounds are the window's: the system's own would ring twice.
      const notification = new Notification({ title, body, silent: true });
      shown.get(tag)?.close();
      shown.delete(tag);
      const [oldest] = shown;
      if (oldest !== undefined && shown.size >= SHOWN_MAX) {
        oldest[1].close();
        shown.delete(oldest[0]);
      }
      shown.set(tag, notification);
      notification.once('close', () => forget(tag, notification));
      notification.once('click', () => {
        forget(tag, notification);
        if (sender.isDestroyed()) return;
        const window = BrowserWindow.fromWebContents(sender);
        if (window?.isMinimized()) window.restore();
        window?.show();
        window?.focus();
        sender.send(BridgeChannel.noticeClick, tag);
      });
      notification.show();
    },
  };
}
