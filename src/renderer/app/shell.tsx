/** The whole window: strip, banner, dock, and the palette and help above them. */
import { useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { PANELS } from '../panels/registry.ts';
import { CommandPalette } from './command-palette.tsx';
import { appCommands } from './commands.ts';
import { createDockHandle, Dock } from './dock.tsx';
import { KeyboardHelp } from './keyboard-help.tsx';
import { LinkBanner } from './link-banner.tsx';
import { useServices } from './services.ts';
import { StatusStrip } from './status-strip.tsx';

type Overlay = 'palette' | 'help' | null;

export function Shell() {
  const services = useServices();
  const { bridge, health } = services;
  const isLive = useStore(health, ({ value }) => value?.broker.isLive ?? false);
  const account = useStore(health, ({ value }) => value?.broker.account ?? '');
  const [overlay, setOverlay] = useState<Overlay>(null);
  const [dock] = useState(createDockHandle);
  const commands = useMemo(
    () =>
      appCommands(services, PANELS, {
        openPanel: (kind) => dock.openPanel(kind),
        resetLayout: () => dock.reset(),
        closePanel: () => dock.closePanel(),
        showHelp: () => setOverlay('help'),
        openWindow: () =>
          bridge ? bridge.openWindow('workstation') : void window.open(location.pathname, '_blank', 'popup'),
      }),
    [services, bridge, dock],
  );
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const isTyping =
        event.target instanceof HTMLInputElement ||
        event.target instanceof HTMLSelectElement ||
        event.target instanceof HTMLTextAreaElement;
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k')
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
      <StatusStrip onPalette={() => setOverlay('palette')} />
      <LinkBanner />
      <main className="shell-main">
        <Dock handle={dock} />
      </main>
      {isLive && <div className="live-frame" aria-hidden="true" data-account={`LIVE ${account}`} />}
      {overlay === 'palette' && <CommandPalette commands={commands} onClose={() => setOverlay(null)} />}
      {overlay === 'help' && <KeyboardHelp onClose={() => setOverlay(null)} />}
    </div>
  );
}
