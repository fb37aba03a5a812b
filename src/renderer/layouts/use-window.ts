/** Ties a window to its host: its title, the native menu's commands and lists, keys of the window commands in a browser. */
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { AccountValue } from '#protocol';
import type { AppCommand } from '../app/commands.ts';
import { useServices } from '../app/services.ts';
import { PANELS } from '../panels/registry.ts';
import { windowTitle } from './window-title.ts';

/** Keys that the desktop's menu takes; in a browser the page takes them. */
const KEYS: Readonly<Record<string, string>> = { o: 'panel.pop-out', b: 'panel.bring-back' };

export function useWindowTitle(): void {
  const { health, linkStatus, link, windows } = useServices();
  const value = useStore(health, (state) => state.value);
  const state = useStore(linkStatus, (status) => status.state);
  const [openPositions, setOpen] = useState<number | null>(null);
  useEffect(() => link.value<AccountValue>('account', (account) => setOpen(account.openPositions)), [link]);
  const title = windowTitle({ health: value, link: state, openPositions, role: windows.role(), panel: '' });
  useEffect(() => {
    document.title = title;
  }, [title]);
}

export function useNativeMenu(commands: readonly AppCommand[], openPalette: () => void): void {
  const { windows, settings, bridge } = useServices();
  const density = useStore(settings, (state) => state.density);
  const palette = useStore(settings, (state) => state.palette);
  useEffect(() => {
    const panels = PANELS.map(({ kind, title }) => ({ kind, title }));
    windows.report({ panels, density, palette });
  }, [windows, density, palette]);
  useEffect(
    () =>
      windows.onCommand((id) => {
        if (id === 'palette.open') openPalette();
        else commands.find((command) => command.id === id)?.run();
      }),
    [windows, commands, openPalette],
  );
  useEffect(() => {
    if (bridge !== undefined) return;
    const onKey = (event: KeyboardEvent): void => {
      if (!event.shiftKey || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      const id = KEYS[event.key.toLowerCase()];
      const command = commands.find((candidate) => candidate.id === id);
      if (command === undefined) return;
      event.preventDefault();
      command.run();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [bridge, commands]);
}
