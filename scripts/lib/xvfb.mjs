// A display for tests of windows on Linux: Xvfb, so that they do not open on somebody's screen.
import { spawn } from 'node:child_process';
import { aptInstall, canApt } from './apt.mjs';
import { hasDisplay, which } from './project.mjs';

/** As tall as one of the vertical 4K monitors the windows are made for. */
const SCREEN = '2560x4096x24';

/**
 * @returns {Promise<{ env: Record<string, string>, stop: () => void } | { reason: string }>} what to add to the environment
 */
export async function startDisplay() {
  if (process.platform !== 'linux') return { env: {}, stop: () => undefined };
  if (which('Xvfb') === undefined && canApt) aptInstall(['xvfb']);
  const xvfb = which('Xvfb');
  if (xvfb === undefined) {
    if (hasDisplay) return { env: {}, stop: () => undefined };
    return {
      reason: 'there is no display and no Xvfb; install it (on Debian: apt-get install xvfb) and run npm test again',
    };
  }
  const child = spawn(xvfb, ['-displayfd', '3', '-screen', '0', SCREEN, '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const stop = () => void child.kill('SIGTERM');
  process.once('exit', stop);
  const number = await new Promise((resolve) => {
    let text = '';
    child.stdio[3]?.on('data', (chunk) => {
      text += chunk;
      if (text.includes('\n')) resolve(text.trim());
    });
    child.once('error', () => resolve(undefined));
    child.once('exit', () => resolve(undefined));
    setTimeout(() => resolve(undefined), 20_000).unref();
  });
  if (number === undefined) return { reason: 'Xvfb is there and does not start' };
  return { env: { DISPLAY: `:${number}`, WAYLAND_DISPLAY: '' }, stop };
}
