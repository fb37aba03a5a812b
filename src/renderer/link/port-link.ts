/**
 * The line inside the desktop program: a MessagePort that main brokers between this window and the engine process. Main
 * sends a new port after each engine restart without being asked, so this line heals itself.
 */
import type { DroverBridge, EngineHostState, PortMessage } from '#protocol';
import type { Connector } from './engine-link.ts';

export interface PortHost {
  readonly bridge: DroverBridge;
  /** The page's window: ports arrive as its messages. */
  readonly page: {
    addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
    removeEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
  };
}

const SENTENCES = {
  starting: 'The engine is starting.',
  restarting: 'The engine ended and is being started again.',
  stopped: 'The engine was stopped.',
  'crash-loop': 'The engine ended several times in a row and is not started again by itself.',
} as const;

export function portConnector(host: PortHost): Connector {
  return {
    isSelfHealing: true,
    connect: (events) => {
      const { bridge, page } = host;
      let port: MessagePort | undefined;
      let isStopped = false;
      const release = (): void => {
        if (!port) return;
        port.onmessage = null;
        port.close();
        port = undefined;
      };
      const onMessage = (event: MessageEvent): void => {
        const [arrived] = event.ports;
        const message = event.data as Partial<PortMessage> | null;
        // Only the preload script knows the nonce, and it speaks from this page's own window.
        if (message?.kind !== 'drover:port' || message.nonce !== bridge.nonce || event.source !== (page as unknown))
          return;
        if (arrived === undefined) return;
        release();
        port = arrived;
        events.open();
        arrived.onmessage = (message) => {
          if (message.data instanceof Uint8Array) events.frame(message.data);
        };
        arrived.addEventListener('close', () => {
          if (port !== arrived) return;
          release();
          events.closed('The engine process ended.');
        });
        arrived.start();
      };
      const onState = (state: EngineHostState): void => {
        isStopped = state.kind === 'stopped' || state.kind === 'crash-loop';
        if (state.kind === 'running' || (state.kind === 'starting' && port)) return;
        release();
        events.closed(state.message || SENTENCES[state.kind], isStopped ? 'stopped' : undefined);
      };
      page.addEventListener('message', onMessage);
      const leave = bridge.onEngineState(onState);
      bridge.requestPort();
      return {
        send: (frame) => port?.postMessage(frame),
        retry: () => (isStopped ? bridge.restartEngine() : bridge.requestPort()),
        close: () => {
          page.removeEventListener('message', onMessage);
          leave();
          release();
        },
      };
    },
  };
}
