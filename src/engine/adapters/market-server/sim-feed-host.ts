/** Builds the in-process feed of a FeedSpec ('sim' or 'replay') for the worker that runs it. */
import path from 'node:path';
import type { FrameRing } from '../../lib/frame-ring.ts';
import { assertNever } from '../../lib/assert.ts';
import { ConditionSets } from '../../model/conditions.ts';
import type { FeedNotice, FeedSpec } from '../../ports/feed.ts';
import { FeedTag } from '../../ports/feed.ts';
import { FrameWriter } from '../../sim/market/frame-writer.ts';
import { marketDay } from '../../sim/market/market-days.ts';
import { openReplay } from './replay-source.ts';
import { openScaled } from './scaled-source.ts';
import type { FeedFault } from './sim-feed.ts';
import { QUANTUM_US, SimFeed } from './sim-feed.ts';
import { SimSnapshots, SimSource } from './sim-source.ts';
import { simStart } from './sim-start.ts';
import { loadSymbols } from './symbol-resource.ts';

export interface FeedHostOptions {
  /** HH:MM New York time: where a simulated market begins (09:25); a replayed one plays what was before as fast as it goes. */
  readonly start?: string;
  /** YYYY-MM-DD of a simulated day; the latest trading day when absent. */
  readonly day?: string;
  /** Continue a recorded stream: everything stamped at or before this is made again but not sent. */
  readonly resumeAfterUs?: number | null;
  /** A folder for the simulated market's snapshots; without it a restart makes the day again from its start. */
  readonly snapshotDir?: string | null;
  /** Epoch microseconds now; decides the simulated day when none is named. */
  readonly nowUs: number;
}

/** The feed, or one sentence saying why there is none. */
export async function openFeed(
  spec: Exclude<FeedSpec, { kind: 'massive' }>,
  ring: FrameRing,
  options: FeedHostOptions,
): Promise<SimFeed | string> {
  switch (spec.kind) {
    case 'sim':
      return openSim(spec, ring, options);
    case 'replay':
      return openReplayFeed(spec, ring, options);
    default:
      return assertNever(spec);
  }
}

function openSim(spec: FeedSpec & { kind: 'sim' }, ring: FrameRing, options: FeedHostOptions): SimFeed | string {
  const resumeAfterUs = options.resumeAfterUs ?? null;
  // A stream that is continued keeps its day, whatever the date is by now.
  const start = simStart(resumeAfterUs ?? options.nowUs, options.day, options.start);
  if (typeof start === 'string') return start;
  const symbols = loadSymbols(spec.symbols);
  const conditions = new ConditionSets();
  const source = new SimSource({
    seed: spec.seed,
    symbols,
    day: start.day,
    startUs: start.startUs,
    rate: spec.rate,
    conditions,
  });
  const key = JSON.stringify([1, spec.seed, spec.symbols, spec.rate, start.startUs]);
  const snapshots =
    options.snapshotDir === null || options.snapshotDir === undefined
      ? null
      : new SimSnapshots(path.resolve(options.snapshotDir), key, (message) => {
          const atUs = Math.max(start.startUs, resumeAfterUs ?? 0);
          const notice: FeedNotice = { kind: 'status', status: 'snapshot', message, atUs };
          const bytes = new TextEncoder().encode(JSON.stringify(notice));
          ring.push(bytes, 0, bytes.length, FeedTag.notice, atUs);
        });
  const snapshot = resumeAfterUs === null ? undefined : snapshots?.latest(resumeAfterUs);
  if (snapshot !== undefined) source.generator.restore(snapshot.market);
  const indexes = new Map(symbols.map((symbol, index) => [symbol.name, index]));
  const inject = (fault: FeedFault): void => {
    const index = fault.name === 'disconnect' ? undefined : indexes.get(fault.symbol);
    if (index === undefined) return;
    if (fault.name === 'halt') source.generator.inject('halt', index);
    else if (fault.name === 'jump')
      source.generator.inject('jump', index, Math.log(1 + Math.max(-90, Math.min(400, fault.percent)) / 100));
  };
  return new SimFeed(
    {
      source,
      writer: new FrameWriter(symbols, conditions),
      ring,
      startUs: start.startUs,
      speed: spec.speed,
      resumeAfterUs,
      onFault: inject,
      onQuantum: (position) => snapshots?.offer(position, source.generator, performance.now()),
    },
    snapshot?.position,
  );
}

async function openReplayFeed(
  spec: FeedSpec & { kind: 'replay' },
  ring: FrameRing,
  options: FeedHostOptions,
): Promise<SimFeed | string> {
  const day = marketDay(spec.day);
  if (day === undefined) return `the market was closed on '${spec.day}'; name a trading day as YYYY-MM-DD.`;
  if (spec.scaled !== undefined) {
    const scaled = await openScaled(spec.dir, spec.day, spec.scaled);
    if (typeof scaled === 'string') return scaled;
    const { source, writer, openUs } = scaled;
    const { speed } = spec;
    return new SimFeed({ source, writer, ring, startUs: openUs, speed, resumeAfterUs: options.resumeAfterUs ?? null });
  }
  const start = options.start === undefined ? null : simStart(day.preOpenUs, spec.day, options.start);
  if (typeof start === 'string') return start;
  const replay = await openReplay(spec.dir, [spec.day]);
  if (typeof replay === 'string') return replay;
  const firstUs = replay.source.quietUntilUs(0);
  const startUs = (firstUs === Infinity ? day.preOpenUs : Math.min(firstUs, day.preOpenUs)) - QUANTUM_US;
  return new SimFeed({
    source: replay.source,
    writer: replay.writer,
    ring,
    startUs: startUs - (startUs % QUANTUM_US),
    speed: spec.speed,
    ...(start === null ? {} : { fastUntilUs: start.startUs }),
    resumeAfterUs: options.resumeAfterUs ?? null,
  });
}
