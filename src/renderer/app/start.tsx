/** Starts a window over a link: stores, theme, React. Faults nobody caught go to the engine's log. */
import { createRoot } from 'react-dom/client';
import '../theme/fonts.css';
import '../theme/tokens.css';
import '../theme/base.css';
import '../theme/dock.css';
import { applyTheme } from '../theme/apply-theme.ts';
import type { EngineLink } from '../link/engine-link.ts';
import { desktopBridge } from '../link/bridge.ts';
import { browserStorage } from '../stores/settings-store.ts';
import { ErrorBoundary } from './error-boundary.tsx';
import { createServices, ServicesProvider } from './services.ts';
import { Shell } from './shell.tsx';
import './shell.css';

const FAULTS_MOST = 20;

export function start(host: HTMLElement, link: EngineLink): void {
  const bridge = desktopBridge();
  const services = createServices(link, browserStorage(), bridge);
  applyTheme(services.settings);
  syncDesktopTheme(services.settings, bridge);
  reportFaults(link);
  window.addEventListener('pagehide', () => services.settings.flush());
  createRoot(host).render(
    <ErrorBoundary what="This window">
      <ServicesProvider value={services}>
        <Shell />
      </ServicesProvider>
    </ErrorBoundary>,
  );
}

/** The desktop host keeps one theme for all windows and their native menus. */
function syncDesktopTheme(
  settings: ReturnType<typeof createServices>['settings'],
  bridge: ReturnType<typeof desktopBridge>,
): void {
  if (!bridge) return;
  bridge.onTheme((theme) => settings.getState().theme !== theme && settings.setState({ theme }));
  settings.subscribe((now, before) => now.theme !== before.theme && bridge.setTheme(now.theme));
}

function reportFaults(link: EngineLink): void {
  let left = FAULTS_MOST;
  const report = (text: string): void => {
    if (left-- <= 0) return;
    // A report that cannot be delivered has nowhere else to go.
    link.commands.report({ severity: 'warn', text: `window: ${text}`.slice(0, 2_000) }).catch(() => undefined);
  };
  window.addEventListener('error', (event) => report(`${event.message} at ${event.filename}:${event.lineno}`));
  window.addEventListener('unhandledrejection', (event) => report(`unhandled rejection: ${String(event.reason)}`));
}
