// Says whether a built part is still what its sources say, and builds it in a process of its own when not.
// Two looks: modification times first (a few milliseconds), contents when those differ (after a checkout, say).
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Sorry, out, root } from './project.mjs';

/** @typedef {'engine' | 'app'} Part */
/** @typedef {{ contents: string, files: Record<string, string> }} Fingerprint */

/** What each part is made from (folders are walked) and what must have come out. */
const PARTS = {
  engine: {
    from: ['src/engine', 'resources', 'scripts/engine-bundle.mjs', 'package.json', 'package-lock.json'],
    to: ['engine/drover.js'],
  },
  app: {
    // All of the engine: main takes a share of its host code, which may import anything.
    from: [
      'src/main',
      'src/preload',
      'src/renderer',
      'src/engine',
      'electron.vite.config.ts',
      'package.json',
      'package-lock.json',
    ],
    to: ['main/index.cjs', 'preload/index.cjs', 'renderer/index.html'],
  },
};

/** @param {Part} part */
export function isFresh(part) {
  for (const file of PARTS[part].to) if (!existsSync(path.join(out, file))) return false;
  const stamp = readStamp(part);
  if (stamp === undefined) return false;
  const files = timesOf(part);
  if (sameTimes(stamp.files, files)) return true;
  if (contentsOf(files) !== stamp.contents) return false;
  try {
    writeStamp(part, { contents: stamp.contents, files });
  } catch {
    // Not writable for us: only the next look is slower.
  }
  return true;
}

/**
 * Builds the stale ones of these parts. The bundlers run in another process, so that a long-running engine does not
 * carry them along.
 * @param {readonly Part[]} parts
 */
export function ensureBuilt(parts) {
  const stale = parts.filter((part) => !isFresh(part));
  if (stale.length === 0) return;
  const done = spawnSync(process.execPath, [path.join(root, 'scripts/build.mjs'), ...stale], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (done.status !== 0) throw new Sorry('Drover could not be built; the reason is above.');
}

/** Taken before building, so that an edit during the build makes the result stale. @param {Part} part @returns {Fingerprint} */
export function fingerprint(part) {
  const files = timesOf(part);
  return { contents: contentsOf(files), files };
}

/** @param {Part} part @param {Fingerprint} stamp */
export function writeStamp(part, stamp) {
  const file = stampFile(part);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, JSON.stringify(stamp));
  renameSync(`${file}.${process.pid}`, file);
}

/** @param {Part} part @returns {Fingerprint | undefined} */
function readStamp(part) {
  try {
    return JSON.parse(readFileSync(stampFile(part), 'utf8'));
  } catch {
    return undefined;
  }
}

/** @param {Part} part */
function stampFile(part) {
  return path.join(out, '.stamps', `${part}.json`);
}

/** @param {Part} part @returns {Record<string, string>} file -> time and size, ordered by name */
function timesOf(part) {
  /** @type {Record<string, string>} */
  const files = {};
  const visit = (/** @type {string} */ name) => {
    const stat = statSync(path.join(root, name), { throwIfNoEntry: false });
    if (stat === undefined) return;
    if (stat.isDirectory()) for (const child of readdirSync(path.join(root, name)).sort()) visit(`${name}/${child}`);
    else if (!/\.test\.tsx?$/.test(name)) files[name] = `${stat.mtimeMs} ${stat.size}`;
  };
  for (const name of PARTS[part].from) visit(name);
  return files;
}

/** @param {Record<string, string>} a @param {Record<string, string>} b */
function sameTimes(a, b) {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

/** @param {Record<string, string>} files */
function contentsOf(files) {
  const hash = createHash('sha256').update(process.versions.modules);
  for (const name of Object.keys(files)) {
    // A file may go away between the listing and the reading; that is a change as well.
    const content = existsSync(path.join(root, name)) ? readFileSync(path.join(root, name)) : 'gone';
    hash.update(`\0${name}\0`).update(content);
  }
  return hash.digest('hex');
}
