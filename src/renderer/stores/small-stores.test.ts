/** Settings that survive bad input, and the bounded list of events. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createEventList } from './event-list.ts';
import { createSettingsStore, SETTINGS_DEFAULT, type SettingsStorage } from './settings-store.ts';

function memory(initial: Record<string, string> = {}): SettingsStorage & { readonly kept: Map<string, string> } {
  const kept = new Map(Object.entries(initial));
  return { kept, load: (key) => kept.get(key) ?? null, save: (key, text) => void kept.set(key, text) };
}

describe('settings', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('come back as they were left', () => {
    const storage = memory();
    const first = createSettingsStore(storage);
    first.setState({
      theme: 'light',
      palette: 'safe',
      market: { columns: ['symbol', 'last'], sort: { field: 'volume', isDescending: false }, view: 'v1' },
    });
    vi.advanceTimersByTime(1_000);
    expect(createSettingsStore(storage).getState()).toEqual(first.getState());
  });

  it('are written once for a burst of changes, and at once on flush', () => {
    const storage = memory();
    const save = vi.spyOn(storage, 'save');
    const store = createSettingsStore(storage);
    for (let i = 0; i < 50; i++) store.setState({ density: i % 2 === 0 ? 'dense' : 'comfortable' });
    expect(save).not.toHaveBeenCalled();
    store.flush();
    store.flush();
    vi.advanceTimersByTime(1_000);
    expect(save).toHaveBeenCalledTimes(1);
  });

  it('that cannot be read are set aside and defaults hold', () => {
    for (const text of ['{broken', '[]', 'null', '7']) {
      const storage = memory({ 'drover.settings': text });
      expect(createSettingsStore(storage).getState()).toEqual(SETTINGS_DEFAULT);
      expect(storage.kept.get('drover.settings.unreadable')).toBe(text);
    }
  });

  it('any JSON gives usable settings', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const { theme, market } = createSettingsStore(
          memory({ 'drover.settings': JSON.stringify({ theme: value, market: value, layout: value }) }),
        ).getState();
        expect(['system', 'dark', 'light']).toContain(theme);
        expect(typeof market.sort.field).toBe('string');
      }),
    );
  });
});

it('an event list keeps the newest, in order, whatever the batches', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.boolean()), { maxLength: 30 }),
      (keep, batches) => {
        const list = createEventList<number>(keep);
        let model: number[] = [];
        let since = 0;
        let next = 0;
        for (const [size, isSnapshot] of batches) {
          const items = Array.from({ length: size }, () => next++);
          list.append(items, isSnapshot);
          if (isSnapshot) {
            model = [];
            since = 0;
          }
          model.push(...items);
          since += size;
          model = model.slice(-keep);
          expect(Array.from({ length: list.length }, (_, i) => list.at(i))).toEqual(model);
          expect(list.dropped).toBe(since - model.length);
        }
      },
    ),
  );
});
