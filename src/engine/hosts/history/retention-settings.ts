/** How long days are kept, from settings.json: `"retention": { "tapeDays": 5, "scrubDays": 5, "parquetDays": null }`. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { SETTINGS_FILE } from '../../adapters/settings-file.ts';
import { readExits } from '../../adapters/store/exits-file.ts';
import type { RetentionPolicy } from '../../adapters/store/retention.ts';
import { DEFAULT_RETENTION } from '../../adapters/store/retention.ts';
import type { ExitsBooks } from '../../kernel/adoption.ts';

const days = z.number().int().min(1).max(100_000).nullable();
const SETTINGS = z.looseObject({
  retention: z
    .looseObject({ tapeDays: days.optional(), scrubDays: days.optional(), parquetDays: days.optional() })
    .optional(),
});

/** The user's choice; the default where nothing, or nothing sensible, was chosen. A damaged file never prunes more. */
export function retentionPolicy(dataDir: string): RetentionPolicy {
  let chosen: z.infer<typeof SETTINGS>['retention'];
  try {
    chosen = SETTINGS.parse(JSON.parse(readFileSync(path.join(dataDir, SETTINGS_FILE), 'utf8'))).retention;
  } catch {
    return DEFAULT_RETENTION;
  }
  const pick = (value: number | null | undefined, otherwise: number | null): number | null =>
    value === undefined ? otherwise : value;
  return {
    tapeDays: pick(chosen?.tapeDays, DEFAULT_RETENTION.tapeDays),
    scrubDays: pick(chosen?.scrubDays, DEFAULT_RETENTION.scrubDays),
    parquetDays: pick(chosen?.parquetDays, DEFAULT_RETENTION.parquetDays),
  };
}

/** Days whose positions may still be open: what is known of them must stay. */
export function unreconciledDays(dataDir: string): readonly string[] {
  const { content } = readExits(dataDir);
  if (content === null) return [];
  const { books } = content.state as { readonly books?: ExitsBooks };
  const isOpen = books === undefined || books.trades.some((trade) => trade.position.held !== 0);
  return isOpen ? [content.day, content.day.slice(0, 10)] : [];
}
