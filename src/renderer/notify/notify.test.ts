/** Which alerts ring and how often, against a day of soak and a calm day. */
import { describe, expect, it } from 'vitest';
import type { AlertItem } from '#protocol';
import { createAlertRate } from './alert-rate.ts';
import { ALERT_KINDS, ALERTS_DEFAULT, checkedAlerts } from './alert-settings.ts';
import { createAlertDesk, type AlertDeskDeps } from './alert-desk.ts';

const item = (kind: AlertItem['kind'], severity: AlertItem['severity'] = 'notice', seq = 1): AlertItem => ({
  seq,
  atUs: seq,
  kind,
  severity,
  text: `${kind} ${seq}`,
});

describe('alert rate', () => {
  it('rings for the first, is quiet for the rest of the burst, and says how many it stood for', () => {
    const rate = createAlertRate();
    expect(rate.take(item('fill'), 0)).toBe(1);
    for (let ms = 10; ms < 5_000; ms += 10) expect(rate.take(item('fill'), ms)).toBe(0);
    expect(rate.take(item('fill'), 5_000)).toBe(500);
    expect(rate.take(item('fill'), 10_001)).toBe(1);
  });

  it('lets danger through sooner, and kinds do not silence one another', () => {
    const rate = createAlertRate();
    expect(rate.take(item('feed', 'danger'), 0)).toBe(1);
    expect(rate.take(item('feed', 'danger'), 1_000)).toBe(1);
    expect(rate.take(item('halt'), 1_000)).toBe(1);
  });
});

describe('alert settings', () => {
  it('keeps what is good and fills in the rest', () => {
    expect(checkedAlerts(undefined)).toEqual(ALERTS_DEFAULT);
    const kept = checkedAlerts({ kinds: { fill: { sound: true }, halt: 'x' }, volume: 7 });
    expect(kept.kinds.fill).toEqual({ sound: true, notify: false });
    expect(kept.kinds.halt).toEqual(ALERTS_DEFAULT.kinds.halt);
    expect(kept.volume).toBe(ALERTS_DEFAULT.volume);
  });

  it('has a row for every kind', () => {
    expect(ALERT_KINDS.map(({ kind }) => kind).toSorted()).toEqual(Object.keys(ALERTS_DEFAULT.kinds).toSorted());
  });
});

describe('alert desk', () => {
  const desk = (isLeader = true) => {
    const rung: string[] = [];
    const shown: string[] = [];
    let nowMs = 0;
    const deps: AlertDeskDeps = {
      settings: () => ALERTS_DEFAULT,
      isLeader: () => isLeader,
      play: (kind) => void rung.push(kind),
      show: (title, body) => void shown.push(`${title}: ${body}`),
      nowMs: () => nowMs,
    };
    const alerts = createAlertDesk(deps);
    return { rung, shown, alerts, wait: (ms: number) => (nowMs += ms) };
  };

  it('says nothing of what happened before the window opened', () => {
    const { alerts, rung, shown } = desk();
    alerts.items([item('halt'), item('feed', 'danger')], true);
    expect([rung, shown]).toEqual([[], []]);
    alerts.items([item('halt')], false);
    expect([rung, shown]).toEqual([['halt'], ['Halt: halt 1']]);
  });

  it('is quiet for fills until asked, and rings for a stop', () => {
    const { alerts, rung, shown } = desk();
    alerts.items([item('fill'), item('target'), item('stop')], false);
    expect([rung, shown]).toEqual([['stop'], []]);
  });

  it('tells a burst once, with its size when it rings again', () => {
    const { alerts, shown, wait } = desk();
    alerts.items([item('halt', 'warn', 1), item('halt', 'warn', 2), item('halt', 'warn', 3)], false);
    wait(2_000);
    alerts.items([item('halt', 'warn', 4)], false);
    expect(shown).toEqual(['Halt: halt 1', 'Halt: halt 4 (and 2 more)']);
  });

  it('leaves it to one window', () => {
    const { alerts, rung } = desk(false);
    alerts.items([item('halt')], false);
    expect(rung).toEqual([]);
  });
});
