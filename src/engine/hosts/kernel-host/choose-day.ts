/** Which day a start is about, and with what configuration: a recording that goes on, or a new one and the account before it. */
import type { KernelConfig } from '../../kernel/kernel-config.ts';
import { defaultConfig } from '../../kernel/kernel-config.ts';
import type { EpochUs } from '../../model/units.ts';
import type { FeedSpec } from '../../ports/feed.ts';
import type { EngineOptions } from '../runtime-port.ts';
import type { Recording } from './day-key.ts';
import { dateOf, findRecording } from './day-key.ts';
import { loadReference } from './reference.ts';
import type { MarketReference, VendorMarket } from './vendor-market.ts';
import { lastKnownOffsetUs } from './vendor-market.ts';

export interface DayQuestion {
  readonly feed: FeedSpec;
  readonly options: EngineOptions;
  readonly startedUs: EpochUs;
  readonly market: string;
  /** The vendor being asked; null without one. */
  readonly opening: Promise<VendorMarket> | null;
}

export interface ChosenDay {
  readonly date: string;
  readonly recording: Recording;
  readonly config: KernelConfig;
  /** What a new day began with. */
  readonly reference: MarketReference | null;
  /** Why the account of the day before is lost; '' when it is not. */
  readonly carryProblem: string;
}

export async function chooseDay(question: DayQuestion): Promise<ChosenDay> {
  const { feed, options, startedUs, market, opening } = question;
  const { dataDir } = options;
  const at = (offsetUs: number): { readonly date: string; readonly recording: Recording } => {
    const date = dateOf(feed, startedUs + offsetUs, options.simDay);
    return { date, recording: findRecording(dataDir, date, market) };
  };
  const lastOffsetUs = feed.kind === 'massive' ? lastKnownOffsetUs(feed, dataDir) : 0;
  const likely = lastOffsetUs === null ? null : at(lastOffsetUs);
  const recorded = likely?.recording.config ?? null;
  // A day that goes on begins on what was known of the server; only a new one waits for it.
  if (likely === null || recorded === null) return newDay(question, at((await opening)?.offsetUs ?? 0));
  return { ...likely, config: await goingOn(recorded, question), reference: null, carryProblem: '' };
}

/** Only the journal knew it, and that does not keep reference rows. */
async function goingOn(recorded: KernelConfig, { feed, startedUs, options }: DayQuestion): Promise<KernelConfig> {
  if (recorded.reference.length > 0) return recorded;
  return { ...recorded, reference: await loadReference(feed, startedUs, options) };
}

async function newDay(
  question: DayQuestion,
  found: { readonly date: string; readonly recording: Recording },
): Promise<ChosenDay> {
  const { options, market, opening } = question;
  const { config: recorded, key } = found.recording;
  if (recorded !== null)
    return { ...found, config: await goingOn(recorded, question), reference: null, carryProblem: '' };
  const reference = (await (await opening)?.soon()) ?? null;
  // Loaded late: it brings a whole kernel with it, and a day that goes on needs none here.
  const { carryOver, withAccount } = await import('./carry-over.ts');
  const carry = carryOver(options.dataDir, found.date, market);
  const config = withAccount(await newConfig(question, key, reference), carry);
  return { ...found, config, reference, carryProblem: carry.kind === 'lost' ? carry.sentence : '' };
}

async function newConfig(
  { options, feed, market, startedUs }: DayQuestion,
  key: string,
  reference: MarketReference | null,
): Promise<KernelConfig> {
  // Letters and digits, short enough for order references, different for every new recording.
  const run = options.runId ?? startedUs.toString(36).slice(-9).toUpperCase();
  const base = defaultConfig(run, key, options.seed);
  const strategies = base.strategies.map((choice) => ({
    ...choice,
    mode: options.strategyModes?.[choice.name] ?? choice.mode,
    params: options.strategyParams?.[choice.name] ?? choice.params,
  }));
  return {
    ...base,
    strategies,
    feed: market,
    broker: options.broker,
    isAuto: options.auto ?? false,
    reference: reference?.rows ?? (await loadReference(feed, startedUs, options)),
    ...(reference === null || reference.calendarDays.length === 0 ? {} : { calendarDays: reference.calendarDays }),
  };
}
