// What the boundary check plants, and who must notice: the linter, where `types` is set the compiler. `*` in a file name becomes the planted file's name, `*planted*` in a text as well.

/** @type {readonly { file: string, text: string }[]} */
export const HARMLESS = [
  {
    file: 'src/engine/market/*.ts',
    text: "import type { SymbolId } from '../model/units.ts';\nexport const first: SymbolId | undefined = undefined;\n",
  },
  {
    file: 'src/engine/bars/deeper/*.ts',
    text: "import { VIEW_COLUMNS } from '../../market/view-columns.ts';\nexport const names = Object.keys(VIEW_COLUMNS).length;\n",
  },
  {
    file: 'src/renderer/*.ts',
    text: "import { PROTOCOL_VERSION } from '#protocol';\nexport const version = PROTOCOL_VERSION;\n",
  },
  {
    file: 'src/engine/adapters/*.ts',
    text: "import { readFileSync } from 'node:fs';\nexport const text = readFileSync('x', 'utf8');\n",
  },
];

/** @type {readonly { what: string, file: string, text: string, types?: true, with?: Record<string, string> }[]} */
export const VIOLATIONS = [
  {
    what: 'a stage imports a package',
    file: 'src/engine/orders/*.ts',
    text: "import { SMA } from 'trading-signals';\nexport const mine = SMA;\n",
  },
  { what: 'time reads the clock', file: 'src/engine/time/*.ts', text: 'export const now = Date.now();\n' },
  {
    what: 'a stage formats for people',
    file: 'src/engine/orders/*.ts',
    text: 'export const mine = new Intl.NumberFormat();\n',
  },
  {
    what: 'the core names Node (compiler)',
    types: true,
    file: 'src/engine/market/*.ts',
    text: 'export const host = process.pid;\n',
  },
  {
    what: 'the core names the DOM (compiler)',
    types: true,
    file: 'src/engine/orders/*.ts',
    text: 'export const width = document.body.clientWidth;\n',
  },
  {
    what: 'the core starts a timer (compiler)',
    types: true,
    file: 'src/engine/kernel/*.ts',
    text: 'export const timer = setTimeout(() => 1, 5);\n',
  },
  { what: 'the core reads the clock', file: 'src/engine/risk/*.ts', text: 'export const now = Date.now();\n' },
  { what: 'the core makes a date', file: 'src/engine/positions/*.ts', text: 'export const now = new Date();\n' },
  {
    what: 'the core reads the clock in a subfolder',
    file: 'src/engine/exits/deeper/*.ts',
    text: 'export const now = Date.now();\n',
  },
  { what: 'the core measures time', file: 'src/engine/bars/*.ts', text: 'export const now = performance.now();\n' },
  { what: 'the core draws a random number', file: 'src/engine/sim/*.ts', text: 'export const luck = Math.random();\n' },
  {
    what: 'the core draws a random number by another name',
    file: 'src/engine/sim/*.ts',
    text: 'const { random } = Math;\nexport const luck = random();\n',
  },
  {
    what: 'the core asks for randomness',
    file: 'src/engine/strategies/*.ts',
    text: 'export const id = crypto.randomUUID();\n',
  },
  { what: 'the core prints', file: 'src/engine/economics/*.ts', text: "console.log('cost');\nexport {};\n" },
  {
    what: 'the core sorts by locale',
    file: 'src/engine/journal/*.ts',
    text: "export const order = 'a'.localeCompare('b');\n",
  },
  {
    what: 'the core goes around a ban through globalThis',
    file: 'src/engine/market/*.ts',
    text: 'export const now = globalThis.Date.now();\n',
  },
  {
    what: 'the core imports a Node module',
    file: 'src/engine/tape/*.ts',
    text: "import { readFileSync } from 'node:fs';\nexport const text = readFileSync('x', 'utf8');\n",
  },
  {
    what: 'a stage imports another stage',
    file: 'src/engine/market/*.ts',
    text: "import type { Planted } from '../orders/*planted*.ts';\nexport type Mine = Planted;\n",
    with: { 'src/engine/orders/*.ts': 'export interface Planted {\n  readonly a: number;\n}\n' },
  },
  {
    what: 'a stage imports a part of the market it may not',
    file: 'src/engine/orders/*.ts',
    text: "import type { Planted } from '../market/*planted*.ts';\nexport type Mine = Planted;\n",
    with: { 'src/engine/market/*.ts': 'export interface Planted {\n  readonly a: number;\n}\n' },
  },
  {
    what: 'a stage imports the kernel',
    file: 'src/engine/risk/*.ts',
    text: "import type { KernelInput } from '../kernel/input.ts';\nexport type Mine = KernelInput;\n",
  },
  {
    what: 'a stage imports another stage from a subfolder',
    file: 'src/engine/risk/deeper/*.ts',
    text: "import type { KernelInput } from '../../kernel/input.ts';\nexport type Mine = KernelInput;\n",
  },
  {
    what: 'the model imports a stage',
    file: 'src/engine/model/*.ts',
    text: "import { VIEW_COLUMNS } from '../market/view-columns.ts';\nexport const columns = VIEW_COLUMNS;\n",
  },
  {
    what: 'the library imports the model',
    file: 'src/engine/lib/*.ts',
    text: "import type { SymbolId } from '../model/units.ts';\nexport type Mine = SymbolId;\n",
  },
  {
    what: 'the core imports an adapter (compiler)',
    types: true,
    file: 'src/engine/kernel/*.ts',
    text: "import { planted } from '../adapters/*planted*.ts';\nexport const mine = planted;\n",
    with: { 'src/engine/adapters/*.ts': 'export const planted = 1;\n' },
  },
  {
    what: 'the core imports a host lazily',
    file: 'src/engine/kernel/*.ts',
    text: "export const mine = (): unknown => import('../cli/main.ts');\n",
  },
  {
    what: 'the protocol imports the model (compiler)',
    types: true,
    file: 'src/engine/protocol/*.ts',
    text: "import type { SymbolId } from '../model/units.ts';\nexport type Mine = SymbolId;\n",
  },
  {
    what: 'a window imports the kernel (compiler)',
    types: true,
    file: 'src/renderer/*.ts',
    text: "import type { KernelInput } from '../engine/kernel/input.ts';\nexport type Mine = KernelInput;\n",
  },
  {
    what: 'a window imports the protocol by its path',
    file: 'src/renderer/*.ts',
    text: "import { PROTOCOL_VERSION } from '../engine/protocol/index.ts';\nexport const mine = PROTOCOL_VERSION;\n",
  },
  {
    what: 'a window uses Node',
    file: 'src/renderer/*.ts',
    text: "import { readFileSync } from 'node:fs';\nexport const text = readFileSync('x', 'utf8');\n",
  },
  {
    what: 'a window imports Electron',
    file: 'src/renderer/*.ts',
    text: "import { ipcRenderer } from 'electron';\nexport const mine = ipcRenderer;\n",
  },
  {
    what: "Electron's main imports the engine",
    file: 'src/main/*.ts',
    text: "import type { KernelInput } from '../engine/kernel/input.ts';\nexport type Mine = KernelInput;\n",
  },
  {
    what: 'the preload script uses Node',
    file: 'src/preload/*.ts',
    text: "import { readFileSync } from 'node:fs';\nexport const text = readFileSync('x', 'utf8');\n",
  },
  {
    what: 'the preload script imports the engine (compiler)',
    types: true,
    file: 'src/preload/*.ts',
    text: "import type { KernelInput } from '../engine/kernel/input.ts';\nexport type Mine = KernelInput;\n",
  },
  {
    what: 'the engine imports Electron',
    file: 'src/engine/hosts/*.ts',
    text: "import { app } from 'electron';\nexport const mine = app;\n",
  },
  {
    what: 'the engine imports a test tool',
    file: 'src/engine/hosts/*.ts',
    text: "import { planted } from '../testing/*planted*.ts';\nexport const mine = planted;\n",
    with: { 'src/engine/testing/*.ts': 'export const planted = 1;\n' },
  },
  {
    what: 'an adapter imports a host',
    file: 'src/engine/adapters/*.ts',
    text: "import { planted } from '../hosts/*planted*.ts';\nexport const mine = planted;\n",
    with: { 'src/engine/hosts/*.ts': 'export const planted = 1;\n' },
  },
  {
    what: 'two files import each other',
    file: 'src/engine/bars/*.ts',
    text: "import { other } from './*planted*-other.ts';\nexport const mine = (): number => other();\n",
    with: {
      'src/engine/bars/*-other.ts':
        "import { mine } from './*planted*.ts';\nexport const other = (): number => mine();\n",
    },
  },
  {
    what: 'a promise is dropped',
    file: 'src/engine/adapters/*.ts',
    text: 'async function save(): Promise<void> {}\nexport function go(): void {\n  save();\n}\n',
  },
  {
    what: 'a switch forgets a case',
    file: 'src/engine/orders/*.ts',
    text: "export function go(side: 'buy' | 'sell'): number {\n  let sign = 0;\n  switch (side) {\n    case 'buy':\n      sign = 1;\n      break;\n  }\n  return sign;\n}\n",
  },
];
