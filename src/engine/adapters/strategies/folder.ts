/**
 * Watches the folder of the user's own strategy files. Every change is prepared here (types stripped, steps counted) and
 * handed on; a broken file is reported with its line and the version in use stays. Editors save in bursts, so a file is
 * read only after it has been quiet for a moment.
 */
import type { FSWatcher } from 'node:fs';
import { existsSync, mkdirSync, readdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import path from 'node:path';
import { prepareStrategy } from './prepare.ts';

export interface StrategyFolderEvents {
  /** A file is ready; the answer is '' or why the engine refused it. */
  onReady(file: { readonly file: string; readonly code: string; readonly hash: string }): void;
  /** After the files were read, and whenever one is gone: the next versions (`NAME.next.ts`) that are there. */
  onTrials(files: readonly string[]): void;
  /** One sentence with file and line. */
  onBroken(message: string): void;
}

const QUIET_MS = 150;
const BYTES_MAX = 1 << 20;

export class StrategyFolder {
  readonly #dir: string;
  readonly #events: StrategyFolderEvents;
  readonly #seen = new Map<string, string>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #watcher: FSWatcher | null = null;

  constructor(dir: string, events: StrategyFolderEvents) {
    this.#dir = dir;
    this.#events = events;
  }

  /** Makes the folder when it is not there, loads what is in it and watches it. */
  start(): void {
    mkdirSync(this.#dir, { recursive: true });
    const readme = path.join(this.#dir, 'README.md');
    if (!existsSync(readme)) writeFileSync(readme, FOLDER_README);
    for (const name of readdirSync(this.#dir).toSorted()) this.#read(name);
    this.#tellTrials();
    this.#watcher = watch(this.#dir, (_event, name) => {
      if (name === null || !isStrategyFile(name)) return;
      clearTimeout(this.#timers.get(name));
      this.#timers.set(
        name,
        setTimeout(() => {
          this.#timers.delete(name);
          this.#read(name);
        }, QUIET_MS),
      );
    });
    this.#watcher.on('error', (error) =>
      this.#events.onBroken(`the strategy folder ${this.#dir} is not watched any more: ${error.message}`),
    );
  }

  #tellTrials(): void {
    // The folder itself may be gone; then so are they.
    const names = existsSync(this.#dir) ? readdirSync(this.#dir) : [];
    this.#events.onTrials(names.filter((name) => isStrategyFile(name) && name.endsWith('.next.ts')));
  }

  close(): void {
    this.#watcher?.close();
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  #read(name: string): void {
    if (!isStrategyFile(name)) return;
    let source: string;
    try {
      source = readFileSync(path.join(this.#dir, name), 'utf8');
    } catch (error) {
      // Removed: positions and the loaded version stay; there is nothing to load.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        return this.#events.onBroken(`${name}: ${(error as Error).message}`);
      this.#seen.delete(name);
      return this.#tellTrials();
    }
    if (source.length > BYTES_MAX)
      return this.#events.onBroken(`${name}: a strategy file has at most ${BYTES_MAX} characters`);
    if (this.#seen.get(name) === source) return;
    this.#seen.set(name, source);
    const prepared = prepareStrategy(name, source);
    if (prepared.ok) this.#events.onReady({ file: name, ...prepared.strategy });
    else this.#events.onBroken(`${name}:${prepared.line}: ${prepared.message}; the version before stays in use`);
  }
}

function isStrategyFile(name: string): boolean {
  return name.endsWith('.ts') && !name.endsWith('.d.ts') && !name.startsWith('.');
}

const FOLDER_README = `# Your strategies

Every .ts file here is a strategy. Drover loads it when it is saved, in shadow first; switch it on under Strategies.
The guide with examples is docs/STRATEGIES.md in Drover's folder.
`;
