/**
 * How long the stages of a start took, counted from the beginning of the process: exits file read, exit plans judged, market
 * view back, broker agreed (docs/specs/recovery.md, RCV5). For the health topic, the console and the bench.
 */
import type { StartView } from '#protocol';
import type { RecoveryReport } from './recovery.ts';

export class StartMeter {
  readonly #processUs: number;
  readonly #nowUs: () => number;
  #view: StartView = {
    stage: 'exits-file',
    exitsFileMs: null,
    positions: 0,
    exitCheckMs: null,
    viewMs: null,
    entriesMs: null,
    inputs: 0,
    events: 0,
    checkpointInputNo: null,
  };

  /** `processUs`: when the process began, by the clock of `nowUs`. */
  constructor(processUs: number, nowUs: () => number) {
    this.#processUs = processUs;
    this.#nowUs = nowUs;
  }

  get view(): StartView {
    return this.#view;
  }

  exitsRead(positions: number): void {
    this.#view = { ...this.#view, stage: 'market', exitsFileMs: this.#ms(), positions };
  }

  progress(inputs: number, events: number): void {
    this.#view = { ...this.#view, inputs, events };
  }

  /** `isWhole`: the view has the whole day; otherwise its earlier part follows (`viewBack`). */
  recovered(report: RecoveryReport, isWhole: boolean): void {
    const { inputs, events, checkpointInputNo } = report;
    this.#view = {
      ...this.#view,
      stage: 'reconciling',
      viewMs: isWhole ? this.#ms() : null,
      inputs,
      events,
      checkpointInputNo,
    };
  }

  viewBack(): void {
    this.#view = { ...this.#view, viewMs: this.#ms() };
  }

  exitsJudged(): void {
    if (this.#view.exitCheckMs === null) this.#view = { ...this.#view, exitCheckMs: this.#ms() };
  }

  reconciled(): void {
    if (this.#view.entriesMs === null) this.#view = { ...this.#view, stage: 'running', entriesMs: this.#ms() };
  }

  #ms(): number {
    return Math.round((this.#nowUs() - this.#processUs) / 1000);
  }
}
