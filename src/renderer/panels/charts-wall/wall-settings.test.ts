/** Saved wall settings, whole or damaged. */
import { expect, it } from 'vitest';
import { readWallSettings, togglePin, WALL_DEFAULT } from './wall-settings.ts';

it('reads what it wrote and falls back part by part', () => {
  const settings = { columns: 4, rows: 6, pinned: ['AAPL'] };
  expect(readWallSettings(JSON.stringify(settings))).toEqual(settings);
  expect(readWallSettings('{"columns":400,"rows":5,"pinned":[1,"X"]}')).toEqual({ columns: 3, rows: 5, pinned: ['X'] });
  for (const text of [null, '', '{', 'null', '[]', '7'])
    expect(readWallSettings(text), String(text)).toEqual(WALL_DEFAULT);
});

it('pins and unpins', () => {
  expect(togglePin(['A'], 'B')).toEqual(['A', 'B']);
  expect(togglePin(['A', 'B'], 'A')).toEqual(['B']);
});
