/** The line in a browser: a websocket to the server the page came from. A cookie of that page authenticates it. */
import type { Connector } from './engine-link.ts';

export interface WebSocketHost {
  /** `ws(s)://host/link` */
  readonly url: string;
  readonly open: (url: string) => WebSocket;
  /** Status of the page's own address, or 0 when nobody answers. Tells a stopped engine from one that does not know us. */
  readonly probe: () => Promise<number>;
}

const UNAUTHORIZED_CLOSE = new Set([1008, 4401, 4403]);
const KEY_REFUSED =
  'The engine does not accept the key of this page. Open the address that the engine printed when it started.';

export function webSocketConnector(host: WebSocketHost): Connector {
  return {
    isSelfHealing: false,
    connect: (events) => {
      const socket = host.open(host.url);
      socket.binaryType = 'arraybuffer';
      let wasOpen = false;
      let isReleased = false;
      socket.onopen = () => {
        wasOpen = true;
        events.open();
      };
      socket.onmessage = (event: MessageEvent) => {
        if (event.data instanceof ArrayBuffer) events.frame(new Uint8Array(event.data));
      };
      socket.onclose = async (event: CloseEvent) => {
        if (isReleased) return;
        if (UNAUTHORIZED_CLOSE.has(event.code)) return events.closed(KEY_REFUSED, 'refused');
        if (wasOpen) return events.closed('The connection to the engine was lost.');
        // A refused upgrade and an absent server look the same to a websocket, so the page's address is asked.
        const code = await host.probe();
        if (isReleased) return;
        if (code === 401 || code === 403) events.closed(KEY_REFUSED, 'refused');
        else
          events.closed(code === 0 ? 'Nobody answers at the engine’s address.' : 'The engine refused the connection.');
      };
      return {
        send: (frame) => {
          if (socket.readyState === 1) socket.send(frame as Uint8Array<ArrayBuffer>);
        },
        close: () => {
          isReleased = true;
          socket.close();
        },
      };
    },
  };
}

export function browserSocketHost(): WebSocketHost {
  const url = new URL('/link', location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.search = '';
  return {
    url: url.href,
    open: (address) => new WebSocket(address),
    probe: async () => {
      try {
        return (await fetch('/', { method: 'HEAD', cache: 'no-store', credentials: 'same-origin' })).status;
      } catch {
        return 0;
      }
    },
  };
}
