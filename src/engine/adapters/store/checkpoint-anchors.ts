/**
 * Anchors: every half hour of the day one checkpoint gets a second name and stays as long as the day's tape, so that questions
 * about the past begin near their answer (docs/specs/checkpoint.md, CKP7). Losing them costs time, nothing else.
 */
import path from 'node:path';
import type { EpochUs } from '../../model/units.ts';
import type { CheckpointChoice, CheckpointMeta, RejectedCheckpoint } from './checkpoint-files.ts';
import { CheckpointFile, listCheckpoints, openCheckpoint } from './checkpoint-files.ts';
import type { FileSystem } from './file-system.ts';
import { nodeFileSystem } from './file-system.ts';

const EVERY_US = 30 * 60 * 1_000_000;
const NAME = /^(\d{4}-\d{2}-\d{2}(?:-[b-z])?)-(\d{12})-(\d+)\.ckpt$/;

const folderOf = (dataDir: string): string => path.join(dataDir, 'checkpoints', 'anchors');

interface Anchor {
  readonly day: string;
  readonly atUs: EpochUs;
  readonly file: string;
}

function listAnchors(dataDir: string, files: FileSystem): Anchor[] {
  return files.list(folderOf(dataDir)).flatMap((name) => {
    const match = NAME.exec(name);
    return match === null
      ? []
      : [{ day: match[1] as string, atUs: Number(match[3]), file: path.join(folderOf(dataDir), name) }];
  });
}

/** Keeps a checkpoint that was just written when the last one kept is old enough. Never throws. */
export function keepAnchor(
  dataDir: string,
  meta: CheckpointMeta,
  file: string,
  files: FileSystem = nodeFileSystem,
): boolean {
  try {
    const anchors = listAnchors(dataDir, files);
    const last = Math.max(0, ...anchors.filter(({ day }) => day === meta.day).map(({ atUs }) => atUs));
    if (meta.atUs - last < EVERY_US) return false;
    files.makeFolder(folderOf(dataDir));
    const name = `${path.basename(file, '.ckpt')}-${Math.round(meta.atUs)}.ckpt`;
    files.link(file, path.join(folderOf(dataDir), name));
    for (const old of anchors) if (files.list(path.join(dataDir, 'tape', old.day)).length === 0) files.remove(old.file);
    return true;
  } catch {
    // A file system without second names, or a full disk: the past takes longer to ask.
    return false;
  }
}

/** The latest whole checkpoint of the day taken at or before an instant, of a state this program understands. */
export function checkpointBefore(
  dataDir: string,
  day: string,
  atUs: EpochUs,
  stateVersion: number,
  files: FileSystem = nodeFileSystem,
): CheckpointChoice {
  const recent = listCheckpoints(dataDir, files)
    .filter((name) => name.startsWith(`${day}-0`))
    .map((name) => path.join(dataDir, 'checkpoints', name));
  const anchors = listAnchors(dataDir, files)
    .filter((anchor) => anchor.day === day && anchor.atUs <= atUs)
    .map(({ file }) => file);
  const rejected: RejectedCheckpoint[] = [];
  for (const file of [...recent.toReversed(), ...anchors.toReversed()]) {
    const opened = openCheckpoint(file, files);
    if (!(opened instanceof CheckpointFile)) rejected.push(opened);
    else if (opened.meta.atUs <= atUs && opened.meta.stateVersion === stateVersion)
      return { checkpoint: opened, rejected };
  }
  return { checkpoint: null, rejected };
}
