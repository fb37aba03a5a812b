/** layouts.json: which windows were open where, and what they showed, for each set of monitors the program has seen. */
import path from 'node:path';
import { LAYOUT_CHARS_MAX, WINDOW_ROLES } from '#protocol';
import type { VersionedFile } from '#host-kit';
import { openVersionedFile } from '#host-kit';
import { z } from 'zod';
import type { DisplayShape } from './displays.ts';
import { carryOver, fitBounds, matchSet } from './displays.ts';

/** Sets of monitors that are remembered; the one not seen for longest goes first. */
const SETS_MAX = 12;
export const WINDOWS_MAX = 16;

const pixels = z.number().int().min(-100_000).max(100_000);
const RECTANGLE = z.strictObject({ x: pixels, y: pixels, width: pixels.min(1), height: pixels.min(1) });
const DISPLAY = z.strictObject({
  id: z.number(),
  bounds: RECTANGLE,
  workArea: RECTANGLE,
  scaleFactor: z.number().min(0.1).max(16),
});
const WINDOW = z.strictObject({
  id: z.string().min(1).max(64),
  role: z.enum(WINDOW_ROLES),
  bounds: RECTANGLE,
  isMaximized: z.boolean(),
  isFullScreen: z.boolean(),
  /** What the window wrote about its panels, as JSON text; '' for the preset of its role. */
  layout: z.string().max(LAYOUT_CHARS_MAX),
});
const FILE = z.strictObject({
  sets: z
    .array(z.strictObject({ displays: z.array(DISPLAY).min(1).max(32), windows: z.array(WINDOW).max(WINDOWS_MAX) }))
    .max(SETS_MAX),
});

export type SavedWindow = z.infer<typeof WINDOW>;

export interface SavedWindows {
  /**
   * What to open on these monitors: as it was on this set; on monitors never seen, what was open last, carried over.
   * Everything lies within reach. None when nothing was ever saved.
   */
  toOpen(displays: readonly DisplayShape[]): readonly SavedWindow[];
  /** Where and how this window was on these monitors; undefined when it never was. */
  placeOf(displays: readonly DisplayShape[], id: string): SavedWindow | undefined;
  save(displays: readonly DisplayShape[], windows: readonly SavedWindow[]): void;
  readonly problem: string | undefined;
}

export function openSavedWindows(dataDir: string): SavedWindows {
  const file: VersionedFile<z.infer<typeof FILE>> = openVersionedFile({
    file: path.join(dataDir, 'layouts.json'),
    version: 1,
    schema: FILE,
    defaults: { sets: [] },
    now: () => new Date(),
  });
  const fitted = (window: SavedWindow, displays: readonly DisplayShape[]): SavedWindow => ({
    ...window,
    bounds: fitBounds(window.bounds, displays),
  });
  return {
    toOpen: (displays) => {
      const known = matchSet(file.get().sets, displays);
      if (known !== undefined) return known.windows.map((window) => fitted(window, displays));
      const [latest] = file.get().sets;
      return (latest?.windows ?? []).map((window) => ({
        ...window,
        bounds: carryOver(window.bounds, latest?.displays ?? [], displays),
      }));
    },
    placeOf: (displays, id) => {
      const found = matchSet(file.get().sets, displays)?.windows.find((window) => window.id === id);
      return found && fitted(found, displays);
    },
    save: (displays, windows) => {
      const { sets } = file.get();
      const replaced = matchSet(sets, displays);
      const shapes = displays.map(({ id, bounds, workArea, scaleFactor }) => ({ id, bounds, workArea, scaleFactor }));
      const made = { displays: shapes, windows: windows.slice(0, WINDOWS_MAX) };
      const next = { sets: [made, ...sets.filter((set) => set !== replaced)].slice(0, SETS_MAX) };
      if (JSON.stringify(next) !== JSON.stringify(file.get())) file.set(next);
    },
    problem: file.problem,
  };
}
