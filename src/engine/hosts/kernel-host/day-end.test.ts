/** The line at the end of the day: once, and when the post-market or the data is over. */
import { describe, expect, it } from 'vitest';
import { defaultConfig } from '../../kernel/kernel-config.ts';
import { daysFromCivil } from '../../time/civil.ts';
import { newYorkToUs } from '../../time/new-york.ts';
import { DayEnd } from './day-end.ts';
import { createOfflineKernel } from './offline-kernel.ts';

const at = (hour: number): number => newYorkToUs(daysFromCivil(2026, 6, 10), hour * 60);

describe('the end of the day', () => {
  it('is told once, when the post-market is over', () => {
    const { kernel } = createOfflineKernel(defaultConfig('T', '2026-06-10', 1), { append: () => undefined });
    const end = new DayEnd();
    expect(end.look(kernel)).toBe('');
    const said = [10, 17, 19, 20, 21].map((hour) => {
      kernel.accept({ kind: 'time', nowUs: at(hour) });
      return end.look(kernel);
    });
    expect(said).toEqual(['', '', '', 'the day is over: no trade; flat', '']);
  });

  it('is told when recorded data ends earlier, and not because the feed was stopped', () => {
    const { kernel } = createOfflineKernel(defaultConfig('T', '2026-06-10', 1), { append: () => undefined });
    const end = new DayEnd();
    kernel.accept({ kind: 'time', nowUs: at(11) });
    end.notice({ kind: 'state', state: 'stopped', atUs: at(11), detail: 'stopped' });
    expect(end.look(kernel)).toBe('');
    end.notice({ kind: 'state', state: 'stopped', atUs: at(11), detail: 'end of data' });
    expect(end.look(kernel)).toBe('the day is over: no trade; flat');
    expect(end.look(kernel)).toBe('');
  });
});
