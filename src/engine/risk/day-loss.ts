/**
 * The daily loss guard (docs/specs/risk.md, RSK14 to RSK16): realised plus open, from zero and from the day's peak, believed
 * only after several checks running, so that one bad tick cannot flatten the book.
 */
import { decodeJson, encodeJson } from '../lib/json-bytes.ts';
import type { EpochUs, Micros } from '../model/units.ts';
import type { Checkpointable, CheckpointReader, CheckpointWriter } from '../ports/checkpoint.ts';
import type { RiskLimits } from './limits.ts';

export interface LossBreach {
  readonly code: 'daily-loss' | 'daily-drawdown';
  readonly value: Micros;
  readonly limit: Micros;
}

export class DayLossGuard implements Checkpointable {
  #limits: RiskLimits;
  #state = { count: 0, checkedUs: 0 };

  constructor(limits: RiskLimits) {
    this.#limits = limits;
  }

  /** Limits changed while running. */
  setLimits(limits: RiskLimits): void {
    this.#limits = limits;
  }

  /** When the next check is due. */
  get nextCheckUs(): EpochUs {
    return this.#state.checkedUs + this.#limits.lossCheckUs;
  }

  get confirmations(): number {
    return this.#state.count;
  }

  /** One check; a breach is returned once it has been seen often enough running. Too early a call changes nothing. */
  check(nowUs: EpochUs, pnl: Micros, peak: Micros): LossBreach | undefined {
    if (nowUs < this.nextCheckUs) return undefined;
    this.#state.checkedUs = nowUs;
    const breach = breachOf(this.#limits, pnl, peak);
    if (breach === undefined) {
      this.#state.count = 0;
      return undefined;
    }
    this.#state.count++;
    if (this.#state.count < this.#limits.lossConfirmations) return undefined;
    this.#state.count = 0;
    return breach;
  }

  save(writer: CheckpointWriter): void {
    writer.section('risk/day-loss', encodeJson(this.#state));
  }

  restore(reader: CheckpointReader): void {
    const bytes = reader.section('risk/day-loss');
    if (bytes !== undefined) this.#state = decodeJson<{ count: number; checkedUs: number }>(bytes);
  }
}

function breachOf(limits: RiskLimits, pnl: Micros, peak: Micros): LossBreach | undefined {
  if (pnl <= 0 - limits.dailyLossMax) return { code: 'daily-loss', value: pnl, limit: 0 - limits.dailyLossMax };
  if (peak - pnl >= limits.dailyDrawdownMax)
    return { code: 'daily-drawdown', value: peak - pnl, limit: limits.dailyDrawdownMax };
  return undefined;
}
