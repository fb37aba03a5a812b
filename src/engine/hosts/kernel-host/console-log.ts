/** Lines for the windows: console, alerts, closed trades, scanner hits. Numbered once, told in groups, kept by the gateway. */
import type { LosslessTopic, Severity } from '#protocol';
import type { Anomaly } from '../../market/scanner.ts';
import type { SymbolTable } from '../../model/symbols.ts';
import type { JournalRecord } from '../../ports/journal.ts';
import type { Told } from './narrator.ts';
import { narrate } from './narrator.ts';

/** Trades remembered as told; more in a day than there can be. */
const CLOSED_MAX = 50_000;

export class ConsoleLog {
  readonly #closed = new Set<string>();
  readonly #seq: Record<LosslessTopic, number> = { console: 0, alerts: 0, trades: 0, scanner: 0 };
  #waiting: { topic: LosslessTopic; item: object }[] = [];

  add(
    atUs: number,
    kind: string,
    severity: Severity,
    text: string,
    about: { readonly symbol?: string; readonly strategy?: string; readonly tradeId?: string } = {},
  ): void {
    this.#push('console', { atUs, kind, severity, text, ...about });
  }

  narrate(record: JournalRecord, shadowRun: string): void {
    const told: Told = { console: [], alerts: [], trades: [] };
    narrate(record, shadowRun, told);
    // A commission reported late tells a closed trade again: its figures are news, that it closed is not.
    const isRetold = record.kind === 'trade' && this.#closed.has(record.id);
    if (record.kind === 'trade') this.#remember(record.id);
    for (const item of isRetold ? [] : told.console) this.#push('console', item);
    for (const item of isRetold ? [] : told.alerts) this.#push('alerts', item);
    for (const item of told.trades) this.#push('trades', item);
  }

  anomalies(found: readonly Anomaly[], symbols: SymbolTable): void {
    for (const anomaly of found) {
      const numbers = Object.entries(anomaly.numbers).map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`);
      this.#push('scanner', {
        atUs: anomaly.atUs,
        symbol: symbols.name(anomaly.symbol),
        rule: anomaly.rule,
        text: [anomaly.detail, ...numbers].filter((part) => part !== '').join(', '),
      });
    }
  }

  take(): readonly (readonly [LosslessTopic, readonly unknown[]])[] {
    if (this.#waiting.length === 0) return [];
    const groups = new Map<LosslessTopic, unknown[]>();
    for (const { topic, item } of this.#waiting) {
      const group = groups.get(topic) ?? [];
      group.push(item);
      groups.set(topic, group);
    }
    this.#waiting = [];
    return [...groups];
  }

  #remember(tradeId: string): void {
    if (this.#closed.size >= CLOSED_MAX) this.#closed.clear();
    this.#closed.add(tradeId);
  }

  #push(topic: LosslessTopic, item: object): void {
    this.#waiting.push({ topic, item: { seq: ++this.#seq[topic], ...item } });
  }
}
