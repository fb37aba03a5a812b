/**
 * The pipe between a session and its window: whole frames of bytes, both ways, in order. MessagePort, worker port and
 * websocket are all made into this; nothing above it knows which one it is.
 */
export interface ByteChannel {
  /** Never throws; bytes sent into a closed channel are dropped. The channel may keep `bytes`: do not change it afterwards. */
  send(bytes: Uint8Array): void;
  /** Called with whatever arrived. It comes from outside and may be anything: the session checks. One listener. */
  onMessage(listener: (message: unknown) => void): void;
  /** Called once when the other side is gone or `close` was called. One listener. */
  onClose(listener: () => void): void;
  close(code: ChannelCloseCode, reason: string): void;
  /** Bytes accepted by `send` that have not left this process; 0 where the transport cannot say. */
  bufferedBytes(): number;
}

/** Websocket close codes; other transports ignore them. */
export const CloseCode = { goingAway: 1001, protocolError: 1002, tooBig: 1009, policy: 4400, tryAgain: 1013 } as const;
export type ChannelCloseCode = (typeof CloseCode)[keyof typeof CloseCode];
