/** The whole window: strip, banner, dock, and the palette and help above them. */
import { useCallback, useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { MissingWindows } from '../layouts/missing-windows.tsx';
import { StatusWindow } from '../layouts/status-window.tsx';
import { useNativeMenu, useWindowTitle } from '../layouts/use-window.ts';
import { windowCommands } from '../layouts/window-commands.ts';
import { FirstRunOffer } from '../panels/first-run/first-run-offer.tsx';
import { PANELS } from '../panels/registry.ts';
import { AlertToasts } from './alert-toasts.tsx';
import { CommandPalette } from './command-palette.tsx';
import { appCommands } from './commands.ts';
import { createDockHandle } from './dock-handle.ts';
import { Dock } from './dock.tsx';
import { KeyboardHelp } from './keyboard-help.tsx';
import { LinkBanner } from './link-banner.tsx';
import { OVERLAYS } from './panel-bus.ts';
import { useServices } from './services.ts';
import { StatusStrip } from './status-strip.tsx';

type Overlay = 'palette' | 'help' | null;

export function Shell() {
  const services = useServices();
  const { health, symbols, trades } = services;
  const isLive = useStore(health, ({ value }) => value?.broker.isLive ?? false);
  const account = useStore(health, ({ value }) => value?.broker.account ?? '');
  const [overlay, setOverlay] = useState<Overlay>(null);
  const [dock] = useState(() => createDockHandle(services.windows));
  // The palette offers every view and list there is.
  const savedViews = useStore(services.views);
  const watched = useStore(services.watchLists);
  const commands = useMemo(
    () => [
      ...appCommands(services, PANELS, {
        openPanel: (kind) => dock.openPanel(kind),
        resetLayout: () => dock.reset(),
        closePanel: () => dock.closePanel(),
        showHelp: () => setOverlay('help'),
        openWindow: () => void services.windows.open('workstation'),
      }),
      ...windowCommands(services.windows, dock),
    ],
    // eslint-disable-next-line react-hooks/exhaustive-deps -- views and lists are read through stores and must rebuild the list
    [services, dock, savedViews, watched],
  );
  useEffect(() => symbols.onOpen(() => dock.openOrLeave('symbol')), [symbols, dock]);
  useEffect(
    () =>
      services.panels.follow((kind) => {
        if (kind === OVERLAYS.palette) setOverlay('palette');
        else if (kind === OVERLAYS.keys) setOverlay('help');
        else dock.openPanel(kind);
      }),
    [services, dock],
  );
  // Whoever picks a trade wants to see it.
  useEffect(() => trades.onPick(() => dock.openOrLeave('trade-page')), [trades, dock]);
  const openPalette = useCallback(() => setOverlay('palette'), []);
  useWindowTitle();
  useNativeMenu(commands, openPalette);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const isTyping =
        event.target instanceof HTMLInputElement ||
        event.target instanceof HTMLSelectElement ||
        event.target instanceof HTMLTextAreaElement;
      if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === 'k')
        setOverlay((now) => (now === 'palette' ? null : 'palette'));
      else if (event.key === '?' && !isTyping) setOverlay('help');
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  return (
    <div className="shell" data-mode={isLive ? 'live' : 'paper'} data-account={account}>
      <StatusStrip onPalette={() => setOverlay('palette')} onPanel={(kind) => dock.openPanel(kind)} />
      <LinkBanner />
      <FirstRunOffer />
      <MissingWindows />
      <main className="shell-main">
        {services.windows.role() === 'status' ? <StatusWindow /> : <Dock handle={dock} />}
      </main>
      {isLive && <div className="live-frame" aria-hidden="true" data-account={`LIVE ${account}`} />}
      <AlertToasts />
      {overlay === 'palette' && <CommandPalette commands={commands} onClose={() => setOverlay(null)} />}
      {overlay === 'help' && <KeyboardHelp onClose={() => setOverlay(null)} />}
    </div>
  );
}
