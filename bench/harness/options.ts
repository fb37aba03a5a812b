/** Reads a bench's options, all of them numbers: `--symbols 5500`. */
import { UsageError } from '../../src/engine/cli/command.ts';

/** Unknown names and values that are no numbers are refused. */
export function readNumbers<T extends Readonly<Record<string, number>>>(
  args: readonly string[],
  defaults: T,
): { -readonly [K in keyof T]: number } {
  const values: Record<string, number> = { ...defaults };
  for (let at = 0; at < args.length; at++) {
    const word = args[at] as string;
    const equals = word.indexOf('=');
    const name = word.slice(2, equals < 0 ? undefined : equals);
    if (!word.startsWith('--') || !Object.hasOwn(defaults, name)) {
      throw new UsageError(
        `unknown option '${word}'; the options are ${Object.keys(defaults)
          .map((key) => `--${key}`)
          .join(', ')}.`,
      );
    }
    const text = equals < 0 ? args[++at] : word.slice(equals + 1);
    const value = Number(text);
    if (text === undefined || text.trim() === '' || !Number.isFinite(value))
      throw new UsageError(`option '--${name}' wants a number, not '${text ?? ''}'.`);
    values[name] = value;
  }
  return values as { -readonly [K in keyof T]: number };
}
