/** Reads the list of names a simulated market is made of: one security a line, `TICKER TYPE TAPE MIC [TYPICAL_PRICE]`. */
import type { ListedSymbol } from './event-sink.ts';

/** Lines that start with # and lines that make no sense are left out. */
export function parseSymbolList(text: string): ListedSymbol[] {
  const list: ListedSymbol[] = [];
  const seen = new Set<string>();
  for (const line of text.split('\n')) {
    const [name, type, tape, mic, price] = line.trim().split(/\s+/);
    if (name === undefined || name.startsWith('#') || type === undefined || mic === undefined || seen.has(name))
      continue;
    const tapeNumber = Number(tape);
    if (tapeNumber !== 1 && tapeNumber !== 2 && tapeNumber !== 3) continue;
    seen.add(name);
    list.push({ name, type, tape: tapeNumber, mic, typicalPrice: Number(price ?? 0) || 0 });
  }
  return list;
}

/** The first `count` names; past the end of the list names are made up (`SIM0001` ...), so that any size can be tried. */
export function takeSymbols(list: readonly ListedSymbol[], count: number): readonly ListedSymbol[] {
  if (count <= list.length) return list.slice(0, count);
  const made = Array.from({ length: count - list.length }, (_, k): ListedSymbol => ({
    name: `SIM${String(k + 1).padStart(4, '0')}`,
    type: 'CS',
    tape: 1 + (k % 3),
    mic: ['XNYS', 'ARCX', 'XNAS'][k % 3] as string,
    typicalPrice: 0,
  }));
  return [...list, ...made];
}
