/** Presets, the dock's description of them, layouts as text, records of the browser host, titles. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WINDOW_ROLES, type HealthValue } from '#protocol';
import { dockOfPanels, dockOfPreset, panelsOfDock } from './dock-layout.ts';
import { presetOf, type LayoutNode } from './presets.ts';
import { layoutText, readLayout } from './window-layout.ts';
import { createWindowRecords, type RecordStorage } from './window-records.ts';
import { windowTitle } from './window-title.ts';

interface Node {
  readonly type: 'leaf' | 'branch';
  readonly size?: number;
  readonly data: unknown;
}

const SHAPES = [
  { width: 1440, height: 872 },
  { width: 2560, height: 1412 },
  { width: 2160, height: 3760 },
];
const titleOf = (kind: string): string => kind.toUpperCase();

/** Every branch is filled by its children, along the direction of its depth; `extent` is by depth parity. */
function checkSizes(node: Node, extent: readonly [along: number, across: number]): void {
  if (node.type === 'leaf') return;
  const children = node.data as readonly Node[];
  expect(children.length).toBeGreaterThan(0);
  const sum = children.reduce((total, child) => total + (child.size ?? 0), 0);
  expect(Math.abs(sum - extent[0])).toBeLessThanOrEqual(children.length);
  for (const child of children) checkSizes(child, [extent[1], child.size ?? 0]);
}

describe('presets', () => {
  it.each(WINDOW_ROLES)('%s fills every shape of window', (role) => {
    for (const shape of SHAPES) {
      const dock = dockOfPreset(presetOf(role, shape), shape, titleOf);
      expect(dock).toBeDefined();
      if (dock === undefined) return;
      const isVertical = String(dock.grid.orientation) === 'VERTICAL';
      checkSizes(dock.grid.root as Node, isVertical ? [shape.height, shape.width] : [shape.width, shape.height]);
      const kinds = panelsOfDock(dock).map(({ kind }) => kind);
      expect(new Set(kinds).size).toBe(kinds.length);
    }
  });

  it('one screen has every panel of the walls, so that nothing is lost on a small one', () => {
    const kindsOf = (node: LayoutNode): readonly string[] => {
      if ('tabs' in node) return node.tabs;
      return ('row' in node ? node.row : node.column).flatMap((part) => kindsOf(part.node));
    };
    for (const shape of SHAPES) {
      const small = new Set(kindsOf(presetOf('workstation', shape)));
      for (const role of WINDOW_ROLES)
        for (const kind of kindsOf(presetOf(role, shape))) expect(small, `${kind} of ${role}`).toContain(kind);
    }
  });

  it('leaves out kinds there are not, and gives their room to the neighbours', () => {
    const shape = { width: 2160, height: 3760 };
    const kinds = ['market', 'scanner', 'console', 'positions', 'symbol', 'charts-wall', 'near-misses'];
    fc.assert(
      fc.property(fc.subarray(kinds), fc.constantFrom(...WINDOW_ROLES), (known, role) => {
        const dock = dockOfPreset(presetOf(role, shape), shape, (kind) => (known.includes(kind) ? kind : undefined));
        if (dock === undefined) return;
        for (const { kind } of panelsOfDock(dock)) expect(known).toContain(kind);
        const isVertical = String(dock.grid.orientation) === 'VERTICAL';
        checkSizes(dock.grid.root as Node, isVertical ? [shape.height, shape.width] : [shape.width, shape.height]);
      }),
    );
  });
});

it('a layout comes back from its text, and what is none is refused', () => {
  const panels = [{ id: 'symbol~2', kind: 'symbol', title: 'Symbol', params: { link: 'B' } }];
  const dock = dockOfPanels(panels, { width: 900, height: 600 });
  expect(panelsOfDock(dock)).toEqual(panels);
  expect(readLayout(layoutText({ dock, home: 'w1' }))).toEqual({ dock, home: 'w1' });
  for (const text of ['', '{', 'null', '[]', '{"version":2,"dock":{"grid":{},"panels":{}}}', '{"version":1,"dock":7}'])
    expect(readLayout(text)).toBeUndefined();
  fc.assert(fc.property(fc.json(), (text) => void readLayout(text)));
});

describe('records of browser windows', () => {
  const memory = (): RecordStorage & { readonly kept: Map<string, string> } => {
    const kept = new Map<string, string>();
    return {
      kept,
      load: (key) => kept.get(key) ?? null,
      save: (key, text) => void kept.set(key, text),
      remove: (key) => void kept.delete(key),
      keys: () => [...kept.keys()],
    };
  };

  it('keep a layout for each screen and fall back to the last one elsewhere', () => {
    const storage = memory();
    const records = createWindowRecords(storage);
    expect(records.read('main', 'a')).toEqual({ role: 'workstation', layout: '' });
    records.write('main', { role: 'workstation', screen: 'a', layout: 'A' });
    records.write('main', { role: 'workstation', screen: 'b', layout: 'B' });
    expect(records.read('main', 'a').layout).toBe('A');
    expect(records.read('main', 'c').layout).toBe('B');
    for (let at = 0; at < 20; at++) records.write('main', { role: 'workstation', screen: `s${at}`, layout: 'x' });
    expect(JSON.parse(storage.kept.get('drover.window.main') ?? '{}').screens.length).toBe(6);
    records.write('main', { role: 'market-wall', screen: 's19', layout: '' });
    expect(records.read('main', 's18')).toEqual({ role: 'market-wall', layout: '' });
    records.write('p1', { role: 'panel' });
    expect(records.ids()).toEqual(['main', 'p1']);
    records.forget('p1');
    expect(records.ids()).toEqual(['main']);
  });

  it('that cannot be read are as if they were not there', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        const storage = memory();
        storage.save('drover.window.main', text);
        const place = createWindowRecords(storage).read('main', 'a');
        expect(WINDOW_ROLES).toContain(place.role);
        expect(typeof place.layout).toBe('string');
      }),
    );
  });
});

it('a title says which money, whether strategies may buy, and when it is not current', () => {
  const health = { broker: { isLive: false, account: 'PAPER1' }, isAuto: true } as HealthValue;
  const facts = { health, link: 'live', openPositions: 27, role: 'market-wall', panel: '' } as const;
  expect(windowTitle(facts)).toBe('PAPER · AUTO · 27 open - Market wall');
  const live = { ...health, isAuto: false, broker: { ...health.broker, isLive: true, account: 'U123' } };
  expect(windowTitle({ ...facts, health: live, openPositions: 0 })).toBe('LIVE U123 · auto off - Market wall');
  expect(windowTitle({ ...facts, link: 'stale' })).toContain('STALE');
  expect(windowTitle({ ...facts, health: null, link: 'connecting', role: 'workstation' })).toBe('Drover - connecting');
});
