/** `drover market`: a market-data server that speaks the vendor's protocol, simulated or replaying recorded days. */
import { recordedDays } from '../../adapters/market-server/day-rows.ts';
import { NO_FAULTS, parseFaults } from '../../adapters/market-server/fault-plan.ts';
import type { MarketServer, ServerStatus } from '../../adapters/market-server/market-server.ts';
import { startMarketServer } from '../../adapters/market-server/market-server.ts';
import type { Stage } from '../../adapters/market-server/market-stage.ts';
import {
  SYMBOLS_MAX,
  createReplayStage,
  createScaledStage,
  createSimStage,
} from '../../adapters/market-server/market-stage.ts';
import { DEFAULT_START, simStart } from '../../adapters/market-server/sim-start.ts';
import { loadSymbols } from '../../adapters/market-server/symbol-resource.ts';
import type { CliCommand, CliContext, CliValues } from '../command.ts';
import { FailureError, UsageError } from '../command.ts';

export const market: CliCommand = {
  name: 'market',
  summary: "serve market data over the vendor's websocket protocol, simulated or replayed",
  stopsCleanly: true,
  options: {
    port: { type: 'string', value: 'N', help: 'port on 127.0.0.1; 0 picks one', required: true },
    symbols: { type: 'string', value: 'N', help: 'simulated symbols, most active first (5500)' },
    rate: {
      type: 'string',
      value: 'EVENTS_PER_S',
      help: 'average events a simulated second (also with --scaled); the natural day when absent',
    },
    seed: { type: 'string', value: 'N', help: 'seed of the simulated market (1)' },
    start: {
      type: 'string',
      value: 'HH:MM',
      help: `New York time at which the simulated day starts (${DEFAULT_START})`,
    },
    day: {
      type: 'string',
      value: 'D',
      help: 'YYYY-MM-DD; with --replay also A..B; the latest trading day when absent',
    },
    replay: { type: 'string', value: 'FLATFILES_DIR', help: 'replay recorded days instead of simulating' },
    scaled: { type: 'string', value: 'N', help: 'with --replay: the streams of the day under N names, for load' },
    speed: { type: 'string', value: 'X', help: 'simulated seconds a second (1); 0 = as fast as the clients read' },
    stamp: {
      type: 'string',
      value: 'sim|now',
      help: "times of the events: the market's own (sim), or shifted to start now",
    },
    faults: { type: 'string', value: 'SPEC', help: 'for example drop@30s,stall=5s@60s,garbage=0.001,missing-ack=Q' },
    key: { type: 'string', value: 'K', help: 'the only accepted API key; any key when absent' },
    buffer: { type: 'string', value: 'MB', help: 'megabytes a client may leave unread before it is cut off (64)' },
    'rest-limit': { type: 'string', value: 'N', help: 'REST requests a minute before 429; no limit when absent' },
    wait: { type: 'boolean', help: 'start the clock with the first subscription (always so with --replay)' },
  },
  run,
};

async function run(values: CliValues, context: CliContext): Promise<number> {
  const port = number(values, 'port', 0, 0, 65_535);
  const speed = number(values, 'speed', 1, 0, 1_000_000);
  const faults = values['faults'] === undefined ? NO_FAULTS : parseFaults(text(values, 'faults') ?? '');
  if (typeof faults === 'string') throw new UsageError(faults);
  const seed = number(values, 'seed', 1, 0, 4_294_967_295);
  const stamp = text(values, 'stamp') ?? 'sim';
  if (stamp !== 'sim' && stamp !== 'now') throw new UsageError(`--stamp is 'sim' or 'now', not '${stamp}'.`);
  const stage = await openStage(values, seed, stamp === 'now');
  const server = await listen(
    {
      stage,
      port,
      speed,
      key: text(values, 'key') ?? null,
      faults,
      faultSeed: seed,
      waitsForClient: values['replay'] !== undefined || values['wait'] === true,
      bufferBytesMax: number(values, 'buffer', 64, 0.01, 4096) * 1024 * 1024,
      requestsPerMinute: values['rest-limit'] === undefined ? null : number(values, 'rest-limit', 5, 1, 1_000_000),
      onStatus: (status: ServerStatus) =>
        context.stdout(context.json ? JSON.stringify(status) : `${status.event}: ${status.detail}`),
    },
    port,
  );
  if (context.json)
    context.stdout(JSON.stringify({ url: server.url, restUrl: server.restUrl, port: server.port, pid: process.pid }));
  else context.stdout(`market data at ${server.url} (reference data at ${server.restUrl})`);
  await stopped(context.signal);
  await server.close();
  return 0;
}

async function openStage(values: CliValues, seed: number, stampsNow: boolean): Promise<Stage> {
  const nowUs = Date.now() * 1000;
  const offset = (startUs: number): number => (stampsNow ? Math.round((nowUs - startUs) / 1000) : 0);
  const replay = text(values, 'replay');
  if (replay !== undefined) {
    const isScaled = values['scaled'] !== undefined;
    for (const name of ['symbols', 'start', ...(isScaled ? [] : ['rate'])])
      if (values[name] !== undefined)
        throw new UsageError(`--${name} belongs to a simulated market and cannot be used with --replay.`);
    if (isScaled) return openScaledStage(replay, values, offset);
    const stage = await createReplayStage(replay, daysOf(replay, text(values, 'day')), offset);
    if (typeof stage === 'string') throw new FailureError(stage);
    return stage;
  }
  if (values['scaled'] !== undefined) throw new UsageError('--scaled needs --replay FLATFILES_DIR.');
  const count = number(values, 'symbols', 5500, 1, SYMBOLS_MAX);
  const rate = values['rate'] === undefined ? null : number(values, 'rate', 0, 0.1, 10_000_000);
  const start = simStart(nowUs, text(values, 'day'), text(values, 'start'));
  if (typeof start === 'string') throw new UsageError(start);
  return createSimStage({
    seed,
    symbols: loadSymbols(Math.round(count)),
    day: start.day,
    startUs: start.startUs,
    rate,
    timeOffsetMs: offset(start.startUs),
  });
}

async function openScaledStage(dir: string, values: CliValues, offset: (startUs: number) => number): Promise<Stage> {
  const day = text(values, 'day');
  if (day === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(day)) throw new UsageError('--scaled needs --day YYYY-MM-DD.');
  const symbols = Math.round(number(values, 'scaled', 5500, 1, SYMBOLS_MAX));
  const rate = values['rate'] === undefined ? null : number(values, 'rate', 0, 0.1, 10_000_000);
  const stage = await createScaledStage(dir, day, { symbols, rate }, offset);
  if (typeof stage === 'string') throw new FailureError(stage);
  return stage;
}

/** `D` or `A..B`: for a range the days the folder holds. */
function daysOf(dir: string, value: string | undefined): readonly string[] {
  if (value === undefined) throw new UsageError('--replay needs --day YYYY-MM-DD or --day FIRST..LAST.');
  const match = /^(\d{4}-\d{2}-\d{2})(?:\.\.(\d{4}-\d{2}-\d{2}))?$/.exec(value);
  if (match === null) throw new UsageError(`--day '${value}' must be written YYYY-MM-DD or FIRST..LAST.`);
  const [, first, last] = match;
  if (last === undefined) return [first as string];
  const days = recordedDays(dir).filter((day) => day >= (first as string) && day <= last);
  if (days.length === 0) throw new FailureError(`there are no flat files of ${value} in '${dir}'.`);
  return days;
}

async function listen(options: Parameters<typeof startMarketServer>[0], port: number): Promise<MarketServer> {
  try {
    return await startMarketServer(options);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EADDRINUSE') throw new FailureError(`port ${port} is taken; choose another or use --port 0.`);
    if (code === 'EACCES') throw new FailureError(`port ${port} may not be used by this user; choose one above 1023.`);
    throw error;
  }
}

function stopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

function text(values: CliValues, name: string): string | undefined {
  const value = values[name];
  if (Array.isArray(value)) throw new UsageError(`--${name} may be given once.`);
  return typeof value === 'string' ? value : undefined;
}

function number(values: CliValues, name: string, fallback: number, min: number, max: number): number {
  const value = text(values, name);
  if (value === undefined) return fallback;
  const parsed = Number(value);
  if (value.trim() === '' || !Number.isFinite(parsed) || parsed < min || parsed > max)
    throw new UsageError(`--${name} must be a number from ${min} to ${max}, not '${value}'.`);
  return parsed;
}
