/**
 * Everything between engine and window is a Uint8Array: one type byte, then the body. The same bytes travel over an
 * Electron MessagePort, a worker port and a websocket.
 */
export const FrameType = {
  /** Both ways. JSON: a comlink message. */
  rpc: 1,
  /** To the engine. JSON: ClientMessage. */
  control: 2,
  /** To the window. JSON: ServerMessage. */
  notice: 3,
  /** To the window. Binary: changed market rows (rows.ts). */
  rows: 4,
  /** To the window. JSON: LosslessFrame. */
  events: 5,
  /** To the window. JSON: ConflatedFrame: the whole latest value of a small topic. */
  value: 6,
} as const;
export type FrameType = (typeof FrameType)[keyof typeof FrameType];

/** The text codec is handed in because this folder may import nothing and name no runtime. */
export interface TextCodec {
  encode(text: string): Uint8Array;
  decode(bytes: Uint8Array): string;
}

export function jsonFrame(type: FrameType, value: unknown, text: TextCodec): Uint8Array {
  const body = text.encode(JSON.stringify(value));
  const frame = new Uint8Array(body.length + 1);
  frame[0] = type;
  frame.set(body, 1);
  return frame;
}

/** The parsed body, or undefined when it is not JSON. Never throws. */
export function readJsonFrame(frame: Uint8Array, text: TextCodec): unknown {
  try {
    return JSON.parse(text.decode(frame.subarray(1)));
  } catch {
    return undefined;
  }
}
