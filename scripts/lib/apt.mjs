// Installs Debian packages, where we are root and apt is there.
import { spawnSync } from 'node:child_process';
import { isRoot, say, which } from './project.mjs';

const APT_MS = 10 * 60_000;

export const canApt = isRoot && process.platform === 'linux' && which('apt-get') !== undefined;

/** @param {readonly string[]} packages @returns {boolean} */
export function aptInstall(packages) {
  if (!canApt) return false;
  say(`Installing ${packages.join(', ')} with apt-get ...`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [
    ['update', '-q'],
    ['install', '-y', '-q', '--no-install-recommends', ...packages],
  ]) {
    const done = spawnSync('apt-get', args, { env, stdio: ['ignore', 2, 2], timeout: APT_MS });
    if (done.status !== 0) return false;
  }
  return true;
}
