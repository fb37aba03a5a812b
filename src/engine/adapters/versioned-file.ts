/**
 * A small JSON file of ours: versioned, checked when read, replaced atomically when written. A file that cannot be
 * understood is set aside under another name with a sentence for the user; it is never overwritten and never lost.
 */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { z } from 'zod';

export interface VersionedFile<T> {
  /** The value now. */
  get(): T;
  /** Replaces the value and writes it. Throws when the disk refuses; the value then stays as it was. */
  set(value: T): void;
  /** What was wrong with the file when it was opened, as one sentence; undefined when nothing was. */
  readonly problem: string | undefined;
}

export interface VersionedFileOptions<T> {
  readonly file: string;
  /** Written beside the value as `version`. A file of another version is set aside as well. */
  readonly version: number;
  readonly schema: z.ZodType<T>;
  readonly defaults: T;
  /** For the name of a file set aside. */
  readonly now: () => Date;
}

export function openVersionedFile<T extends object>(options: VersionedFileOptions<T>): VersionedFile<T> {
  const read = readValue(options);
  let value = read.value;
  return {
    get: () => value,
    set: (next) => {
      const checked = options.schema.parse(next);
      if (read.isWritable)
        writeAtomically(options.file, `${JSON.stringify({ version: options.version, ...checked }, null, 2)}\n`);
      value = checked;
    },
    problem: read.problem,
  };
}

interface ReadValue<T> {
  readonly value: T;
  readonly problem: string | undefined;
  readonly isWritable: boolean;
}

function readValue<T extends object>(options: VersionedFileOptions<T>): ReadValue<T> {
  const { file, defaults } = options;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    // No file, or no folder for it: whoever needs the folder says so.
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? ''))
      return { value: defaults, problem: undefined, isWritable: true };
    return setAside(options, 'cannot be read');
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return setAside(options, 'is damaged');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return setAside(options, 'is damaged');
  const { version, ...rest } = parsed as Record<string, unknown>;
  if (version !== options.version) {
    return setAside(
      options,
      typeof version === 'number' && version > options.version
        ? 'is from a newer Drover'
        : 'has no version this Drover knows',
    );
  }
  const checked = options.schema.safeParse(rest);
  if (checked.success) return { value: checked.data, problem: undefined, isWritable: true };
  const where = checked.error.issues[0]?.path.join('.') ?? '';
  return setAside(options, where === '' ? 'has wrong content' : `has a wrong value at '${where}'`);
}

function setAside<T extends object>(options: VersionedFileOptions<T>, what: string): ReadValue<T> {
  const { file } = options;
  const name = path.basename(file);
  const stamp = options.now().toISOString().replaceAll(/[:.]/gu, '-');
  const stem = file.slice(0, -path.extname(file).length);
  let aside = `${stem}.corrupt-${stamp}.json`;
  for (let copy = 2; existsSync(aside); copy++) aside = `${stem}.corrupt-${stamp}-${copy}.json`;
  try {
    renameSync(file, aside);
    return {
      value: options.defaults,
      problem: `${name} ${what}; it was kept as ${path.basename(aside)} and the defaults are used.`,
      isWritable: true,
    };
  } catch {
    return {
      value: options.defaults,
      problem: `${name} ${what} and could not be set aside; the defaults are used and nothing is written over it.`,
      isWritable: false,
    };
  }
}

/** The old content or the new, whatever happens in between. */
export function writeAtomically(file: string, text: string): void {
  const draft = `${file}.${process.pid}.tmp`;
  try {
    const handle = openSync(draft, 'w', 0o600);
    try {
      writeSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  syncFolder(path.dirname(file));
}

/** Makes the rename itself durable. Windows has no such thing and needs none. */
function syncFolder(dir: string): void {
  try {
    const handle = openSync(dir, 'r');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch {
    // Some file systems refuse to sync a folder.
  }
}
