/** The two real lines: a MessagePort brokered by the desktop host, and a websocket. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { DroverBridge, EngineHostState } from '#protocol';
import type { LineEvents } from './engine-link.ts';
import { portConnector } from './port-link.ts';
import { webSocketConnector } from './ws-link.ts';

function recorder(): { readonly events: LineEvents; readonly seen: string[] } {
  const seen: string[] = [];
  return {
    seen,
    events: {
      open: () => void seen.push('open'),
      frame: (bytes) => void seen.push(`frame ${[...bytes].join()}`),
      closed: (message, end) => void seen.push(`${end ?? 'closed'} ${message}`),
    },
  };
}

const until = async (check: () => boolean): Promise<void> =>
  vi.waitFor(() => expect(check()).toBe(true), { timeout: 2_000 });

describe('port line', () => {
  const opened: { close(): void }[] = [];
  afterEach(() => {
    for (const port of opened.splice(0)) port.close();
  });

  function desktop() {
    const listeners = new Set<(event: MessageEvent) => void>();
    const page = {
      addEventListener: (_type: 'message', listener: (event: MessageEvent) => void) => void listeners.add(listener),
      removeEventListener: (_type: 'message', listener: (event: MessageEvent) => void) =>
        void listeners.delete(listener),
    };
    let tellState: (state: EngineHostState) => void = () => undefined;
    const asked: string[] = [];
    const bridge: DroverBridge = {
      nonce: 'secret',
      version: '0',
      platform: 'linux',
      role: 'workstation',
      windowId: 'w1',
      requestPort: () => void asked.push('port'),
      onEngineState: (listener) => {
        tellState = listener;
        return () => {
          tellState = () => undefined;
        };
      },
      onTheme: () => () => undefined,
      setTheme: () => undefined,
      openWindow: () => undefined,
      openWalls: () => undefined,
      onPlace: () => () => undefined,
      onReturn: () => () => undefined,
      setRole: () => undefined,
      saveLayout: () => undefined,
      report: () => undefined,
      onCommand: () => () => undefined,
      canNotify: false,
      notify: () => undefined,
      onNoticeClick: () => () => undefined,
      restartEngine: () => void asked.push('restart'),
    };
    const hand = (data: unknown, source: unknown = page): MessagePort => {
      const { port1, port2 } = new MessageChannel();
      opened.push(port1, port2);
      for (const listener of listeners) listener({ data, source, ports: [port2] } as unknown as MessageEvent);
      return port1;
    };
    return {
      bridge,
      page,
      hand,
      asked,
      listeners,
      state: (kind: EngineHostState['kind'], message = '') => tellState({ kind, message, pid: null, restarts: 0 }),
    };
  }
  const announced = { kind: 'drover:port', nonce: 'secret' };

  it('asks for a port, takes it, and carries bytes both ways', async () => {
    const host = desktop();
    const { events, seen } = recorder();
    const line = portConnector(host).connect(events);
    expect(host.asked).toEqual(['port']);
    const engine = host.hand(announced);
    expect(seen).toEqual(['open']);
    const heard: unknown[] = [];
    engine.onmessage = ({ data }) => void heard.push(data);
    line.send(new Uint8Array([1, 2]));
    engine.postMessage(new Uint8Array([4, 5]));
    engine.postMessage('not bytes');
    await until(() => heard.length === 1 && seen.length === 2);
    expect(seen[1]).toBe('frame 4,5');
    expect(heard[0]).toEqual(new Uint8Array([1, 2]));
    line.close();
    expect(host.listeners.size).toBe(0);
  });

  it('ignores ports with another nonce, another shape, or from another window', () => {
    const host = desktop();
    const { events, seen } = recorder();
    const line = portConnector(host).connect(events);
    host.hand({ kind: 'drover:port', nonce: 'guess' });
    host.hand('secret');
    host.hand(null);
    host.hand(announced, {});
    expect(seen).toEqual([]);
    line.close();
  });

  it('each new port replaces the one before', async () => {
    const host = desktop();
    const { events, seen } = recorder();
    const line = portConnector(host).connect(events);
    const first = host.hand(announced);
    const second = host.hand(announced);
    first.postMessage(new Uint8Array([1]));
    second.postMessage(new Uint8Array([2]));
    await until(() => seen.includes('frame 2'));
    expect(seen).toEqual(['open', 'open', 'frame 2']);
    line.close();
  });

  it('says what the supervisor says, and when it is final', () => {
    const host = desktop();
    const { events, seen } = recorder();
    const line = portConnector(host).connect(events);
    host.hand(announced);
    host.state('running');
    host.state('restarting', 'It ended with code 9.');
    line.retry?.();
    host.state('crash-loop');
    line.retry?.();
    expect(seen).toEqual([
      'open',
      'closed It ended with code 9.',
      'stopped The engine ended several times in a row and is not started again by itself.',
    ]);
    expect(host.asked).toEqual(['port', 'port', 'restart']);
    line.close();
  });

  it('a port that closes is a lost line', async () => {
    const host = desktop();
    const { events, seen } = recorder();
    const line = portConnector(host).connect(events);
    host.hand(announced).close();
    await until(() => seen.length === 2);
    expect(seen[1]).toBe('closed The engine process ended.');
    line.close();
  });
});

describe('websocket line', () => {
  function socketHost(status: number) {
    const socket = {
      readyState: 0,
      binaryType: '',
      sent: [] as unknown[],
      send: (data: unknown) => void socket.sent.push(data),
      close: () => undefined,
    } as unknown as WebSocket & { sent: unknown[] };
    return { socket, host: { url: 'ws://h/link', open: () => socket, probe: async () => status } };
  }
  const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

  it('carries bytes, and only when open', () => {
    const { socket, host } = socketHost(200);
    const { events, seen } = recorder();
    const line = webSocketConnector(host).connect(events);
    line.send(new Uint8Array([9]));
    socket.onopen?.({} as Event);
    Object.assign(socket, { readyState: 1 });
    line.send(new Uint8Array([1]));
    socket.onmessage?.({ data: new Uint8Array([4, 2]).buffer } as MessageEvent);
    socket.onmessage?.({ data: 'text' } as MessageEvent);
    expect(seen).toEqual(['open', 'frame 4,2']);
    expect(socket.sent).toEqual([new Uint8Array([1])]);
    expect(socket.binaryType).toBe('arraybuffer');
  });

  it.each([
    [0, false, /^closed Nobody answers/],
    [200, false, /^closed The engine refused/],
    [401, false, /^refused The engine does not accept the key/],
    [403, false, /^refused The engine does not accept the key/],
    [0, true, /^closed The connection to the engine was lost/],
  ])('a close with the page answering %d (was open: %s) reads %s', async (status, wasOpen, words) => {
    const { socket, host } = socketHost(status);
    const { events, seen } = recorder();
    webSocketConnector(host).connect(events);
    if (wasOpen) socket.onopen?.({} as Event);
    socket.onclose?.({ code: 1006 } as CloseEvent);
    await settle();
    expect(seen.at(-1)).toMatch(words);
  });

  it('a policy close is final, and one it asked for itself is silent', async () => {
    const { socket, host } = socketHost(200);
    const { events, seen } = recorder();
    webSocketConnector(host).connect(events);
    socket.onclose?.({ code: 1008 } as CloseEvent);
    expect(seen).toHaveLength(1);
    const again = socketHost(200);
    const other = recorder();
    webSocketConnector(again.host).connect(other.events).close();
    again.socket.onclose?.({ code: 1000 } as CloseEvent);
    await settle();
    expect(other.seen).toEqual([]);
  });
});
