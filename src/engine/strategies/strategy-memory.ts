/** Numbers a strategy keeps per symbol. They survive restarts and reloads, so they are saved with every checkpoint. */
import { decodeUtf8, encodeUtf8 } from '../model/symbols.ts';
import type { SymbolId } from '../model/units.ts';
import type { SymbolMemory } from './api.ts';

/** Names per symbol at most; more is a mistake in the strategy. */
const NAMES_MAX = 32;

export class StrategyMemory {
  readonly #symbols = new Map<SymbolId, Map<string, number>>();

  of(symbol: SymbolId): SymbolMemory {
    return {
      get: (name) => this.#symbols.get(symbol)?.get(name) ?? Number.NaN,
      set: (name, value) => {
        let kept = this.#symbols.get(symbol);
        if (kept === undefined) {
          kept = new Map();
          this.#symbols.set(symbol, kept);
        }
        if (!kept.has(name) && kept.size >= NAMES_MAX)
          throw new RangeError(`it keeps more than ${NAMES_MAX} numbers for one symbol`);
        kept.set(name, Number(value));
      },
    };
  }

  /** What is kept of a symbol, as text, in order of names. */
  entriesOf(symbol: SymbolId): readonly (readonly [string, string])[] {
    const kept = [...(this.#symbols.get(symbol) ?? [])].sort((a, b) => (a[0] < b[0] ? -1 : 1));
    return kept.map(([name, value]) => [name, String(value)] as const);
  }

  /** Sorted, so that equal memories give equal bytes. NaN and infinities survive as text. */
  toBytes(): Uint8Array {
    const rows = [...this.#symbols].sort((a, b) => a[0] - b[0]);
    const text = JSON.stringify(
      rows.map(([symbol, kept]) => [
        symbol,
        [...kept].sort((a, b) => (a[0] < b[0] ? -1 : 1)).map(([name, value]) => [name, String(value)]),
      ]),
    );
    const bytes = new Uint8Array(text.length * 3);
    return bytes.slice(0, encodeUtf8(text, bytes));
  }

  fromBytes(bytes: Uint8Array): void {
    this.#symbols.clear();
    const rows = JSON.parse(decodeUtf8(bytes, 0, bytes.length)) as [number, [string, string][]][];
    for (const [symbol, kept] of rows)
      this.#symbols.set(symbol, new Map(kept.map(([name, value]) => [name, Number(value)])));
  }
}
