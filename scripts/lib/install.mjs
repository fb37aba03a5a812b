// Installs the packages of package-lock.json when they are missing or another set of them is there.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withLock } from './lock.mjs';
import { Sorry, root, say, seconds } from './project.mjs';

const modules = path.join(root, 'node_modules');
const stampFile = path.join(modules, '.cache', 'drover', 'installed');
const NETWORK =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|network/;

/** @returns {boolean} true when nothing has to be done */
export function isInstalled() {
  const lock = readFileSync(path.join(root, 'package-lock.json'), 'utf8');
  const wanted = stampOf(lock);
  if (
    existsSync(stampFile) &&
    readFileSync(stampFile, 'utf8') === wanted &&
    existsSync(path.join(modules, '.package-lock.json'))
  )
    return true;
  if (!installedByHand(lock)) return false;
  writeStamp(wanted);
  return true;
}

/** Does nothing, quickly, when everything is there. */
export async function ensureInstalled() {
  if (isInstalled()) return;
  await withLock('install', 'Waiting for another Drover command that is installing packages ...', async () => {
    if (isInstalled()) return;
    await npmCi();
    writeStamp(stampOf(readFileSync(path.join(root, 'package-lock.json'), 'utf8')));
  });
}

/** @param {string} lock */
function stampOf(lock) {
  return [
    createHash('sha256').update(lock).digest('hex'),
    process.platform,
    process.arch,
    process.versions.modules,
  ].join(' ');
}

/** @param {string} stamp */
function writeStamp(stamp) {
  try {
    mkdirSync(path.dirname(stampFile), { recursive: true });
    writeFileSync(stampFile, stamp);
  } catch {
    // A read-only folder: the packages are there all the same, they are only looked at again next time.
  }
}

/** npm writes down what it installed; somebody may have run it without us. @param {string} lockText */
function installedByHand(lockText) {
  try {
    const there = JSON.parse(readFileSync(path.join(modules, '.package-lock.json'), 'utf8')).packages;
    for (const [name, entry] of Object.entries(JSON.parse(lockText).packages)) {
      if (name === '') continue;
      if (there[name] === undefined) {
        if (entry.optional === true || entry.peer === true || entry.devOptional === true) continue;
        return false;
      }
      if (there[name].version !== entry.version) return false;
    }
    return true;
  } catch {
    return false;
  }
}

async function npmCi() {
  const startedMs = Date.now();
  const total = Object.keys(JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages).length - 1;
  say('Installing packages (once; about a minute) ...');
  const args = ['--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  let { code, output } = await npm(['ci', ...args], total);
  // npm refuses a lock file that does not name every platform's binaries; what it does name still decides the versions.
  if (code !== 0 && /code EUSAGE|from lock file/.test(output))
    ({ code, output } = await npm(['install', '--no-save', ...args], total));
  if (code === 0) return say(`Packages installed in ${seconds(startedMs)}.`);
  process.stderr.write(`${output.trimEnd().split('\n').slice(-25).join('\n')}\n`);
  if (code === 'spawn npm ENOENT')
    throw new Sorry(
      'Drover could not install its packages because npm is not there; install npm and run the command again.',
    );
  if (NETWORK.test(output))
    throw new Sorry(
      'Drover could not install its packages because the package registry cannot be reached; connect to the internet (or tell npm your proxy or mirror with `npm config set`) and run the command again.',
    );
  throw new Sorry(
    "Drover could not install its packages (npm's own words are above); put that right and run the command again.",
  );
}

/** @param {readonly string[]} args @param {number} total @returns {Promise<{ code: unknown, output: string }>} */
async function npm(args, total) {
  const startedMs = Date.now();
  const npmCli = process.env['npm_execpath'];
  const isNpmScript = npmCli !== undefined && path.basename(npmCli).startsWith('npm-cli');
  const child = isNpmScript
    ? spawn(process.execPath, [npmCli, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    : spawn('npm', args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => (output = (output + chunk).slice(-64_000)));
  const isTty = process.stderr.isTTY === true;
  const progress = () => `  ${countPackages()} of up to ${total} packages, ${seconds(startedMs)}`;
  const timer = setInterval(
    () => (isTty ? process.stderr.write(`\r${progress()}`) : say(progress())),
    isTty ? 500 : 10_000,
  );
  const code = await new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', resolve);
  });
  clearInterval(timer);
  if (isTty) process.stderr.write('\r\u001b[K');
  return { code, output };
}

/** How many packages lie in node_modules by now; a rough sign of life while npm says nothing. */
function countPackages() {
  try {
    let count = 0;
    for (const name of readdirSync(modules))
      count += name.startsWith('@') ? readdirSync(path.join(modules, name)).length : name.startsWith('.') ? 0 : 1;
    return count;
  } catch {
    return 0;
  }
}
