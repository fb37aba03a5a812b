// One at a time, and the lock of a dead process does not hold anybody up.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { withLock } from './lock.mjs';
import { out } from './project.mjs';

const name = `test-${process.pid}`;
const file = path.join(out, '.locks', name);

describe('lock', () => {
  it('lets one in at a time and is gone afterwards', async () => {
    let inside = 0;
    let most = 0;
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await sleep(20);
      inside -= 1;
    };
    await Promise.all([1, 2, 3].map(() => withLock(name, 'waiting', work)));
    expect(most).toBe(1);
    expect(existsSync(file)).toBe(false);
  });

  it('is given back when the work fails', async () => {
    await expect(withLock(name, 'waiting', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(existsSync(file)).toBe(false);
  });

  it('takes over from a process that is gone', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '0']);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `${pid}\n`);
    expect(await withLock(name, 'waiting', async () => 'done')).toBe('done');
  });
});
