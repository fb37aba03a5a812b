/** Old days at the start of the engine: compacted to Parquet and pruned by policy, and what that freed, in sentences. */
import type { RetentionPolicy } from '../../adapters/store/retention.ts';
import { applyRetention, dataUsage, planRetention } from '../../adapters/store/retention.ts';
import { bytesText } from '../../lib/bytes-text.ts';

export interface TidyOptions {
  readonly dataDir: string;
  /** The recording in use; its date and everything later stays. */
  readonly day: string;
  readonly keepDays: readonly string[];
  readonly policy: RetentionPolicy;
  readonly signal?: AbortSignal;
}

export interface TidyLine {
  readonly severity: 'info' | 'warn';
  readonly text: string;
}

const WHAT = {
  compact: 'tape compacted to Parquet',
  'remove-scrub': 'look-back files removed',
  'remove-parquet': 'Parquet removed',
} as const;

export async function tidyDays(options: TidyOptions): Promise<readonly TidyLine[]> {
  const { dataDir, day, keepDays, policy, signal } = options;
  try {
    const steps = planRetention(dataUsage(dataDir), policy, day.slice(0, 10)).filter(
      (step) => !keepDays.includes(step.day),
    );
    if (steps.length === 0) return [];
    const done = await applyRetention(dataDir, steps, signal);
    const lines: TidyLine[] = done.map(({ step, ok, freedBytes, message }) => ({
      severity: ok && message === '' ? 'info' : 'warn',
      text: `${step.day}: ${ok ? `${WHAT[step.kind]}, ${bytesText(freedBytes)} freed` : `${step.kind} was not possible`}${message === '' ? '' : `; ${message}`}`,
    }));
    const { totalBytes, freeBytes } = dataUsage(dataDir);
    lines.push({
      severity: 'info',
      text: `the data folder holds ${bytesText(totalBytes)}; ${bytesText(freeBytes)} are free`,
    });
    return lines;
  } catch (error) {
    return [
      {
        severity: 'warn',
        text: `old days could not be tidied: ${error instanceof Error ? error.message : String(error)}`,
      },
    ];
  }
}
