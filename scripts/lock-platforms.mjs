// node scripts/lock-platforms.mjs: completes package-lock.json with the binaries of the other platforms. npm leaves those out
// that its registry does not offer at that moment, and then refuses its own lock file in `npm ci`. Run it after every change
// of a dependency. What it adds carries no checksum; npm fills that in on a registry that has the package.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root, runScript, say } from './lib/project.mjs';

const SYSTEMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
/** As package names write processors -> as Node does. */
const PROCESSORS = {
  arm64: 'arm64',
  arm: 'arm',
  x64: 'x64',
  ia32: 'ia32',
  ppc64: 'ppc64',
  riscv64: 'riscv64',
  s390x: 's390x',
  loong64: 'loong64',
  mips64el: 'mips64el',
  wasm32: 'wasm32',
  universal: '',
};

await runScript(async () => {
  const file = path.join(root, 'package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const added = complete(lock.packages);
  // The order npm writes, so that it changes nothing else.
  const names = Object.keys(lock.packages).sort((a, b) => a.localeCompare(b, 'en'));
  const packages = Object.fromEntries(names.map((name) => [name, lock.packages[name]]));
  writeFileSync(file, `${JSON.stringify({ ...lock, packages }, null, 2)}\n`);
  say(`${added} packages of other platforms added.`);
});

/**
 * @param {Record<string, any>} packages the lock's; what is missing is added, and moved where it is in the way
 * @returns {number} how many were missing
 */
function complete(packages) {
  let added = 0;
  /** @type {Map<string, Record<string, any>>} name and version -> the entry and what lies inside it, to be put elsewhere */
  const displaced = new Map();
  const depth = (/** @type {string} */ asker) => asker.split('node_modules/').length;
  const askers = Object.keys(packages).sort((a, b) => depth(a) - depth(b));
  for (const asker of askers) {
    const { optionalDependencies = {}, dev } = packages[asker] ?? {};
    for (const [name, version] of Object.entries(optionalDependencies)) {
      const found = placesFor(asker, name).find((place) => packages[place] !== undefined);
      if (!/^\d/.test(version) || (found !== undefined && packages[found].version === version)) continue;
      // Beside the one that asks: at the top, something else may be in the way, and has to go to those that asked for it.
      const place = `${asker.slice(0, asker.lastIndexOf('node_modules/'))}node_modules/${name}`;
      const other = takeOut(packages, place);
      if (other !== undefined) displaced.set(`${name}@${other[''].version}`, other);
      const moved = displaced.get(`${name}@${version}`);
      if (moved === undefined) added += 1;
      const entries = moved ?? {
        '': { version, ...platformOf(name), ...(dev === true ? { dev: true } : {}), optional: true },
      };
      for (const [inside, entry] of Object.entries(entries)) packages[place + inside] = entry;
    }
  }
  return added;
}

/** @param {Record<string, any>} packages @param {string} place @returns {Record<string, any> | undefined} inner path -> entry */
function takeOut(packages, place) {
  const names = Object.keys(packages).filter((name) => name === place || name.startsWith(`${place}/`));
  if (names.length === 0) return undefined;
  const taken = Object.fromEntries(names.map((name) => [name.slice(place.length), packages[name]]));
  for (const name of names) delete packages[name];
  return taken;
}

/** Where a package is looked for, from the asker's own folder outwards. @param {string} asker @param {string} name */
function placesFor(asker, name) {
  const places = [`${asker}/node_modules/${name}`];
  for (let at = asker.lastIndexOf('/node_modules/'); at > 0; at = asker.lastIndexOf('/node_modules/', at - 1))
    places.push(`${asker.slice(0, at)}/node_modules/${name}`);
  return [...places, `node_modules/${name}`];
}

/** @param {string} name such as @oxlint/binding-linux-x64-musl */
function platformOf(name) {
  const words = name.replace(/^.*?\//, '').split(/[-.]/);
  const system = SYSTEMS.find((word) => words.includes(word));
  const processor = Object.entries(PROCESSORS).find(([word]) => words.includes(word))?.[1];
  const isMusl = words.some((word) => word.startsWith('musl'));
  const isGnu = system === 'linux' && words.some((word) => word.startsWith('gnu'));
  return {
    ...(processor === undefined || processor === '' ? {} : { cpu: [processor] }),
    ...(isMusl ? { libc: ['musl'] } : isGnu ? { libc: ['glibc'] } : {}),
    ...(system === undefined ? {} : { os: [system] }),
  };
}
