/** A command of `npm run -s drover -- NAME`. One file each in cli/commands/, listed in cli/registry.ts. */
export interface CliOption {
  readonly type: 'string' | 'boolean';
  /** Shown as `--name VALUE`. */
  readonly value?: string;
  readonly help: string;
  readonly required?: boolean;
}

export interface CliContext {
  readonly stdout: (line: string) => void;
  readonly stderr: (line: string) => void;
  readonly json: boolean;
  readonly signal: AbortSignal;
}

export type CliValues = Readonly<Record<string, string | boolean | string[] | undefined>>;

export interface CliCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: Readonly<Record<string, CliOption>>;
  /** The command watches `context.signal` and ends by itself on SIGINT and SIGTERM; others are ended by the system at once. */
  readonly stopsCleanly?: boolean;
  /** Exit code: 0 done, 1 failure. Throw UsageError for bad usage (2) and FailureError for an expected failure (1). */
  run(values: CliValues, context: CliContext): Promise<number>;
}

/** One sentence for the user: what is wrong and what to do. Exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** One sentence for the user: what failed and what to do. Exit code 1. */
export class FailureError extends Error {
  override name = 'FailureError';
}
