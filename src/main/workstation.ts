/** The running desktop program: engine, ports, windows, menu, power. */
import path from 'node:path';
import { app, BrowserWindow, nativeTheme, session, shell } from 'electron';
import type { ThemeChoice, WindowReport } from '#protocol';
import { BridgeChannel } from '#protocol';
import type { EngineOptions } from '#host-kit';
import { openSettings } from '#host-kit';
import { answerBridge } from './bridge-requests.ts';
import { createEnding } from './ending.ts';
import { createEngineProcess } from './engine-process.ts';
import { setMenu } from './menu.ts';
import type { MenuActions } from './menu-template.ts';
import { createNativeTrading } from './native-trading.ts';
import { createNotices } from './notices.ts';
import { tell } from './questions.ts';
import { createPortBroker } from './ports.ts';
import { watchPower } from './power.ts';
import { openSavedWindows } from './saved-windows.ts';
import { secureSession } from './security.ts';
import { createWindows } from './windows.ts';

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
  const ending = createEnding(engine);
  const windows = createWindows({
    saved,
    preload: path.join(out, 'preload', 'index.cjs'),
    icon: path.join(out, '..', 'resources', 'icon.png'),
    version: app.getVersion(),
    note,
    onPlace: (contents, place) => contents.send(BridgeChannel.place, place),
    onReturn: (contents, returned) => contents.send(BridgeChannel.returned, returned),
    beforeLastClose: ending.beforeLastClose,
    quit: ending.quit,
  });
  engine.onState((state) => {
    for (const contents of windows.contents()) contents.send(BridgeChannel.engineState, state);
  });
  const ports = createPortBroker(engine);
  const trade = createNativeTrading(engine);
  const notices = createNotices();

  let report: WindowReport | undefined;
  const actions: MenuActions = {
    openWindow: (role) => windows.open(role),
    openWalls: () => windows.openWalls(),
    restartEngine: () => void engine.restart(),
    setTheme: (theme) => setTheme(theme),
    openDataFolder: () => void shell.openPath(engineOptions.dataDir),
    openDocs: () => void shell.openPath(path.join(out, '..', 'docs')),
    showAbout: () => void tell(`Drover ${app.getVersion()}`, about(engineOptions)),
    // A checkbox flips by itself when it is clicked; what holds is what the engine says.
    trade: (wanted) => void trade(wanted).then(showMenu),
    command: (id) => {
      const front = BrowserWindow.getFocusedWindow() ?? windows.all()[0];
      front?.webContents.send(BridgeChannel.command, id);
    },
  };
  const showMenu = (): void =>
    setMenu(actions, {
      theme: settings.get().theme,
      broker: engineOptions.broker,
      trading: engine.trading(),
      window: report,
    });
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
  engine.onTrading(showMenu);
  answerBridge(
    {
      port: ({ nonce }, sender) => ports.request(sender, nonce),
      state: (_request, sender) => {
        sender.send(BridgeChannel.engineState, engine.state());
        sender.send(BridgeChannel.theme, settings.get().theme);
        const place = windows.placeOf(sender);
        if (place !== undefined) sender.send(BridgeChannel.place, place);
      },
      'set-theme': ({ theme }) => setTheme(theme),
      'open-window': ({ role, layout }) => windows.open(role, layout),
      'open-walls': () => windows.openWalls(),
      'set-role': ({ role }, sender) => windows.setRole(sender, role),
      'save-layout': ({ layout }, sender) => windows.keepLayout(sender, layout),
      report: ({ panels, density, palette }) => {
        const next = { panels, density, palette };
        if (JSON.stringify(next) === JSON.stringify(report)) return;
        report = next;
        showMenu();
      },
      notify: (notice, sender) => notices.show(notice, sender),
      'restart-engine': () => void engine.restart(),
    },
    note,
  );
  showMenu();
  watchPower(engine, settings.get().keepAwake);
  app.on('second-instance', () => windows.focus());
  app.on('activate', () => windows.focus());
  ending.start(windows);
  windows.openAll();
  engine.start();
}

function about(engine: EngineOptions): string {
  const { electron, chrome, node } = process.versions;
  return [
    `Feed ${engine.feed}, broker ${engine.broker}`,
    `Data folder ${engine.dataDir}`,
    `Electron ${electron ?? '-'}, Chromium ${chrome ?? '-'}, Node ${node}`,
  ].join('\n');
}
