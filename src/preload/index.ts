/** The bridge between a page and the desktop host: hands a port through and passes plain messages on. No logic. */
import { contextBridge, ipcRenderer } from 'electron';
import type {
  BridgeRequest,
  DroverBridge,
  EngineHostState,
  PortMessage,
  ThemeChoice,
  WindowPlace,
  WindowReturn,
} from '#protocol';
import { BridgeChannel } from '#protocol';

const nonce = crypto.getRandomValues(new Uint32Array(4)).join('-');
const ask = (request: BridgeRequest): void => ipcRenderer.send(BridgeChannel.ask, request);
const argument = (name: string): string => {
  const prefix = `--drover-${name}=`;
  return process.argv.find((word) => word.startsWith(prefix))?.slice(prefix.length) ?? '';
};

/** The newest value of a channel, for those who come later. */
function channel<T>(name: string): (listener: (value: T) => void) => () => void {
  const listeners = new Set<(value: T) => void>();
  let latest: { readonly value: T } | undefined;
  ipcRenderer.on(name, (_event, value: T) => {
    latest = { value };
    for (const listener of listeners) listener(value);
  });
  return (listener) => {
    listeners.add(listener);
    if (latest !== undefined) listener(latest.value);
    return () => void listeners.delete(listener);
  };
}

/** What happens now; those who come later have missed it. */
function event<T>(name: string): (listener: (value: T) => void) => () => void {
  return (listener) => {
    const hear = (_event: unknown, value: T): void => listener(value);
    ipcRenderer.on(name, hear);
    return () => void ipcRenderer.removeListener(name, hear);
  };
}

const onEngineState = channel<EngineHostState>(BridgeChannel.engineState);
const onTheme = channel<ThemeChoice>(BridgeChannel.theme);
const onPlace = channel<WindowPlace>(BridgeChannel.place);

// A port cannot cross the context bridge: it is handed to the page as a window message that only this script can make.
ipcRenderer.on(BridgeChannel.port, (event, message: { readonly nonce: string }) => {
  if (message.nonce !== nonce) return;
  window.postMessage({ kind: 'drover:port', nonce } satisfies PortMessage, '*', event.ports);
});

const bridge: DroverBridge = {
  nonce,
  version: argument('version'),
  platform: process.platform,
  role: argument('role'),
  windowId: argument('window'),
  requestPort: () => ask({ kind: 'port', nonce }),
  onEngineState,
  onTheme,
  setTheme: (theme) => ask({ kind: 'set-theme', theme }),
  openWindow: (role, layout = '') => ask({ kind: 'open-window', role, layout }),
  openWalls: () => ask({ kind: 'open-walls' }),
  onPlace,
  setRole: (role) => ask({ kind: 'set-role', role }),
  saveLayout: (layout) => ask({ kind: 'save-layout', layout }),
  report: ({ panels, density, palette }) => ask({ kind: 'report', panels, density, palette }),
  onCommand: event<string>(BridgeChannel.command),
  onReturn: event<WindowReturn>(BridgeChannel.returned),
  canNotify: argument('notices') === 'yes',
  notify: ({ title, body, tag }) => ask({ kind: 'notify', title, body, tag }),
  onNoticeClick: event<string>(BridgeChannel.noticeClick),
  restartEngine: () => ask({ kind: 'restart-engine' }),
};
contextBridge.exposeInMainWorld('drover', bridge);
ask({ kind: 'state' });
