// What `npm run bench -- all` runs, and bench/results/table.md out of what the benches print: figures, counts, hashes and ratios
// to a peer measured in the same run stand together, each bench with the machine it ran on.
import os from 'node:os';

/**
 * The table's benches in its order; `quick` are small settings for looking whether everything runs.
 * @type {readonly { readonly name: string, readonly args: readonly string[], readonly quick: readonly string[], readonly peer: string }[]}
 */
export const TABLE = [
  {
    name: 'ingest',
    args: ['--json'],
    quick: ['--json', '--events', '50000', '--runs', '1'],
    peer: 'JSON.parse over the same frames',
  },
  { name: 'socket', args: ['--json'], quick: ['--json', '--rate', '5000', '--seconds', '2'], peer: 'none on npm' },
  { name: 'bars', args: [], quick: [], peer: 'none in the tree (tardis-dev computes bars)' },
  { name: 'tape', args: [], quick: ['--events', '100000'], peer: 'none on npm' },
  {
    name: 'evaluation',
    args: ['--json'],
    quick: ['--json'],
    peer: 'none in the tree (trading-signals and technicalindicators compute indicators)',
  },
  { name: 'order-lane', args: ['--json'], quick: ['--json', '--seconds', '2'], peer: 'at rest, in the same run' },
  { name: 'checkpoint', args: [], quick: [], peer: 'none on npm' },
  { name: 'restore', args: [], quick: [], peer: 'the whole tape, in the same run' },
  {
    name: 'ui',
    args: ['--json'],
    quick: ['--json', '--seconds', '4', '--windows', '1', '--rate', '5000'],
    peer: 'none on npm',
  },
];

/**
 * @typedef {{ readonly name: string, readonly sentence: string, readonly args: readonly string[], readonly code: number,
 *   readonly seconds: number, readonly text: string, readonly peer: string }} Ran
 */

/** @param {readonly Ran[]} runs @param {{ readonly isQuick: boolean, readonly date: string }} facts @returns {string} */
export function tableText(runs, { isQuick, date }) {
  const [cpu] = os.cpus();
  const machine = `${cpu?.model.trim() ?? 'unknown CPU'} x ${os.cpus().length}, ${Math.round(os.totalmem() / 2 ** 30)} GB, ${process.platform}, Node ${process.versions.node}`;
  const command = `npm run bench -- all${isQuick ? ' --quick' : ''}`;
  const lines = [
    '# Performance',
    '',
    `Made by \`${command}\` on ${date}: ${machine}.`,
    ...(isQuick ? ['', '**Small settings, to see that everything runs: the figures mean nothing.**'] : []),
    '',
    '| bench | ended | took | ratio to a peer in the same run | hash |',
    '|---|---|---|---|---|',
    ...runs.map((run) => {
      const found = figuresOf(run.text);
      const ratios = found.filter(([name]) => /ratio/iu.test(name)).map(([name, value]) => `${name} ${value}`);
      const hashes = found.filter(([name]) => /hash$/iu.test(name)).map(([, value]) => value);
      return `| ${run.name} | ${run.code === 0 ? 'good' : `**failed, exit ${run.code}**`} | ${run.seconds.toFixed(0)} s | ${ratios.join(', ') || '-'} (${run.peer}) | ${[...new Set(hashes)].join(', ') || '-'} |`;
    }),
  ];
  for (const { name, sentence, args, text } of runs) {
    lines.push('', `## ${name}`, '', sentence, '', `\`npm run bench -- ${[name, ...args].join(' ')}\``, '', '```');
    lines.push(
      ...(jsonOf(text).length > 0
        ? figuresOf(text).map(([key, value]) => `${key.padEnd(36)} ${value}`)
        : text.trim().split('\n')),
    );
    lines.push('```');
  }
  return `${lines.join('\n')}\n`;
}

/**
 * Names and values of everything that is printed as JSON, nested names with dots; long lists are left out.
 * @param {string} text @returns {readonly (readonly [string, string])[]}
 */
export function figuresOf(text) {
  /** @type {[string, string][]} */
  const found = [];
  /** @param {string} key @param {unknown} value */
  const walk = (key, value) => {
    if (Array.isArray(value)) {
      if (value.length <= 8) for (const [at, item] of value.entries()) walk(`${key}.${at + 1}`, item);
    } else if (typeof value === 'object' && value !== null)
      for (const [name, inner] of Object.entries(value)) walk(key === '' ? name : `${key}.${name}`, inner);
    else if (typeof value === 'number') found.push([key, shortNumber(value)]);
    else if (typeof value === 'string' || typeof value === 'boolean') found.push([key, String(value)]);
  };
  for (const object of jsonOf(text)) walk('', object);
  return found;
}

/** @param {number} value */
function shortNumber(value) {
  if (Number.isInteger(value)) return value.toLocaleString('en-US');
  return Math.abs(value) >= 1000 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(4)));
}

/** @param {string} text @returns {readonly object[]} */
function jsonOf(text) {
  return text.split('\n').flatMap((line) => {
    if (!line.startsWith('{')) return [];
    try {
      return [/** @type {object} */ (JSON.parse(line))];
    } catch {
      return [];
    }
  });
}
