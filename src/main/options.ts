/** The command line of the desktop program. Strict: what is not known is a mistake, told in one sentence, exit code 2. */
import path from 'node:path';
import type { EngineOptionName, EngineOptions } from '#host-kit';
import { ENGINE_OPTION_NAMES, readEngineArguments } from '#host-kit';

export type ReadOptions =
  | { readonly ok: true; readonly engine: EngineOptions; readonly notes: readonly string[] }
  | { readonly ok: false; readonly exitCode: 1 | 2; readonly message: string };

/** Options of the browser host, which `npm start` may hand on; they mean nothing here. */
const BROWSER_ONLY: ReadonlySet<string> = new Set(['port', 'token']);
/** Chromium's own, which may stand on either side of the application's folder. */
const CHROMIUM: ReadonlySet<string> = new Set([
  'no-sandbox',
  'disable-gpu',
  'enable-logging',
  'ozone-platform',
  'ozone-platform-hint',
  'force-device-scale-factor',
  'remote-debugging-port',
  'lang',
]);

/** What follows the application's folder; everything before it is Electron's. */
export function ownArguments(argv: readonly string[], appPath: string, isPackaged: boolean): readonly string[] {
  if (isPackaged) return argv.slice(1);
  const at = argv.findIndex(
    (word, index) => index > 0 && !word.startsWith('-') && path.resolve(word) === path.resolve(appPath),
  );
  return at < 0 ? [] : argv.slice(at + 1);
}

export function readOptions(args: readonly string[]): ReadOptions {
  const wrong = (message: string): ReadOptions => ({ ok: false, exitCode: 2, message });
  const given: Partial<Record<EngineOptionName, string>> = {};
  const notes: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const word = args[at] as string;
    const match = /^--([a-z-]+)(?:=(.*))?$/su.exec(word);
    if (match === null) return wrong(`unexpected argument '${word}'; options are written --name VALUE.`);
    const [, name = '', inline] = match;
    if (CHROMIUM.has(name)) continue;
    if (!isEngineOption(name) && !BROWSER_ONLY.has(name))
      return wrong(`unknown option '--${name}'; 'npm start -- --help' lists the options.`);
    const value = inline ?? args[++at];
    if (value === undefined || value === '' || (inline === undefined && value.startsWith('--')))
      return wrong(`option '--${name}' needs a value.`);
    if (!isEngineOption(name)) {
      notes.push(`--${name} applies to the browser host only and is not used here.`);
      continue;
    }
    if (given[name] !== undefined) return wrong(`option '--${name}' is given more than once.`);
    given[name] = value;
  }
  const engine = readEngineArguments(given);
  return engine.ok ? { ok: true, engine: engine.options, notes } : engine;
}

function isEngineOption(name: string): name is EngineOptionName {
  return (ENGINE_OPTION_NAMES as readonly string[]).includes(name);
}
