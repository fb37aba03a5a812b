// Where things are, and the two ways a script speaks: one line of progress, or one sentence and an exit code.
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project folder. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
/** Built programs: out/engine, out/main, out/preload, out/renderer, out/bench. */
export const out = path.join(root, 'out');

const MINIMUM_NODE = [20, 19];

/** A failure the user can do something about: one sentence, no stack trace. */
export class Sorry extends Error {
  /** @param {string} sentence @param {number} [exitCode] */
  constructor(sentence, exitCode = 1) {
    super(sentence);
    this.exitCode = exitCode;
  }
}

/** Progress goes to stderr, so that a command's stdout stays its own. @param {string} line */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** @param {number} startedMs */
export function seconds(startedMs) {
  return `${((Date.now() - startedMs) / 1000).toFixed(1)} s`;
}

/** A folder for notes between runs; gone with node_modules, which is what the notes are about. */
export function cacheFolder() {
  const folder = path.join(root, 'node_modules', '.cache', 'drover');
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** @param {string} command @returns {string | undefined} the program's full path, searched for on PATH */
export function which(command) {
  const suffixes = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
    if (folder === '') continue;
    for (const suffix of suffixes) {
      const file = path.join(folder, command + suffix);
      if (existsSync(file)) return file;
    }
  }
  return undefined;
}

export const isRoot = process.getuid?.() === 0;

export const hasDisplay =
  process.platform !== 'linux' || Boolean(process.env['DISPLAY']) || Boolean(process.env['WAYLAND_DISPLAY']);

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [wantMajor = 0, wantMinor = 0] = MINIMUM_NODE;
  if (major > wantMajor || (major === wantMajor && minor >= wantMinor)) return;
  throw new Sorry(
    `Drover needs Node ${MINIMUM_NODE.join('.')} or newer and this is ${process.versions.node}; install a newer Node and run the command again.`,
  );
}

/**
 * Runs a script's main function: checks Node first, and turns a Sorry into its sentence and exit code.
 * @param {() => Promise<void>} main
 */
export async function runScript(main) {
  try {
    checkNode();
    await main();
  } catch (error) {
    if (!(error instanceof Sorry)) throw error;
    say(error.message);
    process.exitCode = error.exitCode;
  }
}
