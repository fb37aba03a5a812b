/** windows.json: which windows were open where, for each set of monitors the program has seen. */
import path from 'node:path';
import { WINDOW_ROLES } from '#protocol';
import type { VersionedFile } from '#host-kit';
import { openVersionedFile } from '#host-kit';
import { z } from 'zod';

/** Sets of monitors that are remembered; the one not seen for longest goes first. */
const SETS_MAX = 16;
export const WINDOWS_MAX = 16;

const pixels = z.number().int().min(-100_000).max(100_000);
const WINDOW = z.strictObject({
  id: z.string().min(1).max(64),
  role: z.enum(WINDOW_ROLES),
  bounds: z.strictObject({ x: pixels, y: pixels, width: pixels.min(1), height: pixels.min(1) }),
  isMaximized: z.boolean(),
  isFullScreen: z.boolean(),
});
const FILE = z.strictObject({
  sets: z
    .array(z.strictObject({ displays: z.string().max(2000), windows: z.array(WINDOW).max(WINDOWS_MAX) }))
    .max(SETS_MAX),
});

export type SavedWindow = z.infer<typeof WINDOW>;

export interface SavedWindows {
  /** The windows of this set of monitors; none when it was never seen. */
  of(displays: string): readonly SavedWindow[];
  save(displays: string, windows: readonly SavedWindow[]): void;
  readonly problem: string | undefined;
}

export function openSavedWindows(dataDir: string): SavedWindows {
  const file: VersionedFile<z.infer<typeof FILE>> = openVersionedFile({
    file: path.join(dataDir, 'windows.json'),
    version: 1,
    schema: FILE,
    defaults: { sets: [] },
    now: () => new Date(),
  });
  return {
    of: (displays) => file.get().sets.find((set) => set.displays === displays)?.windows ?? [],
    save: (displays, windows) => {
      const others = file.get().sets.filter((set) => set.displays !== displays);
      const next = { sets: [{ displays, windows: windows.slice(0, WINDOWS_MAX) }, ...others].slice(0, SETS_MAX) };
      if (JSON.stringify(next) !== JSON.stringify(file.get())) file.set(next);
    },
    problem: file.problem,
  };
}
