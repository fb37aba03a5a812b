/** Reference data on disk, one dated JSON file a part. Holds no key. A file that cannot be read counts as absent. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const FORMAT = 1;
const envelope = z.object({ format: z.literal(FORMAT), asOfMs: z.number(), host: z.string(), value: z.unknown() });

export class ReferenceCache {
  readonly #dir: string;
  readonly #host: string;

  /** `host` is whose answers these are: what one vendor said is never shown as another's. */
  constructor(dir: string, host: string) {
    this.#dir = dir;
    this.#host = host;
  }

  read<T>(part: string): { readonly value: T; readonly asOfMs: number } | null {
    try {
      const parsed = envelope.safeParse(JSON.parse(readFileSync(this.#file(part), 'utf8')));
      if (!parsed.success || parsed.data.host !== this.#host) return null;
      return { value: parsed.data.value as T, asOfMs: parsed.data.asOfMs };
    } catch {
      return null;
    }
  }

  /** Written beside and renamed, so that a crash leaves the old file whole. A full disk costs the cache, not the start. */
  write(part: string, value: unknown, asOfMs: number): boolean {
    try {
      mkdirSync(this.#dir, { recursive: true });
      const file = this.#file(part);
      writeFileSync(`${file}.part`, JSON.stringify({ format: FORMAT, asOfMs, host: this.#host, value }));
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
