/**
 * Brokers one port a window between the page and the engine, then is out of the data path. A page asks once, with a nonce
 * of its own; after each restart of the engine it gets a new port under the same nonce without asking.
 */
import { MessageChannelMain } from 'electron';
import type { WebContents } from 'electron';
import { BridgeChannel } from '#protocol';
import type { EngineProcess } from './engine-process.ts';

export interface PortBroker {
  /** The page wants a port now and after every restart. */
  request(contents: WebContents, nonce: string): void;
}

export function createPortBroker(engine: EngineProcess): PortBroker {
  const nonces = new Map<WebContents, string>();
  const connect = (contents: WebContents, nonce: string): void => {
    // The window may have gone, or its page been replaced, while the engine started.
    if (contents.isDestroyed()) return void nonces.delete(contents);
    const { port1, port2 } = new MessageChannelMain();
    if (!engine.connect(port1)) {
      port1.close();
      port2.close();
      return;
    }
    contents.postMessage(BridgeChannel.port, { nonce }, [port2]);
  };
  engine.onState((state) => {
    if (state.kind !== 'running') return;
    for (const [contents, nonce] of nonces) connect(contents, nonce);
  });
  return {
    request: (contents, nonce) => {
      if (!nonces.has(contents)) {
        contents.once('destroyed', () => nonces.delete(contents));
        // A page that is being replaced asks again under a new nonce.
        contents.on('did-start-navigation', (details) => {
          if (details.isMainFrame && !details.isSameDocument) nonces.delete(contents);
        });
        contents.on('render-process-gone', () => nonces.delete(contents));
      }
      nonces.set(contents, nonce);
      connect(contents, nonce);
    },
  };
}
