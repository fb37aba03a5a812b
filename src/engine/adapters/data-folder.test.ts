import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DataFolder } from './data-folder.ts';
import { defaultDataDir, folderInUse, LOCK_FILE, openDataFolder, prepareDataFolder } from './data-folder.ts';
import { isRunning, markOf } from './process-identity.ts';
import { DEFAULT_SETTINGS, openSettings, SETTINGS_FILE } from './settings-file.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'drover-folder-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const isFolder = (value: Awaited<ReturnType<typeof openDataFolder>>): value is DataFolder => 'release' in value;
const lockFile = (): string => path.join(dir, LOCK_FILE);

async function endedProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '0']);
  await new Promise((resolve) => child.once('exit', resolve));
  return child.pid as number;
}

const hasPython = spawnSync('python3', ['-V']).status === 0;

describe('where the data lies', () => {
  it.each([
    ['linux', {}, '/home/a/.local/share/drover'],
    ['linux', { XDG_DATA_HOME: '/x' }, '/x/drover'],
    ['linux', { XDG_DATA_HOME: 'relative' }, '/home/a/.local/share/drover'],
    ['darwin', {}, '/home/a/Library/Application Support/Drover'],
    ['linux', { DROVER_DATA_DIR: '/own' }, '/own'],
  ] as const)('%s %o', (platform, env, expected) => {
    expect(defaultDataDir({ platform, env, home: '/home/a' })).toBe(expected);
  });
});

describe('the lock', () => {
  it('is held by one, given back, and taken by the next', async () => {
    const first = await openDataFolder(dir);
    expect(isFolder(first)).toBe(true);
    const second = await openDataFolder(dir);
    expect(second).toMatchObject({ code: 'in-use', message: expect.stringContaining(`process ${process.pid}`) });
    expect(folderInUse(dir)).toMatchObject({ code: 'in-use' });
    if (isFolder(first)) first.release();
    expect(folderInUse(dir)).toBeUndefined();
    const third = await openDataFolder(dir);
    expect(isFolder(third)).toBe(true);
    expect(readdirSync(dir)).toEqual([LOCK_FILE]);
  });

  it('of a dead process is taken over', async () => {
    writeFileSync(lockFile(), JSON.stringify({ holder: { pid: await endedProcess(), started: 'whenever' } }));
    expect(isFolder(await openDataFolder(dir))).toBe(true);
  });

  it.skipIf(process.platform !== 'linux' || !hasPython)(
    'of a killed process is free when it is a zombie, and held while a thread of it still works',
    async () => {
      // The main thread ends and another goes on for a second: what a killed process looks like while it still writes.
      const script =
        'import ctypes, threading, time\n' +
        'threading.Thread(target=lambda: time.sleep(1.2)).start()\n' +
        'print("up", flush=True)\n' +
        `ctypes.CDLL(None).syscall(${process.arch === 'arm64' ? 93 : 60}, 0)`;
      const child = spawn('python3', ['-c', script], { stdio: ['ignore', 'pipe', 'inherit'] });
      const pid = child.pid as number;
      await new Promise((resolve) => child.stdout.once('data', resolve));
      const mark = markOf(pid);
      const statOf = (): string =>
        readFileSync(`/proc/${pid}/stat`, 'utf8')
          .replace(/^.*\) /su, '')
          .charAt(0);
      while (statOf() !== 'Z') await new Promise((resolve) => setTimeout(resolve, 5));
      expect(isRunning(mark)).toBe(true);
      writeFileSync(lockFile(), JSON.stringify({ holder: mark }));
      expect(await openDataFolder(dir)).toMatchObject({ code: 'in-use' });
      await new Promise((resolve) => child.once('exit', resolve));
      expect(isRunning(mark)).toBe(false);
      expect(isFolder(await openDataFolder(dir))).toBe(true);
    },
  );

  it('of another process that got the same number later is taken over', async () => {
    writeFileSync(lockFile(), JSON.stringify({ holder: { ...markOf(process.ppid), started: 'earlier boot/1' } }));
    expect(isFolder(await openDataFolder(dir))).toBe(process.platform === 'linux' || process.platform === 'darwin');
  });

  it.each(['', '{', '[]', '{"holder":{"pid":"x"}}'])('that is damaged (%j) is taken over', async (text) => {
    writeFileSync(lockFile(), text);
    expect(isFolder(await openDataFolder(dir))).toBe(true);
    expect(JSON.parse(readFileSync(lockFile(), 'utf8'))).toMatchObject({ holder: { pid: process.pid } });
  });

  it('is waited for when its holder lost its supervisor and is going down', async () => {
    const holder = spawn(process.execPath, ['-e', 'setTimeout(() => 0, 400)']);
    writeFileSync(
      lockFile(),
      JSON.stringify({ holder: markOf(holder.pid as number), supervisor: { pid: await endedProcess(), started: 'x' } }),
    );
    expect(isFolder(await openDataFolder(dir))).toBe(true);
  });

  it('is waited for when its holder ended under the very supervisor that starts us', async () => {
    const dying = spawn(process.execPath, ['-e', 'setTimeout(() => 0, 500)']);
    const lock = { holder: markOf(dying.pid as number), supervisor: markOf(process.pid) };
    writeFileSync(lockFile(), JSON.stringify(lock));
    expect(await openDataFolder(dir, process.ppid)).toMatchObject({ code: 'in-use' });
    const opened = await openDataFolder(dir, process.pid);
    expect(isFolder(opened)).toBe(true);
    expect(isRunning(lock.holder)).toBe(false);
  });

  it('goes to exactly one of many that find the same stale lock', async () => {
    for (let round = 0; round < 20; round++) {
      writeFileSync(lockFile(), JSON.stringify({ holder: { pid: await endedProcess(), started: 'x' } }));
      const results = await Promise.all(Array.from({ length: 5 }, () => openDataFolder(dir)));
      const winners = results.filter((result) => isFolder(result));
      expect(winners.length).toBe(1);
      winners[0]?.release();
    }
  });
});

describe('a folder that cannot be used', () => {
  it('is said so in one sentence', () => {
    const file = path.join(dir, 'file');
    writeFileSync(file, '');
    for (const bad of [file, path.join(file, 'below'), '/proc/drover']) {
      expect(prepareDataFolder(bad)).toMatchObject({
        code: 'not-writable',
        message: expect.stringMatching(/^the data folder .* --data-dir DIR\.$/u),
      });
    }
  });

  it.skipIf(process.getuid?.() === 0)('because of its permissions', () => {
    const locked = path.join(dir, 'locked');
    mkdirSync(locked, { mode: 0o500 });
    expect(prepareDataFolder(locked)).toMatchObject({ code: 'not-writable' });
  });
});

describe('settings.json', () => {
  const file = (): string => path.join(dir, SETTINGS_FILE);

  it('keeps what was set, also keys it does not know', () => {
    writeFileSync(file(), JSON.stringify({ version: 1, theme: 'dark', later: { x: 1 } }));
    const settings = openSettings(dir);
    expect(settings.problem).toBeUndefined();
    settings.set({ ...settings.get(), theme: 'light' });
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toEqual({
      version: 1,
      theme: 'light',
      keepAwake: true,
      later: { x: 1 },
    });
    expect(openSettings(dir).get().theme).toBe('light');
  });

  it.each([
    ['damaged', '{"version":1,'],
    ['damaged', '"text"'],
    ['wrong value', '{"version":1,"theme":"purple"}'],
    ['newer', '{"version":99,"theme":"dark"}'],
    ['version', '{"theme":"dark"}'],
    ['damaged', '\0\0\0\0'],
  ])('that is %s is kept aside, never lost (%j)', (word, text) => {
    writeFileSync(file(), text);
    const at = new Date('2026-11-22T10:00:00Z');
    const settings = openSettings(dir, () => at);
    expect(settings.get()).toEqual(DEFAULT_SETTINGS);
    expect(settings.problem).toContain(word);
    expect(settings.problem).toContain('settings.corrupt-2026-11-22T10-00-00-000Z.json');
    settings.set({ ...settings.get(), theme: 'dark' });
    const aside = readdirSync(dir).filter((name) => name.includes('corrupt'));
    expect(aside.length).toBe(1);
    expect(readFileSync(path.join(dir, aside[0] as string), 'utf8')).toBe(text);
    writeFileSync(file(), text);
    openSettings(dir, () => at);
    expect(readdirSync(dir).filter((name) => name.includes('corrupt')).length).toBe(2);
  });

  it('refuses a wrong value and stays as it was', () => {
    const settings = openSettings(dir);
    settings.set({ ...settings.get(), theme: 'dark' });
    expect(() => settings.set({ ...settings.get(), theme: 'purple' as 'dark' })).toThrow();
    expect(settings.get().theme).toBe('dark');
    expect(openSettings(dir).get().theme).toBe('dark');
    expect(readdirSync(dir)).toEqual([SETTINGS_FILE]);
  });
});
