// What `npm run bench -- all` runs, and bench/results/table.md out of what the benches print: figures, counts, hashes and ratios
// to a peer measured in the same run stand together, each bench with the machine it ran on.
import os from 'node:os';

/**
 * A figure of a row: what it is called there, and the name it has in the bench's JSON, or the pattern it is found by in text.
 * @typedef {readonly [label: string, source: string | RegExp]} Pick
 * @typedef {{ readonly name: string, readonly args: readonly string[], readonly quick: readonly string[], readonly peer: string,
 *   readonly figures: readonly Pick[], readonly counts: readonly Pick[], readonly ratios: readonly Pick[] }} Row
 */

/**
 * The table's benches in its order; `quick` are small settings for looking whether everything runs. `peer` says what the ratio
 * is to, or why there is none.
 * @type {readonly Row[]}
 */
export const TABLE = [
  {
    name: 'ingest',
    args: ['--json'],
    quick: ['--json', '--events', '50000', '--runs', '1'],
    figures: [
      ['decoding/s', 'decodePerS'],
      ['JSON.parse/s', 'jsonParsePerS'],
      ['decoding, view, bars and tape/s', 'pipelinePerS'],
    ],
    counts: [
      ['events', 'events'],
      ['frames', 'frames'],
      ['trades', 'trades'],
      ['refused', 'refused'],
    ],
    ratios: [
      ['decoding', 'decodeRatio'],
      ['whole pipeline', 'pipelineRatio'],
    ],
    peer: 'times the events/s of `JSON.parse` over the same frames',
  },
  {
    name: 'socket',
    args: ['--json'],
    quick: ['--json', '--rate', '5000', '--seconds', '2'],
    figures: [
      ['lag p99 ms', 'lagMsP99'],
      ['share of a core', 'processCpu'],
      ['peer: lag p99 ms', 'peerLagMsP99'],
      ['peer: share of a core', 'peerProcessCpu'],
    ],
    counts: [
      ['events/s', 'rate'],
      ['received', 'received'],
      ['dropped', 'dropped'],
    ],
    ratios: [['processor time of the peer over ours', 'peerCpuRatio']],
    peer: "`ws` and `JSON.parse` in one thread and nothing behind, as a user of the vendor's client has it; ours goes on to view, bars and tape",
  },
  {
    name: 'bars',
    args: ['--json'],
    quick: ['--json', '--trades', '10000', '--peer', '20000'],
    figures: [
      ['builder alone, ns an event', 'nsPerEvent.tick'],
      ['view and builder, ns a trade', 'peer.oursNsPerTrade'],
      ['peer, ns a trade', 'peer.peerNsPerTrade'],
    ],
    counts: [
      ['events', 'events'],
      ['bars', 'bars.tick'],
      ['bars compared with the peer', 'peer.bars'],
    ],
    ratios: [['processor time of the peer over ours', 'peer.ratio']],
    peer: '`tardis-dev` trade bars of 100 over the same trades; every bar is the same',
  },
  {
    name: 'tape',
    args: [],
    quick: ['--events', '100000'],
    figures: [
      ['lz4, bytes an event', /lz4 +([\d.]+) bytes/gu],
      ['written/s', /lz4 .*?write ([\d,]+)/gu],
      ['read/s', /lz4 .*?read ([\d,]+)/gu],
    ],
    counts: [['events', /lz4 .*? (\d+) events/gu]],
    ratios: [],
    peer: 'none on npm records a market day; the codecs of the table below are measured beside each other',
  },
  {
    name: 'evaluation',
    args: ['--json'],
    quick: ['--json', '--events', '200000', '--peer', '500'],
    figures: [
      ['one judgement, ns', 'nsPerEvaluation'],
      ['ledger, % of ingest', 'ledgerPercentOfIngest'],
      ['four indicators, ns a bar', 'indicators.oursNsPerBar'],
      ['peer, ns a bar', 'indicators.peerNsPerBar'],
    ],
    counts: [
      ['events', 'events'],
      ['judgements', 'evaluations.ticks'],
      ['indicator values compared', 'indicators.compared'],
    ],
    ratios: [['processor time of the peer over ours, indicators', 'indicators.ratio']],
    peer: '`technicalindicators`; ours wraps `trading-signals`; SMA, EMA and ATR agree to 1e-9, RSI to the two places the peer gives',
  },
  {
    name: 'order-lane',
    args: ['--json'],
    quick: ['--json', '--seconds', '2'],
    figures: [
      ['decided to sent, ms p50 at rest', 'rest.lane.p50'],
      ['p99', 'rest.lane.p99'],
      ['loaded p50', 'loaded.lane.p50'],
      ['p99', 'loaded.lane.p99'],
      ['without the disk p99', 'loadedWithoutDisk.lane.p99'],
    ],
    counts: [
      ['exits a leg', /^legs\.\d+\.exits (.+)$/gmu],
      ['events/s taken', /^legs\.\d+\.eventsPerSecond (.+)$/gmu],
    ],
    ratios: [['p99 loaded over at rest', 'ratioP99']],
    peer: 'itself at rest; `nodejs-order-book` matches resting orders and has no durable intent to compare',
  },
  {
    name: 'checkpoint',
    args: [],
    quick: ['--checkpoints', '5', '--events', '200000', '--kernelEvents', '200000'],
    figures: [
      ['kernel pause, ms median', /^kernel pause: .*?median ([\d.]+)/gmu],
      ['worst', /^kernel pause: .*?worst ([\d.]+)/gmu],
      ['intent to disk meanwhile, ms median', /^intent to disk meanwhile: .*?median ([\d.]+)/gmu],
    ],
    counts: [
      ['checkpoints', /^kernel pause: .*, (\d+) times/gmu],
      ['symbols', /(\d+) symbols/gu],
    ],
    ratios: [],
    peer: 'none on npm',
  },
  {
    name: 'restore',
    args: [],
    quick: ['--events', '100000', '--starts', '1'],
    figures: [
      ['from a checkpoint: positions on screen, ms', /newest checkpoint: positions on screen (\d+)/gu],
      ['first exit check', /newest checkpoint: .*?first exit check (\d+)/gu],
      ['without one', /without a checkpoint: .*?first exit check (\d+)/gu],
    ],
    counts: [['events of the day', /a day of ([\d,]+) events/gu]],
    ratios: [],
    peer: 'none on npm; a start without a checkpoint stands beside',
  },
  {
    name: 'ui',
    args: ['--json'],
    quick: ['--json', '--seconds', '4', '--windows', '1', '--rate', '5000'],
    figures: [
      ['grid refresh, script ms p95', /^windows\.1\.grid\.p95Ms (.+)$/gmu],
      ['processor ms a refresh', /^windows\.1\.scriptCpuMsPerRefresh (.+)$/gmu],
    ],
    counts: [['refreshes', /^windows\.1\.grid\.refreshes (.+)$/gmu]],
    ratios: [],
    peer: 'none on npm',
  },
];

/**
 * @typedef {Omit<Row, 'quick'> & { readonly sentence: string, readonly code: number, readonly seconds: number, readonly text: string }} Ran
 */

/**
 * @param {readonly Ran[]} runs
 * @param {{ readonly isQuick: boolean, readonly date: string, readonly commit: string }} facts
 * @returns {string}
 */
export function tableText(runs, { isQuick, date, commit }) {
  const [cpu] = os.cpus();
  const machine = `${cpu?.model.trim() ?? 'unknown CPU'} x ${os.cpus().length}, ${Math.round(os.totalmem() / 2 ** 30)} GB, ${process.platform}, Node ${process.versions.node}`;
  const command = `npm run bench -- all${isQuick ? ' --quick' : ''}`;
  const lines = [
    '# Performance',
    '',
    `Made by \`${command}\` on ${date}${commit === '' ? '' : `, commit ${commit}`}. Every row on this machine: ${machine}.`,
    ...(isQuick ? ['', '**Small settings, to see that everything runs: the figures mean nothing.**'] : []),
    '',
    '| bench | measured | counts | ratio to a peer in the same run | hash | took |',
    '|---|---|---|---|---|---|',
    ...runs.map((run) => rowOf(run)),
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

/** @param {Ran} run */
function rowOf({ name, code, seconds, text, peer, figures, counts, ratios }) {
  const found = figuresOf(text);
  const hashes = [
    ...found.filter(([key]) => /hash$/iu.test(key)).map(([, value]) => value),
    ...[...text.matchAll(/\bhash ([\da-f]{8,})\b/gu)].map(([, value]) => value ?? ''),
  ];
  /** @param {readonly Pick[]} picks */
  const cell = (picks) => picks.map(([label, source]) => `${label} ${valueOf(found, text, source)}`).join('; ');
  const ratio = ratios.length === 0 ? '-' : cell(ratios);
  return `| ${[
    code === 0 ? name : `${name}: **failed, exit ${code}**`,
    cell(figures),
    cell(counts),
    `${ratio} (${peer})`,
    [...new Set(hashes)].join(', ') || '-',
    `${seconds.toFixed(0)} s`,
  ].join(' | ')} |`;
}

/**
 * All that the source finds, or a question mark, so that a figure a bench no longer gives is seen.
 * @param {readonly (readonly [string, string])[]} found @param {string} text @param {string | RegExp} source
 */
function valueOf(found, text, source) {
  const values =
    typeof source === 'string'
      ? found.filter(([key]) => key === source).map(([, value]) => value)
      : [...[...found.map(([key, value]) => `${key} ${value}`), text].join('\n').matchAll(source)].map(
          ([, value]) => value ?? '',
        );
  return values.join(', ') || '?';
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
    // A quantile of nothing is NaN, which JSON writes as null: said, not left out.
    else if (value === null) found.push([key, 'none']);
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
