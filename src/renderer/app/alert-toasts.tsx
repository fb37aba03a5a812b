/** Notices above everything, at most three: alerts of the engine and what became of an action. A click opens the trade. */
import { X } from 'lucide-react';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import type { AlertItem } from '#protocol';
import { NOTICES_MOST, type Notice } from '../stores/trading-notices.ts';
import { useServices } from './services.ts';
import './alert-toasts.css';

/** Long enough to read a line. */
const SHOWN_MS = 6_000;

/** Hundreds of fills a day are the ordinary: the tables show them. */
const isWorthSaying = ({ kind, severity }: AlertItem): boolean =>
  kind !== 'fill' || severity === 'warn' || severity === 'danger';

export function AlertToasts() {
  const { link, notices, trades, symbols } = useServices();
  const shown = useStore(notices, (state) => state.notices);
  useEffect(
    () =>
      link.events<AlertItem>('alerts', {
        items: (items, _first, isSnapshot) => {
          // What happened before this window looked is in the console, not news.
          if (isSnapshot) return;
          for (const item of items.slice(-NOTICES_MOST)) if (isWorthSaying(item)) notices.alert(item);
        },
      }),
    [link, notices],
  );
  const open = ({ id, tradeId, symbol }: Notice): void => {
    if (tradeId !== undefined) trades.pick(tradeId);
    if (symbol !== undefined) symbols.pick(symbol);
    notices.dismiss(id);
  };
  return (
    <div className="toasts" data-testid="toasts" aria-live="polite" role="log" aria-label="Alerts">
      {shown.map((notice) => (
        <Toast
          key={notice.id}
          notice={notice}
          onOpen={() => open(notice)}
          onDismiss={() => notices.dismiss(notice.id)}
        />
      ))}
    </div>
  );
}

interface ToastProps {
  readonly notice: Notice;
  readonly onOpen: () => void;
  readonly onDismiss: () => void;
}

function Toast({ notice, onOpen, onDismiss }: ToastProps) {
  const { stays, severity, text, tradeId, symbol } = notice;
  const { notices } = useServices();
  const { id } = notice;
  useEffect(() => {
    if (stays) return;
    const timer = setTimeout(() => notices.dismiss(id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [stays, notices, id]);
  const leadsOn = tradeId !== undefined || symbol !== undefined;
  return (
    <div className="toast" data-severity={severity}>
      <button
        type="button"
        className="toast-text"
        disabled={!leadsOn}
        title={tradeId === undefined ? (symbol === undefined ? '' : `Show ${symbol}`) : 'Open the trade'}
        onClick={onOpen}
      >
        {text}
      </button>
      <button type="button" className="icon-button" aria-label="Dismiss" title="Dismiss" onClick={onDismiss}>
        <X size={12} aria-hidden="true" />
      </button>
    </div>
  );
}
