/** A ByteChannel in memory, and the window at its other end: keeps and decodes what it was sent, says what tests tell it. */
import type { ClientMessage, ConflatedFrame, LosslessFrame, RowsFrame, ServerMessage } from '#protocol';
import { FrameType, jsonFrame, readJsonFrame, readRowsFrame } from '#protocol';
import type { ByteChannel } from '../hosts/gateway/byte-channel.ts';
import { textCodec } from '../hosts/gateway/text-frames.ts';

export interface TestWindow {
  readonly channel: ByteChannel;
  readonly frames: Uint8Array[];
  buffered: number;
  isOpen: boolean;
  closeCode: number | undefined;
  say(message: ClientMessage | Readonly<Record<string, unknown>>): void;
  rpc(message: unknown): void;
  raw(message: unknown): void;
  notices(): readonly ServerMessage[];
  rows(): readonly RowsFrame[];
  events(): readonly LosslessFrame[];
  values(): readonly ConflatedFrame[];
  answers(): readonly { readonly id: string; readonly type: string; readonly value: unknown }[];
  /** Newest transport frame number seen. */
  newestFrame(): number;
  ackAll(): void;
  forget(): void;
  hangUp(): void;
}

export function createTestWindow(): TestWindow {
  let onMessage: (message: unknown) => void = () => undefined;
  let onClose: () => void = () => undefined;
  let newest = 0;
  const ofType = <T>(type: FrameType): readonly T[] =>
    window.frames.filter((frame) => frame[0] === type).map((frame) => readJsonFrame(frame, textCodec) as T);
  const shut = (): void => {
    if (!window.isOpen) return;
    window.isOpen = false;
    onClose();
  };
  const window: TestWindow = {
    channel: {
      send: (bytes) => {
        if (!window.isOpen) return;
        window.frames.push(bytes);
        newest = Math.max(newest, frameNumber(bytes));
      },
      onMessage: (listener) => (onMessage = listener),
      onClose: (listener) => (onClose = listener),
      close: (code) => {
        window.closeCode ??= code;
        shut();
      },
      bufferedBytes: () => window.buffered,
    },
    frames: [],
    buffered: 0,
    isOpen: true,
    closeCode: undefined,
    say: (message) => window.raw(jsonFrame(FrameType.control, message, textCodec)),
    rpc: (message) => window.raw(jsonFrame(FrameType.rpc, message, textCodec)),
    raw: (message) => {
      if (window.isOpen) onMessage(message);
    },
    notices: () => ofType<ServerMessage>(FrameType.notice),
    rows: () =>
      window.frames.filter((frame) => frame[0] === FrameType.rows).map((frame) => readRowsFrame(frame) as RowsFrame),
    events: () => ofType<LosslessFrame>(FrameType.events),
    values: () => ofType<ConflatedFrame>(FrameType.value),
    answers: () => ofType(FrameType.rpc),
    newestFrame: () => newest,
    ackAll: () => window.say({ kind: 'ack', frame: newest }),
    forget: () => void window.frames.splice(0),
    hangUp: shut,
  };
  return window;
}

function frameNumber(bytes: Uint8Array): number {
  if (bytes[0] === FrameType.rows) return readRowsFrame(bytes)?.frame ?? 0;
  if (bytes[0] !== FrameType.events && bytes[0] !== FrameType.value) return 0;
  return (readJsonFrame(bytes, textCodec) as { readonly frame: number }).frame;
}
