/** The running desktop program: engine, ports, windows, menu, power, and the order in which they end. */
import path from 'node:path';
import { app, nativeTheme, session, shell } from 'electron';
import type { ThemeChoice } from '#protocol';
import { BridgeChannel } from '#protocol';
import type { EngineOptions } from '#host-kit';
import { openSettings } from '#host-kit';
import { answerBridge } from './bridge-requests.ts';
import { createEngineProcess } from './engine-process.ts';
import type { EngineProcess } from './engine-process.ts';
import { setMenu } from './menu.ts';
import { createPortBroker } from './ports.ts';
import { watchPower } from './power.ts';
import { openSavedWindows } from './saved-windows.ts';
import { secureSession } from './security.ts';
import { createWindows } from './windows.ts';
import type { Windows } from './windows.ts';

export interface WorkstationOptions {
  readonly engine: EngineOptions;
  /** The folder of the built parts: main, preload, renderer, engine. */
  readonly out: string;
  readonly note: (sentence: string) => void;
}

export function openWorkstation({ engine: engineOptions, out, note }: WorkstationOptions): void {
  const settings = openSettings(engineOptions.dataDir);
  const saved = openSavedWindows(engineOptions.dataDir);
  for (const problem of [settings.problem, saved.problem]) if (problem !== undefined) note(problem);
  nativeTheme.themeSource = settings.get().theme;
  secureSession(session.defaultSession, path.join(out, 'renderer'));
  const engine = createEngineProcess(path.join(out, 'engine', 'utility.js'), engineOptions, note);
  const windows = createWindows({
    saved,
    preload: path.join(out, 'preload', 'index.cjs'),
    icon: path.join(out, '..', 'resources', 'icon.png'),
    version: app.getVersion(),
    note,
  });
  engine.onState((state) => {
    for (const contents of windows.contents()) contents.send(BridgeChannel.engineState, state);
  });
  const ports = createPortBroker(engine);

  const showMenu = (): void =>
    setMenu(
      {
        newWindow: () => windows.open('workstation'),
        restartEngine: () => void engine.restart(),
        setTheme,
        openDataFolder: () => void shell.openPath(engineOptions.dataDir),
      },
      { theme: settings.get().theme, broker: engineOptions.broker },
    );
  const setTheme = (theme: ThemeChoice): void => {
    try {
      settings.set({ ...settings.get(), theme });
    } catch (error) {
      note(`The settings could not be saved (${(error as NodeJS.ErrnoException).code ?? String(error)}).`);
    }
    nativeTheme.themeSource = theme;
    for (const contents of windows.contents()) contents.send(BridgeChannel.theme, theme);
    showMenu();
  };
  answerBridge(
    {
      port: ({ nonce }, sender) => ports.request(sender, nonce),
      state: (_request, sender) => {
        sender.send(BridgeChannel.engineState, engine.state());
        sender.send(BridgeChannel.theme, settings.get().theme);
      },
      'set-theme': ({ theme }) => setTheme(theme),
      'open-window': () => windows.open('workstation'),
      'restart-engine': () => void engine.restart(),
    },
    note,
  );
  showMenu();
  watchPower(engine, settings.get().keepAwake);
  app.on('second-instance', () => windows.focus());
  app.on('activate', () => windows.focus());
  endInOrder(engine, windows);
  windows.openAll();
  engine.start();
}

/** Windows remember their places, the engine is stopped within its deadline, then the program ends. */
function endInOrder(engine: EngineProcess, windows: Windows): void {
  let isEnding = false;
  app.on('window-all-closed', () => app.quit());
  app.on('before-quit', (event) => {
    event.preventDefault();
    if (isEnding) return;
    isEnding = true;
    windows.saveForQuit();
    void engine.stop().then(() => app.exit(0));
  });
  let signals = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      signals++;
      if (signals === 1) app.quit();
      else app.exit(1);
    });
  }
}
