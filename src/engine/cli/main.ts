/** Finds the command, checks its options, runs it, and turns every failure into one sentence and the right exit code. */
import { parseArgs } from 'node:util';
import type { CliCommand, CliOption, CliValues } from './command.ts';
import { FailureError, UsageError } from './command.ts';
import { COMMANDS } from './registry.ts';

const COMMON: Readonly<Record<string, CliOption>> = {
  json: { type: 'boolean', help: 'machine-readable output only' },
  help: { type: 'boolean', help: 'show this help' },
};

export async function runCli(argv: readonly string[]): Promise<number> {
  const stdout = (line: string): void => void process.stdout.write(`${line}\n`);
  const stderr = (line: string): void => void process.stderr.write(`${line}\n`);
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === 'help') {
    for (const line of await overview()) stdout(line);
    return name === undefined ? 2 : 0;
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load === undefined) {
    stderr(`drover: there is no command '${name}'; run 'npm run -s drover -- --help' for the list.`);
    return 2;
  }
  const command = await load();
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  if (command.stopsCleanly === true) {
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
  }
  try {
    const values = parseOptions(command, rest);
    if (values['help'] === true) {
      for (const line of usage(command)) stdout(line);
      return 0;
    }
    return await command.run(values, { stdout, stderr, json: values['json'] === true, signal: abort.signal });
  } catch (error) {
    if (error instanceof UsageError || error instanceof FailureError) {
      stderr(`drover ${name}: ${error.message}`);
      return error instanceof UsageError ? 2 : 1;
    }
    throw error;
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}

export function parseOptions(command: CliCommand, args: readonly string[]): CliValues {
  const options: Readonly<Record<string, CliOption>> = { ...COMMON, ...command.options };
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      Object.entries(options).map(([key, option]) => [key, { type: option.type, multiple: true }]),
    ),
    strict: false,
    tokens: true,
    allowPositionals: true,
  });
  const values: Record<string, string | boolean | string[]> = {};
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional')
      throw new UsageError(`unexpected argument '${token.value}'; options are written --name VALUE.`);
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    if (option === undefined)
      throw new UsageError(
        `unknown option '${token.rawName}'; 'npm run -s drover -- ${command.name} --help' lists the options.`,
      );
    if (option.type === 'boolean') {
      if (token.value !== undefined) throw new UsageError(`option '${token.rawName}' takes no value.`);
      values[token.name] = true;
      continue;
    }
    if (token.value === undefined || (token.inlineValue === false && token.value.startsWith('--')))
      throw new UsageError(`option '${token.rawName}' needs a value (${option.value ?? 'TEXT'}).`);
    const earlier = values[token.name];
    values[token.name] =
      earlier === undefined
        ? token.value
        : Array.isArray(earlier)
          ? [...earlier, token.value]
          : [String(earlier), token.value];
  }
  if (values['help'] === true) return values;
  for (const [key, option] of Object.entries(options)) {
    if (option.required === true && values[key] === undefined)
      throw new UsageError(`option '--${key}' is required (${option.help}).`);
  }
  return values;
}

async function overview(): Promise<string[]> {
  const lines = ['usage: npm run -s drover -- COMMAND [options]', ''];
  for (const [name, load] of Object.entries(COMMANDS)) lines.push(`  ${name.padEnd(10)} ${(await load()).summary}`);
  return [...lines, '', "'COMMAND --help' lists the options of one command."];
}

function usage(command: CliCommand): string[] {
  const lines = [`usage: npm run -s drover -- ${command.name} [options]`, '', command.summary, ''];
  for (const [key, option] of Object.entries({ ...command.options, ...COMMON })) {
    const left = option.type === 'boolean' ? `--${key}` : `--${key} ${option.value ?? 'TEXT'}`;
    lines.push(`  ${left.padEnd(28)} ${option.help}${option.required === true ? ' (required)' : ''}`);
  }
  return lines;
}
