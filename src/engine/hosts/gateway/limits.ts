/** Bounds of one session. Everything a window can make the engine hold or do has its limit here. */

/** The gateway's heartbeat; also the finest rate a subscription can have. */
export const TICK_MS = 50;
export const ROWS_HZ_DEFAULT = 5;
export const VALUES_HZ_DEFAULT = 10;
export const HZ_MAX = 20;
export const HZ_MIN = 0.1;

/** A window that does not say hello is closed. */
export const HELLO_WITHIN_MS = 10_000;
/** Largest frame a window may send. */
export const CLIENT_FRAME_BYTES_MAX = 256 * 1024;
/** Bad messages a window is forgiven before it is closed. */
export const BAD_MESSAGES_MAX = 20;
export const SUBSCRIPTIONS_MAX = 64;
export const TOPIC_KEY_CHARS_MAX = 64;
export const COMMANDS_IN_FLIGHT_MAX = 32;
export const ANSWER_BYTES_MAX = 16 * 1024 * 1024;

export const EVENTS_PER_FRAME = 64;
export const EVENTS_FRAME_CHARS = 256 * 1024;
export const SYMBOLS_PER_NOTICE = 4096;

/** Above this many unsent bytes a window counts as stalled, whatever it acknowledged. */
export const BUFFERED_STALL_BYTES = 4 * 1024 * 1024;
/** A window stalled by unsent bytes for this long is closed; it reconnects when it can read again. */
export const BUFFERED_CLOSE_MS = 30_000;

/** Keys remembered for small keyed topics, over all windows. */
export const WATCHED_KEYS_MAX = 1024;
