/** Finds and reads resources/symbols.txt, whether the code runs from source, from a bundle or from an installed app. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { assert } from '../../lib/assert.ts';
import type { ListedSymbol } from '../../sim/market/event-sink.ts';
import { parseSymbolList, takeSymbols } from '../../sim/market/symbol-list.ts';

let cached: readonly ListedSymbol[] | undefined;

/** The `count` most active simulated names. */
export function loadSymbols(count: number): readonly ListedSymbol[] {
  cached ??= parseSymbolList(readFileSync(resourceFile('symbols.txt'), 'utf8'));
  return takeSymbols(cached, count);
}

function resourceFile(name: string): string {
  for (let at = path.dirname(fileURLToPath(import.meta.url)); ; at = path.dirname(at)) {
    const file = path.join(at, 'resources', name);
    if (existsSync(file)) return file;
    assert(path.dirname(at) !== at, `resources/${name} is part of every installation`);
  }
}
