// House rules that neither the compiler nor the linter knows. Each takes the tree's text files and returns complaints,
// one line each, starting with the file.
import path from 'node:path';
import { CORE } from '../boundaries/table.mjs';

/** @typedef {{ name: string, text: string }} TextFile a file by its path from the project folder, with slashes */

const LINES_MAX = 500;
/** Files that may be longer, each with its reason. */
const LONGER = new Map([['docs/GLOSSARY.md', 'a dictionary grows with its words']]);

const CODE = /\.(ts|tsx|mjs|css)$/;
const isTest = (/** @type {string} */ name) => /\.test\.(ts|tsx|mjs)$/.test(name) || name.startsWith('e2e/');

/** Files are read in one sitting. @param {readonly TextFile[]} files */
export function tooLong(files) {
  return files
    .filter(({ name, text }) => CODE.test(name) && !LONGER.has(name) && lineCount(text) > LINES_MAX)
    .map(({ name, text }) => `${name}: ${lineCount(text)} lines, the most is ${LINES_MAX}; split it by concept`);
}

/** The core runs to completion. @param {readonly TextFile[]} files */
export function asyncInCore(files) {
  const core = new RegExp(`^src/engine/(${Object.keys(CORE).join('|')})/`);
  return files
    .filter(({ name }) => core.test(name) && !isTest(name))
    .flatMap(({ name, text }) =>
      matches(withoutComments(text), /\b(async|await|Promise|setTimeout)\b/g).map(
        ({ line, found }) => `${name}:${line}: '${found}' in the core, which is synchronous`,
      ),
    );
}

/** A file says what it holds. @param {readonly TextFile[]} files */
export function headerMissing(files) {
  return files
    .filter(
      ({ name, text }) =>
        /^(src|scripts|bench|e2e)\/.*\.(ts|tsx|mjs)$/.test(name) &&
        !isTest(name) &&
        !/^(#!.*\n)?\s*(\/\*|\/\/)/.test(text),
    )
    .map(({ name }) => `${name}: the first lines say what the file holds`);
}

/** What belongs to one machine or one moment stays out. @param {readonly TextFile[]} files */
export function machineTraces(files) {
  const traces = [
    { what: 'a path of one machine', pattern: /(?<![\w.])\/(?:home|Users|root|work)\/[\w.-]+/g },
    { what: 'a package registry', pattern: /\bregistry\.[\w-]+\.(?:org|com|dev|io)\b/g },
    { what: 'a note to self', pattern: /\b(?:TODO|FIXME)\b/g },
  ];
  const read = files.filter(({ name }) => !isTest(name) && !name.startsWith('scripts/tidy/'));
  return read.flatMap(({ name, text }) =>
    traces.flatMap(({ what, pattern }) =>
      matches(text, pattern).map(({ line, found }) => `${name}:${line}: ${what} ('${found}')`),
    ),
  );
}

/** Relative links lead somewhere. @param {readonly TextFile[]} files @param {(name: string) => boolean} exists */
export function brokenLinks(files, exists) {
  return files
    .filter(({ name }) => name.endsWith('.md'))
    .flatMap(({ name, text }) =>
      matches(withoutCodeBlocks(text), /\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g)
        .filter(({ groups }) => !/^(?:[a-z]+:|#)/i.test(groups[0] ?? ''))
        .filter(
          ({ groups }) =>
            !exists(
              path.posix.normalize(
                path.posix.join(path.posix.dirname(name), decodeURIComponent((groups[0] ?? '').split('#')[0] ?? '')),
              ),
            ),
        )
        .map(({ line, groups }) => `${name}:${line}: the link to '${groups[0]}' leads nowhere`),
    );
}

/**
 * The numbered rules of docs/specs, as 'BAR7' at the start of a line, a list item, a heading or a table row.
 * @param {readonly TextFile[]} files @returns {{ id: string, name: string, line: number }[]}
 */
export function specRules(files) {
  return files
    .filter(({ name }) => /^docs\/specs\/.*\.md$/.test(name))
    .flatMap(({ name, text }) =>
      matches(text, /^[ \t]*(?:[-*#|]+[ \t]*)?(?:\*\*|`)?([A-Z]{2,10}-?\d{1,3})(?:\*\*|`)?(?=[.:) |\t*`])/gm).map(
        ({ line, groups }) => ({ id: groups[0] ?? '', name, line }),
      ),
    );
}

/** Where the rules that no test cites yet are listed. */
const UNCITED_LIST = 'scripts/tidy/uncited-rules.txt';

/**
 * A rule of a spec is cited by the test that holds it up, or listed as not cited yet. A listed rule that is cited or gone is
 * a complaint too, so the list can only get shorter. @param {readonly TextFile[]} files
 */
export function uncitedRules(files) {
  const listed = new Set(
    (files.find(({ name }) => name === UNCITED_LIST)?.text ?? '')
      .split('\n')
      .flatMap((line) => /^docs\/specs\/[^:]+: (.*)$/.exec(line)?.[1]?.split(' ') ?? []),
  );
  const cited = new Set(
    files.filter(({ name }) => isTest(name)).flatMap(({ text }) => text.match(/\b[A-Z]{2,10}-?\d{1,3}\b/g) ?? []),
  );
  const seen = new Map();
  const complaints = [];
  for (const { id, name, line } of specRules(files)) {
    if (seen.has(id) && seen.get(id) !== name)
      complaints.push(`${name}:${line}: rule ${id} is also in ${seen.get(id)}`);
    seen.set(id, name);
    if (!cited.has(id) && !listed.has(id)) complaints.push(`${name}:${line}: no test cites rule ${id}`);
  }
  for (const id of listed) {
    if (cited.has(id)) complaints.push(`${UNCITED_LIST}: ${id} is cited now; take it off the list`);
    else if (!seen.has(id)) complaints.push(`${UNCITED_LIST}: there is no rule ${id} any more`);
  }
  return complaints;
}

/** Every dependency was decided on. @param {readonly TextFile[]} files */
export function undecidedDependencies(files) {
  const manifest = files.find(({ name }) => name === 'package.json');
  if (manifest === undefined) return ['package.json: not seen'];
  const { dependencies = {}, devDependencies = {} } = JSON.parse(manifest.text);
  const decisions = files.filter(({ name }) => name.startsWith('docs/decisions/'));
  return Object.keys({ ...dependencies, ...devDependencies })
    .filter((name) => !decisions.some(({ text }) => text.includes(`\`${name}\``)))
    .map((name) => `package.json: '${name}' is not in docs/decisions (written as \`${name}\`)`);
}

/** A switched-off rule says why; a test is not switched off by hand. @param {readonly TextFile[]} files */
export function silentEscapes(files) {
  const escapes = [
    {
      pattern: /(?:oxlint|eslint)-disable(?:-next-line|-line)?(?![^\n]*--[ \t]+\S)[^\n]*/g,
      rule: "a lint rule is switched off without '-- reason'",
    },
    { pattern: /@ts-(?:ignore|nocheck)\b/g, rule: 'use @ts-expect-error with a reason' },
    { pattern: /@ts-expect-error[ \t]*(?:\*\/)?[ \t]*$/gm, rule: '@ts-expect-error without a reason' },
  ];
  const tests = [
    {
      pattern: /\b(?:it|test|describe)\.(?:only|skip|todo|fixme)\(/g,
      rule: 'a test is switched off by hand (skipIf with a condition is fine)',
    },
  ];
  return files
    .filter(({ name }) => CODE.test(name) && !name.startsWith('scripts/tidy/'))
    .flatMap(({ name, text }) =>
      [...escapes, ...(isTest(name) ? tests : [])].flatMap(({ pattern, rule }) =>
        matches(text, pattern).map(({ line }) => `${name}:${line}: ${rule}`),
      ),
    )
    .filter((complaint) => !/^e2e\/.*switched off by hand/.test(complaint));
}

/** What the project folder holds, and nothing beside it. @param {readonly TextFile[]} files */
export function strayFiles(files) {
  const folders = ['.ci', 'bench', 'docs', 'e2e', 'resources', 'scripts', 'src'];
  const top =
    /^(?:package(?:-lock)?\.json|tsconfig(?:\.\w+)?\.json|[\w.]+\.config\.ts|knip\.json|\.(?:oxlintrc|oxfmtrc)\.json|\.(?:npmrc|nvmrc|gitignore|gitattributes|editorconfig|git-blame-ignore-revs)|[A-Z]+(?:\.md)?)$/;
  return files.flatMap(({ name, text }) => {
    const isKnown = name.includes('/') ? folders.includes(name.split('/')[0] ?? '') : top.test(name);
    if (!isKnown) return [`${name}: does not belong into the project folder`];
    if (/\.(?:orig|bak|rej|tmp|swp|old)$|~$/.test(name)) return [`${name}: left over`];
    return text.trim() === '' ? [`${name}: empty`] : [];
  });
}

/** @param {string} text */
function lineCount(text) {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}

/** @param {string} text @param {RegExp} pattern global @returns {{ line: number, found: string, groups: (string | undefined)[] }[]} */
function matches(text, pattern) {
  return [...text.matchAll(pattern)].map((match) => ({
    line: text.slice(0, match.index).split('\n').length,
    found: match[0],
    groups: match.slice(1),
  }));
}

/** Comments and texts blanked, lines kept. @param {string} text */
function withoutComments(text) {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, (found) =>
    found.replaceAll(/[^\n]/g, ' '),
  );
}

/** @param {string} text */
function withoutCodeBlocks(text) {
  return text.replaceAll(/^```[\s\S]*?^```/gm, (found) => found.replaceAll(/[^\n]/g, ' '));
}
