/** The small window that stays while the engine runs and every other window is closed: nothing trades unseen. */
import { useEffect, useState } from 'react';
import type { AccountValue } from '#protocol';
import { useServices } from '../app/services.ts';
import './context-menu.css';

export function StatusWindow() {
  const { link, windows } = useServices();
  const [account, setAccount] = useState<AccountValue | null>(null);
  useEffect(() => link.value<AccountValue>('account', setAccount), [link]);
  const open = account?.openPositions ?? 0;
  return (
    <section className="status-window" aria-label="The engine keeps running" data-testid="status-window">
      <div>
        <h2>The engine keeps running</h2>
        <p>
          {open === 1 ? '1 position is' : `${open} positions are`} open and watched; exits fire as before.{' '}
          {account?.isAuto === true
            ? 'Auto trading is on: strategies may open more.'
            : 'Auto trading is off: nothing new is opened.'}
        </p>
        <p>Closing this window asks before anything stops.</p>
      </div>
      <div className="status-actions">
        <button type="button" className="button" onClick={() => windows.open('workstation')}>
          Open the workstation
        </button>
      </div>
    </section>
  );
}
