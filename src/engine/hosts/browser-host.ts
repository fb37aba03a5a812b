/**
 * The browser host: the same renderer over http and the same sessions over a websocket, for machines without Electron and
 * for a look from another room. Everything, the health page included, is behind access-control.ts.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Access, AccessControl, RequestHead } from './access-control.ts';
import { createAccessControl, urlHost } from './access-control.ts';
import type { ByteChannel } from './gateway/byte-channel.ts';
import { CLIENT_FRAME_BYTES_MAX } from './gateway/limits.ts';
import { readStaticFile, securityHeaders } from './static-files.ts';
import { websocketChannel } from './transports/websocket.ts';

export interface BrowserHostOptions {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  readonly token: string;
  /** The built renderer. */
  readonly rendererDir: string;
  readonly attach: (channel: ByteChannel) => void;
  /** What /healthz says; plain data. */
  readonly health: () => unknown;
}

export interface BrowserHost {
  readonly port: number;
  /** With the token in it. */
  readonly url: string;
  readonly sockets: () => number;
  close(): Promise<void>;
}

/** Windows, and a few more; a runaway page must not eat the machine. */
const SOCKETS_MAX = 64;
const LINK_PATH = '/link';

/** Rejects with the error of `listen` (EADDRINUSE, EACCES, EADDRNOTAVAIL). */
export async function startBrowserHost(options: BrowserHostOptions): Promise<BrowserHost> {
  const server = createServer({ maxHeaderSize: 16 * 1024, requestTimeout: 15_000, headersTimeout: 10_000 });
  const port = await listen(server, options.host, options.port);
  const access = createAccessControl({ host: options.host, port, token: options.token });
  const headers = securityHeaders(access.connect);
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: CLIENT_FRAME_BYTES_MAX + 1,
    perMessageDeflate: false,
    clientTracking: true,
  });
  server.on('request', (request, response) => answer(request, response, { access, headers, options }));
  server.on('upgrade', (request, socket: Duplex, head) => {
    socket.on('error', () => socket.destroy());
    const allowed = access.check(headOf(request), true);
    const refusal = whyNotUpgraded(allowed, sockets.clients.size);
    if (refusal !== undefined) return refuseUpgrade(socket, refusal);
    sockets.handleUpgrade(request, socket, head, (opened) => options.attach(websocketChannel(opened)));
  });
  server.on('clientError', endBadClient);
  return {
    port,
    url: `http://${urlHost(options.host === '0.0.0.0' || options.host === '::' ? 'localhost' : options.host)}:${port}/?token=${options.token}`,
    sockets: () => sockets.clients.size,
    close: () => closeAll(server, sockets),
  };
}

/**
 * Ends a connection that sent no proper request. One that sent nothing in time gets no answer: browsers open connections
 * ahead of need, and would take the answer for that of the request they make next.
 */
export function endBadClient(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (socket.writable && error.code !== 'ERR_HTTP_REQUEST_TIMEOUT')
    socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
  else socket.destroy();
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

async function closeAll(server: Server, sockets: WebSocketServer): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // Sessions said goodbye already; what has not gone within a moment is cut.
  const cut = setTimeout(() => {
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
  }, 250);
  server.closeIdleConnections();
  await closed;
  clearTimeout(cut);
  sockets.close();
}

interface Answering {
  readonly access: AccessControl;
  readonly headers: Readonly<Record<string, string>>;
  readonly options: BrowserHostOptions;
}

function answer(request: IncomingMessage, response: ServerResponse, { access, headers, options }: Answering): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  const allowed = access.check(headOf(request), false);
  if (!allowed.ok)
    return say(request, response, allowed.status, 'text/plain; charset=utf-8', sentenceFor(allowed.status));
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    return say(request, response, 405, 'text/plain; charset=utf-8', 'Only GET and HEAD are answered here.\n');
  }
  if (allowed.byToken) response.setHeader('set-cookie', access.setCookie);
  if (allowed.path === '/healthz')
    return say(request, response, 200, 'application/json; charset=utf-8', `${JSON.stringify(options.health())}\n`);
  const file = readStaticFile(options.rendererDir, allowed.path);
  if (file === undefined) {
    const isBuilt = readStaticFile(options.rendererDir, '/') !== undefined;
    return say(
      request,
      response,
      404,
      'text/plain; charset=utf-8',
      isBuilt ? 'There is no such page.\n' : "The workstation is not built; run 'npm run build'.\n",
    );
  }
  if (file.isImmutable) response.setHeader('cache-control', 'private, max-age=31536000, immutable');
  say(request, response, 200, file.type, file.bytes);
}

function say(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  type: string,
  body: string | Buffer,
): void {
  response.statusCode = status;
  response.setHeader('content-type', type);
  response.setHeader('content-length', Buffer.byteLength(body));
  if (!response.hasHeader('cache-control')) response.setHeader('cache-control', 'no-store');
  response.end(request.method === 'HEAD' ? undefined : body);
}

function sentenceFor(status: 400 | 401 | 403): string {
  switch (status) {
    case 400:
      return 'This is not an address of this workstation.\n';
    case 401:
      return 'This workstation needs its token: open the address that Drover printed when it started.\n';
    case 403:
      return 'This workstation answers only at its own address and only to its own pages.\n';
  }
}

function whyNotUpgraded(allowed: Access, open: number): number | undefined {
  if (!allowed.ok) return allowed.status;
  if (allowed.path !== LINK_PATH) return 404;
  return open >= SOCKETS_MAX ? 503 : undefined;
}

function refuseUpgrade(socket: Duplex, status: number): void {
  const names: Readonly<Record<number, string>> = {
    400: 'Bad Request',
    401: 'Unauthorized',
    403: 'Forbidden',
    404: 'Not Found',
    503: 'Service Unavailable',
  };
  socket.end(`HTTP/1.1 ${status} ${names[status] ?? 'Error'}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () =>
    socket.destroy(),
  );
}

function headOf(request: IncomingMessage): RequestHead {
  return {
    url: request.url ?? '',
    host: request.headers.host,
    origin: request.headers.origin,
    cookie: request.headers.cookie,
  };
}
