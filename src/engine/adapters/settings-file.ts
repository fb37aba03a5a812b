/** settings.json of the data folder: the choices of the user that outlive a run. Window places are in windows.json. */
import path from 'node:path';
import { z } from 'zod';
import type { VersionedFile } from './versioned-file.ts';
import { openVersionedFile } from './versioned-file.ts';

const SETTINGS = z.looseObject({
  theme: z.enum(['system', 'dark', 'light']).default('dark'),
  /** Keep the machine awake while the engine runs. */
  keepAwake: z.boolean().default(true),
});

/** Keys this version does not know are kept as they are: a plug-in or a later version wrote them. */
export type Settings = z.infer<typeof SETTINGS>;

export const SETTINGS_FILE = 'settings.json';
export const DEFAULT_SETTINGS: Settings = { theme: 'dark', keepAwake: true };

export function openSettings(dataDir: string, now: () => Date = () => new Date()): VersionedFile<Settings> {
  return openVersionedFile<Settings>({
    file: path.join(dataDir, SETTINGS_FILE),
    version: 1,
    schema: SETTINGS,
    defaults: DEFAULT_SETTINGS,
    now,
  });
}
