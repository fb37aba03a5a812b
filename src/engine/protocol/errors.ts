/** Codes that cross a process. Never reused, never renumbered. */
export type ErrorCode =
  | 'version-mismatch'
  | 'unauthorized'
  | 'bad-message'
  | 'unknown-command'
  | 'bad-arguments'
  | 'unknown-topic'
  | 'not-found'
  | 'refused'
  | 'busy'
  | 'engine-stopped'
  | 'internal';

export interface PlainError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly context?: Readonly<Record<string, string | number | boolean | null>>;
}
