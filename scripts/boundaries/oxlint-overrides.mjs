// Turns the table of boundaries into overrides of .oxlintrc.json.
import { CORE, CORE_GLOBALS, CORE_GLOBALS_ALLOWED, CORE_PROPERTIES, OUTER } from './table.mjs';

/** Test code may use Node and cross stages: it looks at the parts from outside. */
const TESTS = ['**/*.test.ts', '**/*.test.tsx', '**/*.test.mjs'];

/** Tools want their configuration, and the engine a strategy, as the default export. */
const DEFAULT_EXPORTS = ['*.config.ts', 'resources/strategies/**', 'src/engine/strategies/builtin/**'];

/** @returns {unknown[]} */
export function oxlintOverrides() {
  /** @type {{ files: string[], rules: Record<string, unknown> }[]} */
  const overrides = [
    {
      files: [`src/engine/{${Object.keys(CORE).join(',')}}/**`],
      rules: {
        'no-console': 'error',
        // Elsewhere a function may make an object of small functions, or be a page of markup, and is allowed 150.
        'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
        'no-restricted-globals': bannedGlobals([]),
        'no-restricted-properties': ['error', ...CORE_PROPERTIES],
      },
    },
  ];
  for (const [stage, names] of Object.entries(CORE_GLOBALS_ALLOWED))
    overrides.push({ files: [`src/engine/${stage}/**`], rules: { 'no-restricted-globals': bannedGlobals(names) } });
  for (const [stage, allowed] of Object.entries(CORE)) overrides.push(...stageOverrides(stage, allowed));
  for (const { files, no, why } of OUTER)
    overrides.push({ files: [...files], rules: { 'no-restricted-imports': restricted(no, why) } });
  overrides.push({
    files: TESTS,
    rules: {
      'no-console': 'off',
      'no-restricted-globals': 'off',
      'no-restricted-properties': 'off',
      'no-restricted-imports': 'off',
      'max-lines-per-function': 'off',
      'typescript/unbound-method': 'off',
    },
  });
  overrides.push({ files: DEFAULT_EXPORTS, rules: { 'import/no-default-export': 'off' } });
  return overrides;
}

/** @param {readonly string[]} except */
function bannedGlobals(except) {
  const banned = Object.entries(CORE_GLOBALS).filter(([name]) => !except.includes(name));
  return ['error', ...banned.map(([name, message]) => ({ name, message }))];
}

/** A stage's files and the files of its subfolders name the same things by different paths. @param {string} stage @param {readonly string[]} allowed */
function stageOverrides(stage, allowed) {
  const why = `${stage}/ may import ${allowed.length === 0 ? 'nothing but itself' : `only ${allowed.join(', ')}`} (scripts/boundaries/table.mjs).`;
  const open = (/** @type {string} */ up) => allowed.flatMap((name) => patternsFor(name, up));
  return [
    {
      files: [`src/engine/${stage}/*.ts`],
      rules: { 'no-restricted-imports': restricted(['**', '!./**', ...open('../')], why) },
    },
    {
      files: [`src/engine/${stage}/*/**/*.ts`],
      rules: { 'no-restricted-imports': restricted(['**', '!./**', '!../**', '../../**', ...open('../../')], why) },
    },
  ];
}

/** @param {string} name an entry of the table @param {string} up the way from the file to src/engine */
function patternsFor(name, up) {
  if (name === 'protocol') return [`!${up}protocol/**`, '!#protocol'];
  if (name === 'resources') return [`!${up}../../resources/*.json`];
  if (name.startsWith('package:')) return [`!${name.slice('package:'.length)}`];
  return [`!${up}${name}${name.endsWith('.ts') ? '' : '/**'}`];
}

/** @param {readonly string[]} group @param {string} message */
function restricted(group, message) {
  return ['error', { patterns: [{ group: [...group], message }] }];
}
