import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { DisplayShape } from './displays.ts';
import type { SavedWindow } from './saved-windows.ts';
import { openSavedWindows } from './saved-windows.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'drover-layouts-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const display = (id: number, x: number): DisplayShape => {
  const bounds = { x, y: 0, width: 2160, height: 3840 };
  return { id, bounds, workArea: bounds, scaleFactor: 1 };
};
const THREE = [display(1, 0), display(2, 2160), display(3, 4320)];
const TWO = THREE.slice(0, 2);
const wall = (id: string, x: number, layout = ''): SavedWindow => ({
  id,
  role: 'market-wall',
  bounds: { x, y: 0, width: 2160, height: 3800 },
  isMaximized: true,
  isFullScreen: false,
  layout,
});
const WALLS = [wall('a', 0, '{"a":1}'), wall('b', 2160), wall('c', 4320)];

it('each set of monitors has windows of its own, over a restart', () => {
  const first = openSavedWindows(dir);
  expect(first.toOpen(THREE)).toEqual([]);
  first.save(THREE, WALLS);
  first.save(TWO, [wall('a', 0, '{"a":2}')]);
  const second = openSavedWindows(dir);
  expect(second.problem).toBeUndefined();
  expect(second.toOpen(THREE)).toEqual(WALLS);
  expect(second.toOpen(TWO)).toEqual([wall('a', 0, '{"a":2}')]);
  expect(second.placeOf(THREE, 'c')).toEqual(wall('c', 4320));
  expect(second.placeOf(TWO, 'c')).toBeUndefined();
});

it('on monitors never seen, what was open last comes within reach', () => {
  const saved = openSavedWindows(dir);
  saved.save(THREE, WALLS);
  const opened = saved.toOpen(TWO);
  expect(opened.map(({ id, bounds }) => [id, bounds.x])).toEqual([
    ['a', 0],
    ['b', 2160],
    ['c', 2160],
  ]);
  expect(opened[0]?.layout).toBe('{"a":1}');
});

it('keeps the sets used last and writes nothing when nothing changed', () => {
  const saved = openSavedWindows(dir);
  for (let at = 0; at < 20; at++) saved.save([display(at, at * 10)], [wall(`w${at}`, at * 10)]);
  const file = path.join(dir, 'layouts.json');
  const { sets } = JSON.parse(readFileSync(file, 'utf8')) as { sets: { windows: { id: string }[] }[] };
  expect(sets.length).toBe(12);
  expect(sets[0]?.windows[0]?.id).toBe('w19');
  rmSync(file);
  saved.save([display(19, 190)], [wall('w19', 190)]);
  expect(readdirSync(dir)).toEqual([]);
});

it('sets a file aside that it cannot use, also one with a layout that is too long', () => {
  for (const text of ['{"version":1,"sets":[{', '{"version":1,"sets":7}', '{"version":2,"sets":[]}']) {
    writeFileSync(path.join(dir, 'layouts.json'), text);
    expect(openSavedWindows(dir).problem).toContain('was kept as layouts.corrupt-');
  }
  const saved = openSavedWindows(dir);
  expect(() => saved.save(THREE, [wall('a', 0, 'x'.repeat(300_000))])).toThrow(/layout/u);
  expect(saved.toOpen(THREE)).toEqual([]);
});
