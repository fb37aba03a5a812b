/**
 * The commands a window may give: a frozen table without a prototype, each with the schema its argument must pass. A name
 * that is not an own key of the table does not exist; nothing can be reached through it.
 */
import type { ErrorCode, PlainError } from '#protocol';
import { z } from 'zod';
import type { EngineRuntime } from '../runtime-port.ts';

export interface Command {
  /** Checks the one argument (undefined when the window sent none). */
  readonly args: z.ZodType;
  /** Gets the checked argument. Rejects with a PlainError for what the user may be told. */
  run(args: unknown): unknown;
}

export type CommandTable = Readonly<Record<string, Command>>;

export function createCommandTable(commands: Readonly<Record<string, Command>>): CommandTable {
  const table = Object.assign(Object.create(null) as Record<string, Command>, commands);
  for (const command of Object.values(table)) Object.freeze(command);
  return Object.freeze(table);
}

/** A command the kernel answers: checked here, passed on by name. */
export function forwarded(runtime: EngineRuntime, name: string, args: z.ZodType): Command {
  return { args, run: (checked) => runtime.command(name, checked) };
}

/** The commands every engine has. */
export function baseCommands(runtime: EngineRuntime, nowUs: () => number): Readonly<Record<string, Command>> {
  return {
    ping: { args: z.undefined(), run: () => ({ atUs: nowUs() }) },
    report: forwarded(
      runtime,
      'report',
      z.strictObject({ severity: z.enum(['info', 'warn', 'danger']), text: z.string().max(4000) }),
    ),
  };
}

const CODES: Readonly<Record<ErrorCode, true>> = {
  'version-mismatch': true,
  unauthorized: true,
  'bad-message': true,
  'unknown-command': true,
  'bad-arguments': true,
  'unknown-topic': true,
  'not-found': true,
  refused: true,
  busy: true,
  'engine-stopped': true,
  internal: true,
};

/** What a window is told of a failure: our codes pass, anything else is 'internal' without its details. */
export function toPlainError(error: unknown): PlainError {
  if (typeof error === 'object' && error !== null && 'code' in error && 'message' in error) {
    const { code, message } = error;
    if (typeof code === 'string' && Object.hasOwn(CODES, code) && typeof message === 'string') {
      const context = 'context' in error ? plainContext(error.context) : undefined;
      return {
        code: code as ErrorCode,
        message: message.slice(0, 2000),
        ...(context === undefined ? {} : { context }),
      };
    }
  }
  return { code: 'internal', message: 'the engine could not do this; its log says why' };
}

function plainContext(context: unknown): PlainError['context'] {
  if (typeof context !== 'object' || context === null) return undefined;
  const plain: Record<string, string | number | boolean | null> = {};
  for (const [name, value] of Object.entries(context)) {
    if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      plain[name] = value;
  }
  return plain;
}
