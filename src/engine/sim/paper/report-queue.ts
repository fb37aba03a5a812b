/**
 * Reports on their way back, in the order in which they will arrive: by time, then by number; and what the link does to them
 * on the way (docs/specs/paper.md, PAP12 to PAP20).
 */
import type { Rng } from '../../lib/rng.ts';
import type { EpochUs } from '../../model/units.ts';
import type { BrokerEvent } from '../../ports/broker.ts';
import type { PaperSettings, PaperState } from './paper-types.ts';

export interface PendingReport {
  readonly dueUs: EpochUs;
  readonly number: number;
  readonly event: BrokerEvent;
}

/** Inserts from the back, where new reports nearly always belong. */
export function enqueue(queue: PendingReport[], report: PendingReport): void {
  let at = queue.length;
  while (at > 0) {
    const before = queue[at - 1] as PendingReport;
    if (before.dueUs < report.dueUs || (before.dueUs === report.dueUs && before.number < report.number)) break;
    at--;
  }
  queue.splice(at, 0, report);
}

/** Takes everything that has arrived by `nowUs`. */
export function takeDue(queue: PendingReport[], nowUs: EpochUs): PendingReport[] {
  let count = 0;
  while (count < queue.length && (queue[count] as PendingReport).dueUs <= nowUs) count++;
  return count === 0 ? [] : queue.splice(0, count);
}

export function pushReport(state: PaperState, event: BrokerEvent, dueUs: EpochUs): void {
  enqueue(state.reports, { dueUs, number: ++state.reportNumber, event });
}

/** Sends a report home, through the faults. On a dead link it is gone. */
export function sendReport(
  state: PaperState,
  settings: PaperSettings,
  rng: Rng,
  event: BrokerEvent,
  nowUs: EpochUs,
): void {
  const chance = (rate: number): boolean => rate > 0 && rng.next() < rate;
  const { faults, reportUs } = settings;
  if (!state.isLinkUp || chance(faults.lost)) return;
  let dueUs = Math.max(state.lastReportUs, nowUs + reportUs[0] + rng.below(reportUs[1] - reportUs[0] + 1));
  if (chance(faults.late)) dueUs += 500_000 + rng.below(4_000_000);
  else if (chance(faults.reorder)) dueUs += rng.below(300_000);
  else state.lastReportUs = dueUs;
  pushReport(state, event, dueUs);
  if (chance(faults.duplicate)) pushReport(state, event, dueUs + rng.below(1_000_000));
}

/** The link drops: half of what was under way to the broker never gets there, no report under way comes through. */
export function dropLink(state: PaperState, settings: PaperSettings, rng: Rng, nowUs: EpochUs): void {
  state.isLinkUp = false;
  state.linkUpUs = nowUs + 500_000 + rng.below(6_000_000);
  state.commands = state.commands.filter(() => rng.next() < 0.5);
  state.reports = [];
  pushReport(state, { kind: 'link', up: false, dataLost: true, reason: 'dropped', account: settings.account }, nowUs);
}

/** When the next command arrives, report comes home, correction falls due or the link comes back; Infinity when nothing waits. */
export function nextDueUs(state: PaperState): EpochUs {
  const command = state.commands[0]?.dueUs ?? Infinity;
  const report = state.reports[0]?.dueUs ?? Infinity;
  const correction = state.corrections[0]?.dueUs ?? Infinity;
  const link = !state.isLinkUp && state.linkUpUs > 0 ? state.linkUpUs : Infinity;
  return Math.min(command, report, correction, link);
}

/** The order a report is about; '' when it is about the account. A commission's stands in its execution. */
export function orderIdOf(event: BrokerEvent): string {
  if (event.kind === 'execution') return event.execution.clientOrderId;
  return 'clientOrderId' in event ? event.clientOrderId : '';
}
