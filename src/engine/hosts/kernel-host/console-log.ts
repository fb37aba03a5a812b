/** Console lines of the engine: numbered once, told to the windows in groups, never lost on the way (the gateway keeps them). */
import type { ConsoleItem, Severity } from '#protocol';

export class ConsoleLog {
  #seq = 0;
  #waiting: ConsoleItem[] = [];

  add(atUs: number, kind: string, severity: Severity, text: string, about: { readonly symbol?: string; readonly strategy?: string; readonly tradeId?: string } = {}): void {
    this.#waiting.push({ seq: ++this.#seq, atUs, kind, severity, text, ...about });
  }

  take(): readonly ConsoleItem[] {
    if (this.#waiting.length === 0) return [];
    const taken = this.#waiting;
    this.#waiting = [];
    return taken;
  }
}
