/**
 * The options that say which engine to run, read the same way by `serve` and by the desktop program. A problem is one
 * sentence; nothing is started before all of them are good.
 */
import { statSync } from 'node:fs';
import path from 'node:path';
import { defaultDataDir } from '../adapters/data-folder.ts';
import { SYMBOL_CAPACITY } from '../model/symbols.ts';
import { parseFeedSpec } from './kernel-host/feed-spec.ts';
import type { EngineOptions } from './runtime-port.ts';

/** Names of the options, without dashes. All take a value. */
export const ENGINE_OPTION_NAMES = [
  'data-dir',
  'feed',
  'broker',
  'speed',
  'seed',
  'symbols',
  'rate',
  'auto',
  'start',
  'strategy',
] as const;
export type EngineOptionName = (typeof ENGINE_OPTION_NAMES)[number];

export type ReadArguments =
  | { readonly ok: true; readonly options: EngineOptions }
  | { readonly ok: false; readonly exitCode: 1 | 2; readonly message: string };

const DEFAULT_SYMBOLS = 5_500;

export function readEngineArguments(given: Readonly<Partial<Record<EngineOptionName, string>>>): ReadArguments {
  const usage = (message: string): ReadArguments => ({ ok: false, exitCode: 2, message });
  const speed = numberIn(given['speed'] ?? '1', 0.01, 10_000);
  if (speed === undefined) return usage('--speed wants a number from 0.01 to 10000.');
  const seed = wholeIn(given['seed'] ?? '1', 0, Number.MAX_SAFE_INTEGER);
  if (seed === undefined) return usage('--seed wants a whole number, 0 or more.');
  const symbols = wholeIn(given['symbols'] ?? String(DEFAULT_SYMBOLS), 1, SYMBOL_CAPACITY);
  if (symbols === undefined) return usage(`--symbols wants a whole number from 1 to ${SYMBOL_CAPACITY}.`);
  const rate = given['rate'] === undefined ? null : numberIn(given['rate'], 1, 5_000_000);
  if (rate === undefined) return usage('--rate wants events a second, a number from 1 to 5000000.');
  const auto = given['auto'] ?? 'off';
  if (auto !== 'on' && auto !== 'off') return usage('--auto wants on or off.');
  const start = given['start'];
  if (start !== undefined && !/^([01]?\d|2[0-3]):[0-5]\d$/u.test(start))
    return usage('--start wants a New York time as HH:MM.');
  const modes = readModes(given['strategy']);
  if (typeof modes === 'string') return usage(modes);
  const broker = given['broker'] ?? 'paper';
  if (broker === 'ibkr:live') {
    return {
      ok: false,
      exitCode: 1,
      message:
        'broker ibkr:live trades real money and needs an explicit confirmed act in the workstation, which is not available yet; use paper.',
    };
  }
  if (broker !== 'paper' && broker !== 'ibkr:paper')
    return usage(`there is no broker '${broker}'; use paper, ibkr:paper or ibkr:live.`);
  const feed = given['feed'] ?? 'sim';
  const spec = parseFeedSpec(feed, { seed, speed, symbols, rate });
  if (typeof spec === 'string') return usage(spec);
  if (spec.kind === 'replay') {
    if (!isCalendarDay(spec.day)) return usage(`feed '${feed}': there is no day ${spec.day}.`);
    if (statSync(spec.dir, { throwIfNoEntry: false })?.isDirectory() !== true)
      return { ok: false, exitCode: 1, message: `feed '${feed}': the folder ${spec.dir} does not exist.` };
  }
  const dataDir = given['data-dir'];
  if (dataDir === '') return usage('--data-dir wants a folder.');
  return {
    ok: true,
    options: {
      dataDir: dataDir === undefined ? defaultDataDir() : path.resolve(dataDir),
      feed,
      broker,
      seed,
      speed,
      symbols,
      rate,
      auto: auto === 'on',
      ...(start === undefined ? {} : { start }),
      ...(modes === null ? {} : { strategyModes: modes }),
    },
  };
}

const MODES: readonly string[] = ['enabled', 'shadow', 'off'];

/** `name=mode,name=mode`: modes a new day begins with; null when not given, a sentence when wrong. */
function readModes(text: string | undefined): Readonly<Record<string, 'enabled' | 'shadow' | 'off'>> | null | string {
  if (text === undefined) return null;
  const modes: Record<string, 'enabled' | 'shadow' | 'off'> = {};
  for (const part of text.split(',')) {
    const [name = '', mode = ''] = part.split('=');
    if (!/^[a-z][a-z0-9-]{0,39}$/u.test(name) || !MODES.includes(mode))
      return `--strategy wants NAME=enabled, NAME=shadow or NAME=off, several with commas, not '${part}'.`;
    modes[name] = mode as 'enabled' | 'shadow' | 'off';
  }
  return modes;
}

function isCalendarDay(day: string): boolean {
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

export function numberIn(text: string, low: number, high: number): number | undefined {
  if (!/^\d+(\.\d+)?$/u.test(text)) return undefined;
  const value = Number(text);
  return value >= low && value <= high ? value : undefined;
}

export function wholeIn(text: string, low: number, high: number): number | undefined {
  return /^\d{1,16}$/u.test(text) ? numberIn(text, low, high) : undefined;
}
