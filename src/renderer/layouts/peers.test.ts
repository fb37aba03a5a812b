/** Windows among themselves: presence, returning panels, link groups that do not chase each other. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WindowRole } from '#protocol';
import type { SettingsStorage } from '../stores/settings-store.ts';
import { createTradeBus } from '../stores/trading-selection.ts';
import { dockOfPanels } from './dock-layout.ts';
import { createLinkGroups, type LinkGroup } from './link-groups.ts';
import { createPeers, takerOf, type PeerChannel, type PeerMessage, type Peers } from './peers.ts';
import { shareTrades } from './share-trades.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Delivers to all but the sender, as a BroadcastChannel does. */
function hall() {
  const ends: ((message: PeerMessage) => void)[] = [];
  const join = (): PeerChannel => {
    let own: ((message: PeerMessage) => void) | undefined;
    return {
      post: (message) => {
        for (const end of ends) if (end !== own) end(structuredClone(message));
      },
      listen: (listener) => {
        own = listener;
        ends.push(listener);
      },
    };
  };
  return { open: (id: string, role: WindowRole = 'workstation'): Peers => createPeers({ id, role }, join()), join };
}

const PANELS = [{ id: 'console', kind: 'console', title: 'Console' }];
const layout = (home: string) => ({ dock: dockOfPanels(PANELS, { width: 9, height: 9 }), home });

describe('peers', () => {
  it('know each other and what each shows', () => {
    const { open } = hall();
    const [a, b] = [open('a'), open('b', 'panel')];
    expect(a.others().map(({ id }) => id)).toEqual(['b']);
    expect(b.others().map(({ id }) => id)).toEqual(['a']);
    a.shows(['market']);
    expect(b.others()[0]?.kinds).toEqual(['market']);
    a.leave(undefined, false);
    expect(b.others()).toEqual([]);
  });

  it('panels of a closed window return home, once, and not after a reload', () => {
    const { open } = hall();
    const taken: string[] = [];
    for (const id of ['a', 'b']) open(id).onReturn((panels) => taken.push(`${id}:${panels[0]?.kind}`));
    const popped = open('p', 'panel');
    popped.leave(layout('b'), false);
    vi.advanceTimersByTime(1_000);
    open('p', 'panel');
    vi.advanceTimersByTime(5_000);
    expect(taken).toEqual([]);
    popped.leave(layout('b'), false);
    vi.advanceTimersByTime(5_000);
    expect(taken).toEqual(['b:console']);
    open('q', 'panel').leave(layout('gone'), true);
    expect(taken).toEqual(['b:console', 'a:console']);
  });

  it('elect one taker', () => {
    const windows = [
      { id: 'z', role: 'workstation' },
      { id: 'k', role: 'charts-wall' },
      { id: 'a', role: 'panel' },
    ] as const;
    expect(takerOf('z', windows)).toBe('z');
    expect(takerOf('a', windows)).toBe('a');
    expect(takerOf('none', windows)).toBe('k');
    expect(takerOf('none', [windows[2]])).toBeUndefined();
  });

  it('messages of other versions are ignored', () => {
    const { open, join } = hall();
    const a = open('a');
    const stranger = join();
    for (const bad of [null, 7, {}, { kind: 'hello' }, { kind: 'bye', from: { id: 1 } }, { kind: 'pick', topic: 1 }])
      stranger.post(bad as unknown as PeerMessage);
    expect(a.others()).toEqual([]);
  });
});

describe('link groups', () => {
  const storage = (): SettingsStorage => {
    const kept = new Map<string, string>();
    return { load: (key) => kept.get(key) ?? null, save: (key, text) => void kept.set(key, text) };
  };
  const pair = () => {
    const { open } = hall();
    const nowMs = { value: 1_000 };
    const make = (id: string) => {
      const peers = open(id);
      const kept = storage();
      return { peers, kept, links: createLinkGroups(peers, kept, () => nowMs.value) };
    };
    return { nowMs, a: make('a'), b: make('b') };
  };
  const bus = (links: ReturnType<typeof createLinkGroups>, group: () => LinkGroup) => {
    const made = links.busOf(group);
    const heard: string[] = [];
    made.join();
    made.follow((symbol) => heard.push(symbol));
    return { bus: made, heard };
  };

  it('one letter, one symbol, in every window; other letters and none keep theirs', () => {
    const { a, b } = pair();
    let group: LinkGroup = 'B';
    const [first, second, alone] = [bus(a.links, () => 'A'), bus(b.links, () => group), bus(b.links, () => '-')];
    const third = bus(b.links, () => 'A');
    first.bus.pick('AAPL');
    expect(third.heard).toEqual(['AAPL']);
    expect([second.heard, alone.heard]).toEqual([[], []]);
    alone.bus.pick('XYZ');
    expect([first.bus.current, alone.bus.current]).toEqual(['AAPL', 'XYZ']);
    group = 'A';
    second.bus.moved();
    expect(second.heard).toEqual(['AAPL']);
    third.bus.leave();
    first.bus.pick('MSFT');
    expect(third.heard).toEqual(['AAPL']);
  });

  it('a panel that answers a pick of another window with an older one starts no chase', () => {
    const { nowMs, a, b } = pair();
    const grids = [bus(a.links, () => 'A'), bus(b.links, () => 'A')] as const;
    const picks: string[] = [];
    a.peers.onPick((_topic, name) => picks.push(`a heard ${name}`));
    b.peers.onPick((_topic, name) => picks.push(`b heard ${name}`));
    grids[0].bus.pick('AAA');
    grids[0].bus.pick('BBB');
    // The grid of the other window comes late with its cursor.
    nowMs.value += 100;
    grids[1].bus.pick('AAA');
    grids[1].bus.pick('BBB');
    expect(picks).toEqual(['b heard AAA', 'b heard BBB']);
    nowMs.value += 1_000;
    grids[1].bus.pick('CCC');
    expect(grids[0].heard.at(-1)).toBe('CCC');
  });

  it('are remembered for windows that open later', () => {
    const { a } = pair();
    bus(a.links, () => 'C').bus.pick('QQQ');
    const { open } = hall();
    const later = createLinkGroups(open('later'), a.kept);
    expect(later.busOf(() => 'C').current).toBe('QQQ');
    for (const text of ['{', '7', '[1]', '{"A":5,"Z":"Q"}']) {
      const broken: SettingsStorage = { load: () => text, save: () => undefined };
      expect(createLinkGroups(open(text), broken).busOf(() => 'A').current).toBeUndefined();
    }
  });
});

it('a picked trade is followed everywhere, and opens a page only where it was picked', () => {
  const { open } = hall();
  const [a, b] = [shareTrades(createTradeBus(), open('a')), shareTrades(createTradeBus(), open('b'))];
  const opened: string[] = [];
  a.onPick(() => opened.push('a'));
  b.onPick(() => opened.push('b'));
  a.pick('T1');
  expect([b.current, opened]).toEqual(['T1', ['a']]);
});
