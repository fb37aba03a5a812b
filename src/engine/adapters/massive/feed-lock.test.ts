import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { markOf } from '../process-identity.ts';
import { acquireFeedLock, feedLockPath } from './feed-lock.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'drover-lock-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('feed lock', () => {
  it('is refused while another process lives and taken over when it is gone', async () => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    await once(other, 'spawn');
    const pid = other.pid as number;
    writeFileSync(feedLockPath('k', dir), JSON.stringify({ ...markOf(pid), token: 'theirs' }));
    expect(acquireFeedLock('k', dir)).toEqual({ kind: 'taken', pid });
    other.kill('SIGKILL');
    await once(other, 'exit');
    const lock = acquireFeedLock('k', dir);
    expect(lock.kind).toBe('held');
    if (lock.kind === 'held') lock.release();
    expect(readdirSync(dir)).toEqual([]);
  });

  it('sees through a pid that was given to another process', () => {
    writeFileSync(feedLockPath('k', dir), JSON.stringify({ pid: process.ppid, started: 'long ago', token: 'theirs' }));
    expect(acquireFeedLock('k', dir).kind).toBe('held');
  });

  it('takes over a broken file, keeps keys apart and keeps the key out of the folder', () => {
    writeFileSync(feedLockPath('top-secret', dir), '{"pid":');
    expect(acquireFeedLock('top-secret', dir).kind).toBe('held');
    expect(acquireFeedLock('other', dir).kind).toBe('held');
    expect(readdirSync(dir)).toHaveLength(2);
    for (const name of readdirSync(dir))
      expect(name + readFileSync(path.join(dir, name), 'utf8')).not.toContain('top-secret');
  });

  it('releases only its own lock', () => {
    const first = acquireFeedLock('k', dir);
    const second = acquireFeedLock('k', dir);
    if (first.kind === 'held') first.release();
    expect(readdirSync(dir)).toHaveLength(1);
    if (second.kind === 'held') second.release();
    expect(readdirSync(dir)).toEqual([]);
  });
});
