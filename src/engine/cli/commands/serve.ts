/** `serve`: the engine and the workstation for a browser, without Electron. Prints its address and runs until stopped. */
import { openSettings } from '../../adapters/settings-file.ts';
import { isLoopback, isTokenText, newToken } from '../../hosts/access-control.ts';
import { ENGINE_OPTION_NAMES, readEngineArguments, wholeIn } from '../../hosts/engine-arguments.ts';
import type { ServeOptions } from '../../hosts/serve-messages.ts';
import type { Supervisor } from '../../hosts/serve-supervisor.ts';
import { superviseServe } from '../../hosts/serve-supervisor.ts';
import type { CliCommand, CliContext, CliValues } from '../command.ts';
import { FailureError, UsageError } from '../command.ts';

const SHORT_TOKEN_CHARS = 16;

export const serve: CliCommand = {
  name: 'serve',
  summary: 'engine and workstation for a browser; prints the address, runs until stopped',
  stopsCleanly: true,
  options: {
    port: { type: 'string', value: 'N', help: 'port of the workstation; 0 picks a free one (default 0)' },
    host: {
      type: 'string',
      value: 'ADDRESS',
      help: 'address to listen on (default 127.0.0.1); another than this machine needs --allow-remote',
    },
    'allow-remote': { type: 'boolean', help: 'let other machines reach it: the connection is not encrypted' },
    token: { type: 'string', value: 'TEXT', help: 'the secret in the address (default: a new random one)' },
    'data-dir': { type: 'string', value: 'DIR', help: 'where the days are kept' },
    feed: {
      type: 'string',
      value: 'FEED',
      help: 'sim (default), massive, massive:ws://HOST:PORT, replay:DIR@DAY, scaled:DIR@DAY',
    },
    broker: { type: 'string', value: 'BROKER', help: 'paper (default), ibkr:paper, ibkr:live' },
    speed: { type: 'string', value: 'X', help: 'how fast a replay or the simulated market runs (default 1)' },
    seed: { type: 'string', value: 'N', help: 'of the simulated market (default 1)' },
    symbols: { type: 'string', value: 'N', help: 'of the simulated market (default 5500)' },
    auto: { type: 'string', value: 'on|off', help: 'auto trading from the start of a new day (default off)' },
    start: {
      type: 'string',
      value: 'HH:MM',
      help: 'New York time at which a simulated day begins (09:25); a replayed one hurries until then',
    },
    strategy: {
      type: 'string',
      value: 'NAME=MODE',
      help: 'modes a new day begins with: enabled, shadow or off, several with commas',
    },
    rate: { type: 'string', value: 'N', help: 'events a second of the simulated market (default: by the hour)' },
  },
  run: (values, context) => runServe(readOptions(values, context), context),
};

function readOptions(values: CliValues, context: CliContext): ServeOptions {
  const engine = readEngineArguments(
    Object.fromEntries(
      ENGINE_OPTION_NAMES.flatMap((name) => (single(values, name) === undefined ? [] : [[name, single(values, name)]])),
    ),
  );
  if (!engine.ok) throw engine.exitCode === 2 ? new UsageError(engine.message) : new FailureError(engine.message);
  const port = wholeIn(single(values, 'port') ?? '0', 0, 65_535);
  if (port === undefined) throw new UsageError('--port wants a whole number from 0 to 65535.');
  const host = single(values, 'host') ?? '127.0.0.1';
  if (!/^[A-Za-z0-9.:-]{1,255}$/u.test(host))
    throw new UsageError('--host wants an address of this machine, for example 127.0.0.1.');
  if (!isLoopback(host)) {
    if (values['allow-remote'] !== true)
      throw new UsageError(
        `--host ${host} lets other machines reach this workstation; add --allow-remote if that is wanted.`,
      );
    context.stderr(
      `drover serve: other machines can reach this workstation at ${host}, unencrypted; whoever sees the address can trade. Use it in a trusted network only.`,
    );
  }
  const token = single(values, 'token') ?? newToken();
  if (!isTokenText(token)) throw new UsageError('--token wants 1 to 256 letters, digits, or the signs . _ ~ -');
  if (token.length < SHORT_TOKEN_CHARS)
    context.stderr(
      `drover serve: the token has fewer than ${SHORT_TOKEN_CHARS} characters and can be guessed; leave --token out for a random one.`,
    );
  return { engine: engine.options, host, port, token };
}

async function runServe(options: ServeOptions, context: CliContext): Promise<number> {
  if (context.signal.aborted) return 0;
  // Whoever starts this from a script must notice that the settings are not what they were; the second start goes on.
  const { problem } = openSettings(options.engine.dataDir);
  if (problem !== undefined)
    throw new FailureError(
      `${problem.replace(/ and the defaults are used\.$/u, '')}; start again to go on with the defaults.`,
    );
  const supervisor = superviseServe(options, {
    onServing: ({ url, port, enginePid }) => {
      if (context.json)
        context.stdout(JSON.stringify({ url, token: options.token, port, pid: process.pid, enginePid }));
      else context.stdout(`Drover is at ${url}`);
    },
    onNote: (sentence) => context.stderr(sentence),
  });
  const release = stopOnSignals(supervisor, context.signal);
  const end = await supervisor.ended;
  release();
  if (end.exitCode === 2) throw new UsageError(end.message);
  if (end.exitCode === 1) throw new FailureError(end.message);
  return 0;
}

/** The first signal stops cleanly, the second at once. */
function stopOnSignals(supervisor: Supervisor, signal: AbortSignal): () => void {
  let signals = 0;
  const onSignal = (): void => {
    signals++;
    if (signals === 1) return supervisor.stop();
    supervisor.kill();
    process.exit(1);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  // Asked to stop between the start of the program and now.
  if (signal.aborted) supervisor.stop();
  return () => {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  };
}

function single(values: CliValues, name: string): string | undefined {
  const value = values[name];
  if (Array.isArray(value)) throw new UsageError(`option '--${name}' is given more than once.`);
  return typeof value === 'string' ? value : undefined;
}
