/** What a recorded day's tape says beside its market: what the user did, when auto trading was on, what was never recorded. */
import { TapeReader } from '../../adapters/store/tape-reader.ts';
import type { UserCommand } from '../../kernel/input.ts';
import type { EventBatch } from '../../model/event-batch.ts';
import type { TapeHole, TapeInput } from '../../tape/tape-input.ts';
import type { TimedCommand } from '../kernel-host/offline-run.ts';

export interface UserAct {
  readonly atUs: number;
  readonly name: string;
  /** Ticker, trade or order it was about; '' for all. */
  readonly about: string;
}

export interface Span {
  readonly fromUs: number;
  readonly toUs: number;
}

export interface TwinRecording {
  /** Receive times of the first and the last market input; 0 when there is none. */
  readonly firstUs: number;
  readonly lastUs: number;
  readonly events: number;
  /** Trades and quotes by ticker. */
  readonly eventsBySymbol: ReadonlyMap<string, number>;
  /** What defines the run: strategy files, modes, parameters, reference data. The twin is given the same. */
  readonly setup: readonly TimedCommand[];
  /** What the user, or the machine, did to trades and limits. The twin is not given it. */
  readonly acts: readonly UserAct[];
  readonly autoOff: readonly Span[];
  /** Inputs that are missing, and restarts that had to take over from the journal. */
  readonly missing: readonly Span[];
}

const SETUP: ReadonlySet<string> = new Set(['setReference', 'loadStrategy', 'setStrategyMode', 'setStrategyParams']);
/** Given by the host and not by a person; none changes a decision by itself. */
const SILENT: ReadonlySet<string> = new Set(['configure', 'giveBack', 'giveRanges']);

export function readTwinRecording(dataDir: string, day: string, isAuto: boolean): TwinRecording {
  const reader = new TapeReader({ dataDir, day });
  reader.seek({});
  const scan = new Scan(isAuto);
  for (let input = reader.next(); input !== null; input = reader.next()) scan.take(input, reader.batch);
  const names = reader.symbols.names;
  reader.close();
  return scan.finish(names);
}

class Scan {
  #firstUs = 0;
  #lastUs = 0;
  #atUs = 0;
  #events = 0;
  readonly #counts: number[] = [];
  readonly #setup: TimedCommand[] = [];
  readonly #acts: UserAct[] = [];
  readonly #autoOff: Span[] = [];
  readonly #missing: Span[] = [];
  #offSinceUs: number;

  constructor(isAuto: boolean) {
    this.#offSinceUs = isAuto ? -1 : 0;
  }

  take(input: TapeInput, batch: EventBatch): void {
    if (input.kind === 'market') {
      if (this.#firstUs === 0) this.#firstUs = input.receivedUs;
      this.#lastUs = input.receivedUs;
      this.#events += batch.length;
      for (let i = 0; i < batch.length; i++) {
        const symbol = batch.symbol[i] as number;
        this.#counts[symbol] = (this.#counts[symbol] ?? 0) + 1;
      }
    } else if (input.kind === 'command') this.#command(input.body as UserCommand, input.receivedUs);
    else if (input.kind === 'hole') {
      const { reason } = input.body as TapeHole;
      this.#missing.push({ fromUs: this.#atUs, toUs: Math.max(this.#atUs, input.receivedUs) });
      this.#acts.push({ atUs: input.receivedUs, name: `hole (${reason})`, about: '' });
    }
    if (input.receivedUs > this.#atUs) this.#atUs = input.receivedUs;
  }

  #command(command: UserCommand, atUs: number): void {
    const args = (command.args ?? {}) as Readonly<Record<string, unknown>>;
    const { name } = command;
    if (SILENT.has(name)) return;
    if (SETUP.has(name)) {
      this.#setup.push({ atUs, command });
      return;
    }
    if (name === 'setAuto') this.#auto(args['on'] === true, atUs);
    else if (name === 'power' && args['event'] !== 'resume') this.#auto(false, atUs);
    else if (name === 'kill' || name === 'unkill' || (name === 'diskFault' && args['reason'] !== ''))
      this.#auto(false, atUs);
    else if (name === 'adopt') {
      this.#auto(false, atUs);
      this.#missing.push({ fromUs: this.#atUs, toUs: Math.max(this.#atUs, atUs) });
    }
    const about = args['symbol'] ?? args['tradeId'] ?? args['orderId'] ?? args['strategy'] ?? '';
    this.#acts.push({ atUs, name, about: typeof about === 'string' ? about : '' });
  }

  #auto(isOn: boolean, atUs: number): void {
    if (isOn === this.#offSinceUs < 0) return;
    if (isOn) {
      this.#autoOff.push({ fromUs: this.#offSinceUs, toUs: atUs });
      this.#offSinceUs = -1;
    } else this.#offSinceUs = atUs;
  }

  finish(names: readonly string[]): TwinRecording {
    if (this.#offSinceUs >= 0) this.#autoOff.push({ fromUs: this.#offSinceUs, toUs: Infinity });
    const eventsBySymbol = new Map<string, number>();
    for (const [symbol, count] of this.#counts.entries())
      if (count !== undefined) eventsBySymbol.set(names[symbol] as string, count);
    return {
      firstUs: this.#firstUs,
      lastUs: this.#lastUs,
      events: this.#events,
      eventsBySymbol,
      setup: this.#setup,
      acts: this.#acts,
      autoOff: this.#autoOff,
      missing: this.#missing,
    };
  }
}
