/** The desktop program's start-up, in order. What each step does is in the file it comes from. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { app } from 'electron';
import { folderInUse, prepareDataFolder } from '#host-kit';
import { ownArguments, readOptions } from './options.ts';
import { registerPageScheme, secureAllContents } from './security.ts';
import { openWorkstation } from './workstation.ts';

const note = (sentence: string): void => void process.stderr.write(`drover: ${sentence}\n`);

function main(): void {
  registerPageScheme();
  secureAllContents();
  const options = readOptions(ownArguments(process.argv, app.getAppPath(), app.isPackaged));
  if (!options.ok) return refuse(options.message, options.exitCode);
  for (const sentence of options.notes) note(sentence);
  if (app.commandLine.hasSwitch('no-sandbox'))
    note(
      "Chromium's sandbox is off (--no-sandbox, which root needs): use an ordinary account when real money is traded.",
    );
  const { dataDir } = options.engine;
  const unusable = prepareDataFolder(dataDir);
  if (unusable !== undefined) return refuse(unusable.message, 1);
  // Chromium's own files lie in the data folder too, and one Drover runs on each.
  const profile = path.join(dataDir, 'desktop');
  mkdirSync(profile, { recursive: true });
  app.setPath('userData', profile);
  app.setPath('sessionData', profile);
  if (!app.requestSingleInstanceLock())
    return refuse('Drover is open on this data folder already; its window was brought to the front.', 0);
  const inUse = folderInUse(dataDir);
  if (inUse !== undefined) return refuse(inUse.message, 1);
  const out = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
  void app.whenReady().then(() => openWorkstation({ engine: options.engine, out, note }));
}

function refuse(sentence: string, exitCode: number): void {
  note(sentence);
  app.exit(exitCode);
}

main();
