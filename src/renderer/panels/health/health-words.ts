/** What is wrong, in words, and what it means for open positions. Pure. */
import type { HealthValue } from '#protocol';
import { bytesText, countText, latencyText } from '../../format/number.ts';

export interface HealthAlarm {
  readonly tone: 'warn' | 'danger';
  readonly title: string;
  readonly text: string;
}

const GIGABYTE = 1_073_741_824;
const LANE_SLOW_US = 50_000;
const GC_MUCH_MS = 1_500;
const PAUSE_LONG_MS = 500;

export function healthAlarms(value: HealthValue): readonly HealthAlarm[] {
  return [
    ...engineAlarms(value),
    ...feedAlarms(value),
    ...brokerAlarms(value),
    ...storeAlarms(value),
    ...speedAlarms(value),
  ].toSorted((a, b) => Number(b.tone === 'danger') - Number(a.tone === 'danger'));
}

function engineAlarms({ engineState }: HealthValue): readonly HealthAlarm[] {
  if (engineState === 'running') return [];
  return [{ tone: 'warn', title: `The engine is ${engineState}`, text: 'Nothing is opened until it runs.' }];
}

function feedAlarms({ feed }: HealthValue): readonly HealthAlarm[] {
  const found: HealthAlarm[] = [];
  if (feed.alarm !== '') found.push({ tone: 'danger', title: feed.alarm, text: '' });
  if (feed.openGap)
    found.push({
      tone: 'danger',
      title: 'The feed has a gap that is still open',
      text: 'Prices on screen are old. Symbols count as blind until they are quoted again.',
    });
  if (feed.dropped > 0)
    found.push({
      tone: 'warn',
      title: `${countText(feed.dropped)} frames of market data were lost`,
      text: 'The ring between socket and kernel was full. Give the machine more room, or watch fewer symbols.',
    });
  // A simulated or replayed market waits while the ring is full: there it says nothing.
  if (isRealTime(feed.name) && feed.ringUsed > 0.5)
    found.push({
      tone: feed.ringUsed > 0.85 ? 'danger' : 'warn',
      title: `The ring is ${Math.round(feed.ringUsed * 100)} % full`,
      text: 'The kernel is behind the feed; when the ring is full, frames are lost and the loss is recorded as a gap.',
    });
  return found;
}

function brokerAlarms({ broker }: HealthValue): readonly HealthAlarm[] {
  if (broker.state === 'disconnected')
    return [
      {
        tone: 'danger',
        title: 'The broker is not connected',
        text: 'Orders cannot be sent. The engine connects again by itself and reconciles before it sends anything.',
      },
    ];
  if (broker.state === 'reconciling')
    return [
      {
        tone: 'warn',
        title: 'Comparing with the broker',
        text: 'Positions, orders, executions and cash are compared; nothing is opened until they agree.',
      },
    ];
  return [];
}

function storeAlarms({ detail }: HealthValue): readonly HealthAlarm[] {
  const store = detail?.store;
  if (!store) return [];
  const found: HealthAlarm[] = [];
  if (store.journal !== 'ok')
    found.push({
      tone: 'danger',
      title: `The journal cannot be written (${store.journal})`,
      text: 'A decision must be on disk before its order leaves, so no order leaves. Free some disk space or mend the disk.',
    });
  if (store.tape !== 'ok')
    found.push({
      tone: 'danger',
      title: `The tape cannot be written (${store.tape})`,
      text: 'The day cannot be replayed to the end. Free some disk space or mend the disk.',
    });
  if (store.freeBytes !== null && store.freeBytes < 5 * GIGABYTE)
    found.push({
      tone: store.freeBytes < GIGABYTE ? 'danger' : 'warn',
      title: `${bytesText(store.freeBytes)} of disk are left`,
      text: 'A busy day takes several gigabytes. Move or delete old days from the data folder.',
    });
  return found;
}

function speedAlarms({ feed, kernel, detail }: HealthValue): readonly HealthAlarm[] {
  const found: HealthAlarm[] = [];
  if (isRealTime(feed.name) && kernel.load > 0.85)
    found.push({
      tone: 'warn',
      title: `The kernel is busy ${Math.round(kernel.load * 100)} % of the time`,
      text: 'It keeps up, but a burst would wait. Close what else runs on this machine.',
    });
  if (kernel.laneP99Us > LANE_SLOW_US)
    found.push({
      tone: 'warn',
      title: `Orders wait up to ${latencyText(kernel.laneP99Us)} in the engine`,
      text: 'Usually the disk is slow: an order leaves only when its decision is written.',
    });
  if (detail && detail.gc.lastMinuteMs > GC_MUCH_MS)
    found.push({
      tone: 'warn',
      title: `Collecting garbage took ${latencyText(detail.gc.lastMinuteMs * 1_000)} of the last minute`,
      text: 'That is more than it should be; a strategy may be making many objects.',
    });
  if (detail && detail.checkpoint.pauseMaxMs > PAUSE_LONG_MS)
    found.push({
      tone: 'warn',
      title: `A checkpoint held the kernel for ${latencyText(detail.checkpoint.pauseMaxMs * 1_000)}`,
      text: 'Market data waited in the ring meanwhile and nothing was lost.',
    });
  return found;
}

/** A real feed does not wait for us; a simulation or replay runs as fast as we take it in. */
export function isRealTime(feed: string): boolean {
  return feed.startsWith('massive');
}

/** Whether every open position can be watched and sold now. */
export function isWatched({ feed, broker, detail }: HealthValue): boolean {
  return feed.alarm === '' && !feed.openGap && broker.state === 'ready' && (detail?.store?.journal ?? 'ok') === 'ok';
}

/** One or two sentences: can open positions be watched, and can they be sold? */
export function positionsMeaning(value: HealthValue, open: number): string {
  const held = open === 0 ? 'Nothing is open. ' : `${countText(open)} open ${open === 1 ? 'position' : 'positions'}. `;
  const { feed, broker, detail } = value;
  const canSend = broker.state === 'ready' && (detail?.store?.journal ?? 'ok') === 'ok';
  const canSee = feed.alarm === '' && !feed.openGap;
  if (canSee && canSend) return `${held}Live quotes arrive and orders can be sent: every exit is watched and can fire.`;
  if (canSend)
    return `${held}Without fresh quotes a position is blind: exits by price wait for the next good quote, exits by time still fire. Flatten and the kill switch work.`;
  if (canSee)
    return `${held}Prices are watched, but no order can be sent now. Exits that fire are sent as soon as it is possible again; if it takes long, sell through the broker’s own program.`;
  return `${held}Neither quotes nor orders get through. Sell through the broker’s own program if it cannot wait.`;
}
