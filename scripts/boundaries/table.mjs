// Who may import whom, and what the deterministic core may name: the one place where it is written down.
// scripts/boundaries.mjs turns this table into the overrides of .oxlintrc.json and proves each rule by breaking it.
// Loosening a row is fine when the reason stands beside it.

/**
 * The core: compiled without Node and DOM types, synchronous, given its clock, randomness and ids.
 * Stage -> what it may import besides itself: a folder of the engine, one file of a folder, 'resources' (tables in JSON),
 * or 'package:NAME' for a package that is pure arithmetic.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
export const CORE = (() => {
  const base = ['lib', 'model', 'time', 'ports'];
  // The market view's columns are plain layout, and the kernel's one shared picture of the market.
  const view = [...base, 'market/view-columns.ts'];
  return {
    // The core's UTF-8 codec lives with the symbol table.
    lib: ['model/symbols.ts'],
    model: ['lib'],
    // The codes of the session phases are part of the view's layout.
    time: ['lib', 'model', 'market/view-columns.ts'],
    ports: ['lib', 'model', 'time', 'protocol'],
    feeds: base,
    market: base,
    // Bars count a print by the same update rules as the market view; two copies of them would drift.
    bars: [...view, 'market/update-rules.ts'],
    tape: base,
    journal: base,
    strategies: [...view, 'package:trading-signals'],
    orders: view,
    // Settlement days and the day-trade rule are dated tables beside the fees.
    positions: [...view, 'economics'],
    risk: view,
    // Fee schedules are data with a date and a source.
    economics: [...view, 'resources'],
    // Exit prices sit on the day's tick grid, and rules are judged on the live trade record.
    exits: [...view, 'economics', 'positions'],
    // The paper exchange charges what the broker charges and rejects what is off the tick grid.
    // Executions are told apart by the same rule on both sides.
    sim: [...view, 'economics', 'orders/execution-id.ts'],
    kernel: [
      ...base,
      'protocol',
      'feeds',
      'market',
      'bars',
      'tape',
      'journal',
      'strategies',
      'orders',
      'positions',
      'risk',
      'economics',
      'exits',
      'sim',
    ],
  };
})();

/** What the core may not name, and what it takes instead. */
export const CORE_GLOBALS = {
  Date: 'Time is handed in: take EpochUs or the clock; civil dates are in time/.',
  Intl: "Formatting for people is the renderer's; calendars are in time/.",
  performance: 'Time is handed in.',
  setTimeout: 'The core has no timers: it is told the time.',
  setInterval: 'The core has no timers: it is told the time.',
  setImmediate: 'The core has no timers: it is told the time.',
  queueMicrotask: 'The core runs to completion: nothing is stored for later.',
  process: 'The core does not know its host.',
  Buffer: 'Use Uint8Array.',
  crypto: 'Ids and randomness are handed in.',
  console: 'Report an event; the host writes it down.',
  fetch: 'Input and output are adapters.',
  globalThis: 'The core does not know its host.',
};

/** Stage -> globals of the list above it may name all the same. */
export const CORE_GLOBALS_ALLOWED = {
  // The rules of New York's daylight saving time come from the runtime's time zone tables.
  time: ['Intl'],
};

export const CORE_PROPERTIES = [
  { object: 'Math', property: 'random', message: 'Take the seeded rng (lib/rng.ts).' },
  { property: 'localeCompare', message: 'Order by code units: the order is part of what is replayed.' },
  { property: 'toLocaleString', message: "Formatting for people is the renderer's." },
];

/**
 * The outer parts. `no` lists import patterns (gitignore style, later ones win) they may not use.
 * @type {readonly { files: readonly string[], no: readonly string[], why: string }[]}
 */
export const OUTER = [
  { files: ['src/engine/protocol/**'], no: ['**', '!./**'], why: 'The protocol imports nothing.' },
  {
    files: ['src/engine/{adapters,hosts,cli}/**'],
    no: [
      'electron',
      'electron/**',
      'react',
      'react/**',
      'react-dom',
      'react-dom/**',
      '**/renderer/**',
      '**/preload/**',
      '**/src/main/**',
      '**/../main/**',
      '**/testing/**',
      // The soak command runs the independent auditor: it is a tool of the user as much as of the tests.
      '!**/testing/auditor*',
    ],
    why: 'The engine does not know Electron, the windows or the test tools.',
  },
  {
    files: ['src/engine/adapters/**'],
    no: [
      'electron',
      'electron/**',
      'react',
      'react/**',
      'react-dom',
      'react-dom/**',
      '**/renderer/**',
      '**/preload/**',
      '**/testing/**',
      '**/hosts/**',
      '**/cli/**',
    ],
    why: 'Adapters serve ports; hosts and commands choose adapters.',
  },
  {
    files: ['src/engine/testing/**'],
    no: ['electron', 'electron/**', 'react', 'react/**', '**/renderer/**', '**/preload/**'],
    why: 'Test tools of the engine stay in the engine.',
  },
  {
    files: ['src/main/**'],
    no: ['**/engine/**', '**/renderer/**', '**/preload/**', 'react', 'react/**', 'ws'],
    why: "Main sees '#protocol' and '#host-kit' (data folder, settings, options) and nothing else of the engine or the windows.",
  },
  {
    files: ['src/preload/**'],
    no: ['**/engine/**', '**/renderer/**', '**/main/**', 'node:*', 'react', 'react/**', 'ws'],
    why: "The preload script sees '#protocol' and Electron; it runs in a sandbox without Node.",
  },
  {
    files: ['src/renderer/**'],
    no: ['**/engine/**', '**/src/main/**', '**/../main/**', '**/preload/**', 'electron', 'electron/**', 'node:*', 'ws'],
    why: "A window sees '#protocol' and nothing else of the engine.",
  },
  { files: ['e2e/**'], no: ['**/src/**'], why: 'Journeys use the product from outside.' },
];
