/** Which alerts make a sound or a desktop notification. The rest is only shown. */
import type { AlertItem } from '#protocol';

export type AlertKind = AlertItem['kind'];

export interface AlertChoice {
  readonly sound: boolean;
  readonly notify: boolean;
}

export interface AlertSettings {
  readonly kinds: Readonly<Record<AlertKind, AlertChoice>>;
  /** 0 is silent, 1 is as loud as the machine is set. */
  readonly volume: number;
}

export const ALERT_KINDS: readonly { readonly kind: AlertKind; readonly title: string; readonly explain: string }[] = [
  { kind: 'fill', title: 'Fill', explain: 'A share was bought or sold' },
  { kind: 'stop', title: 'Closed by a stop', explain: 'A trade was closed by its stop' },
  { kind: 'target', title: 'Closed otherwise', explain: 'A trade was closed by target, trail, time or by hand' },
  { kind: 'halt', title: 'Halt', explain: 'A symbol we hold was halted or trades again' },
  { kind: 'feed', title: 'Feed', explain: 'Market data was lost or is back: positions may be blind' },
  { kind: 'risk', title: 'Risk', explain: 'A limit was reached, a lock was set, the kill switch moved' },
  { kind: 'broker', title: 'Broker', explain: 'The broker cannot be reached or refused an order' },
  { kind: 'strategy', title: 'Strategy', explain: 'A strategy was switched off or could not be loaded' },
  { kind: 'engine', title: 'Engine', explain: 'The engine stopped, was restarted, or cannot write to disk' },
];

const both: AlertChoice = { sound: true, notify: true };
const soundOnly: AlertChoice = { sound: true, notify: false };
const shownOnly: AlertChoice = { sound: false, notify: false };

/** A machine that makes 500 trades a day must not ring 1,000 times: fills are quiet until one asks for them. */
export const ALERTS_DEFAULT: AlertSettings = {
  kinds: {
    fill: shownOnly,
    stop: soundOnly,
    target: shownOnly,
    halt: both,
    feed: both,
    risk: both,
    broker: both,
    strategy: soundOnly,
    engine: both,
  },
  volume: 0.5,
};

export function checkedAlerts(value: unknown): AlertSettings {
  const given = (value ?? {}) as { readonly kinds?: Readonly<Record<string, unknown>>; readonly volume?: unknown };
  const kinds: Record<AlertKind, AlertChoice> = { ...ALERTS_DEFAULT.kinds };
  for (const { kind } of ALERT_KINDS) {
    const choice = (given.kinds?.[kind] ?? {}) as { readonly sound?: unknown; readonly notify?: unknown };
    const otherwise = ALERTS_DEFAULT.kinds[kind];
    kinds[kind] = {
      sound: typeof choice.sound === 'boolean' ? choice.sound : otherwise.sound,
      notify: typeof choice.notify === 'boolean' ? choice.notify : otherwise.notify,
    };
  }
  const volume = typeof given.volume === 'number' && given.volume >= 0 && given.volume <= 1 ? given.volume : undefined;
  return { kinds, volume: volume ?? ALERTS_DEFAULT.volume };
}
