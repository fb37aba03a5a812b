/**
 * What pages may and may not do: one scheme that serves the built renderer, no navigation, no windows of their own, no
 * permissions, no network. Each rule and the test that holds it is listed in docs/SECURITY.md.
 */
import { app, protocol } from 'electron';
import type { Session, WebContents, WebFrameMain } from 'electron';
import { readStaticFile, securityHeaders } from '#host-kit';

export const PAGE_SCHEME = 'drover';
export const PAGE_ORIGIN = `${PAGE_SCHEME}://app`;
export const PAGE_URL = `${PAGE_ORIGIN}/`;

/** Before the program is ready. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: PAGE_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

/** Every page of `session` lives under PAGE_URL and reaches nothing else. */
export function secureSession(session: Session, rendererDir: string): void {
  const headers = securityHeaders("'self'");
  session.protocol.handle(PAGE_SCHEME, (request) => {
    const url = new URL(request.url);
    if (request.method !== 'GET' || url.host !== 'app') return new Response('', { status: 404, headers });
    const file = readStaticFile(rendererDir, url.pathname);
    if (file === undefined)
      return new Response("There is no such page; 'npm run build' builds the workstation.", {
        status: 404,
        headers: { ...headers, 'content-type': 'text/plain' },
      });
    return new Response(new Uint8Array(file.bytes), {
      status: 200,
      headers: { ...headers, 'content-type': file.type, 'cache-control': 'no-store' },
    });
  });
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setSpellCheckerEnabled(false);
  // Only what our own page made (exports), and the system asks where to: nothing is ever fetched to disk.
  session.on('will-download', (event, item) => {
    if (!item.getURL().startsWith(`blob:${PAGE_ORIGIN}/`)) event.preventDefault();
  });
  session.webRequest.onBeforeRequest((details, answer) => answer({ cancel: !isOwnAddress(details.url) }));
}

/** Holds for every page that is ever made, also ones nobody thought of. */
export function secureAllContents(): void {
  app.on('web-contents-created', (_event, contents) => secureContents(contents));
}

/** True for messages of the top frame of one of our pages. */
export function isTrustedSender(sender: WebContents, frame: WebFrameMain | null): boolean {
  if (frame === null || sender.isDestroyed()) return false;
  return frame === sender.mainFrame && frame.url.startsWith(PAGE_URL);
}

function secureContents(contents: WebContents): void {
  contents.on('will-navigate', (event) => event.preventDefault());
  contents.on('will-frame-navigate', (event) => event.preventDefault());
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

/** DevTools load their own pages; data: and blob: never leave the process. */
function isOwnAddress(address: string): boolean {
  return address.startsWith(PAGE_URL) || /^(devtools|chrome-extension|data|blob):/u.test(address);
}
