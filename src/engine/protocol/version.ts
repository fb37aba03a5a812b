/** Both sides refuse to talk across different versions; a mismatch is shown, never guessed around. */
export const PROTOCOL_VERSION = 1;
