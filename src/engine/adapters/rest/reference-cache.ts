/**
 * Reference data on disk, one dated JSON file a part, with a checksum: a flipped digit would be another previous close. Holds no
 * key. A file that cannot be read counts as absent; one that is damaged is named.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { crc32c } from '../../lib/crc32c.ts';
import { encodeText } from '../../lib/json-bytes.ts';

const FORMAT = 2;
const first = z.strictObject({ format: z.literal(1), asOfMs: z.number(), host: z.string(), value: z.unknown() });
const envelope = z.object({
  format: z.number(),
  asOfMs: z.number(),
  host: z.string(),
  crc: z.number(),
  value: z.unknown(),
});

export class ReferenceCache {
  readonly #dir: string;
  readonly #host: string;
  /** Files found damaged so far. */
  readonly damaged: string[] = [];

  /** `host` is whose answers these are: what one vendor said is never shown as another's. */
  constructor(dir: string, host: string) {
    this.#dir = dir;
    this.#host = host;
  }

  read<T>(part: string): { readonly value: T; readonly asOfMs: number } | null {
    let text: string;
    try {
      text = readFileSync(this.#file(part), 'utf8');
    } catch {
      return null;
    }
    const kept = parse(text);
    if (kept === 'earlier format') return null;
    if (kept === null) {
      const name = path.basename(this.#file(part));
      if (!this.damaged.includes(name)) this.damaged.push(name);
      return null;
    }
    return kept.host === this.#host ? { value: kept.value as T, asOfMs: kept.asOfMs } : null;
  }

  /** Written beside and renamed, so that a crash leaves the old file whole. A full disk costs the cache, not the start. */
  write(part: string, value: unknown, asOfMs: number): boolean {
    try {
      mkdirSync(this.#dir, { recursive: true });
      const file = this.#file(part);
      const head = { format: FORMAT, asOfMs, host: this.#host };
      writeFileSync(`${file}.part`, JSON.stringify({ ...head, crc: crcOf({ ...head, value }), value }));
      renameSync(`${file}.part`, file);
      return true;
    } catch {
      return false;
    }
  }

  #file(part: string): string {
    return path.join(this.#dir, `${part}.json`);
  }
}

/** Null when damaged. A file of the first format has no checksum: it is asked for anew, which is no damage. */
function parse(text: string): z.infer<typeof envelope> | 'earlier format' | null {
  try {
    const json: unknown = JSON.parse(text);
    if (first.safeParse(json).success) return 'earlier format';
    const parsed = envelope.safeParse(json);
    if (!parsed.success) return null;
    const { crc, format, asOfMs, host, value } = parsed.data;
    return format === FORMAT && crc === crcOf({ format, asOfMs, host, value }) ? parsed.data : null;
  } catch {
    return null;
  }
}

function crcOf(content: { format: number; asOfMs: number; host: string; value: unknown }): number {
  const { format, asOfMs, host, value } = content;
  return crc32c(encodeText(JSON.stringify([format, asOfMs, host, value])));
}
