/** CKP, EXF: checkpoints and the exits file: whole or refused, the newest whole one is used, and why not is said. */
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/rng.ts';
import type { CheckpointMeta, CheckpointSection } from './checkpoint-files.ts';
import {
  CheckpointFile,
  listCheckpoints,
  newestCheckpoint,
  openCheckpoint,
  writeCheckpointFile,
} from './checkpoint-files.ts';
import { readExits, writeExits } from './exits-file.ts';
import { createFaultyFiles } from './faulty-files.ts';
import { SAMPLE_DAY, SAMPLE_OPEN_US, temporaryFolder } from './store-samples.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = temporaryFolder('checkpoint');
  folders.push(folder);
  return folder;
}

function meta(inputNo: number): CheckpointMeta {
  return { day: SAMPLE_DAY, inputNo, atUs: SAMPLE_OPEN_US, seq: inputNo * 2, engineVersion: '0.1.0', stateVersion: 1 };
}

function sections(seed: number, size = 3_000_000): CheckpointSection[] {
  const rng = createRng(seed);
  const columns = new Uint8Array(size);
  for (let i = 0; i < columns.length; i += 7) columns[i] = rng.below(256);
  const noise = Uint8Array.from({ length: 40_000 }, () => rng.below(256));
  return [
    { name: 'market/last', bytes: columns },
    { name: 'empty', bytes: new Uint8Array(0) },
    { name: 'noise', bytes: noise },
  ];
}

describe('checkpoints', () => {
  it('RCV4 keeps recordings of one date apart: the newest of a day is of that day', () => {
    const dataDir = newFolder();
    const beside = `${SAMPLE_DAY}-b`;
    for (const day of [SAMPLE_DAY, beside])
      expect(writeCheckpointFile(dataDir, { ...meta(7), day }, sections(1, 1000)).kind).toBe('written');
    expect(newestCheckpoint(dataDir, SAMPLE_DAY).checkpoint?.meta.day).toBe(SAMPLE_DAY);
    expect(newestCheckpoint(dataDir, beside).checkpoint?.meta.day).toBe(beside);
  });

  it('CKP1 CKP2 gives every section back, keeps the last few, and takes the newest', () => {
    const dataDir = newFolder();
    for (let n = 1; n <= 6; n++) {
      const written = writeCheckpointFile(dataDir, meta(n * 1000), sections(n), 4);
      expect(written.kind).toBe('written');
    }
    expect(listCheckpoints(dataDir)).toEqual(
      [3, 4, 5, 6].map((n) => `${SAMPLE_DAY}-${String(n * 1000).padStart(12, '0')}.ckpt`),
    );
    const { checkpoint, rejected } = newestCheckpoint(dataDir);
    expect(rejected).toEqual([]);
    expect(checkpoint?.meta).toEqual(meta(6000));
    for (const { name, bytes } of sections(6))
      expect(Buffer.compare(checkpoint?.section(name) ?? Buffer.from('?'), bytes)).toBe(0);
    expect(checkpoint?.section('other')).toBeUndefined();
    expect(checkpoint?.names()).toEqual(['market/last', 'empty', 'noise']);
    expect(newestCheckpoint(dataDir, '2026-03-03').checkpoint).toBeNull();
  });

  it('CKP3 a flipped byte anywhere, or a cut anywhere: refused with a reason, the one before is used', () => {
    const dataDir = newFolder();
    writeCheckpointFile(dataDir, meta(1), sections(1, 100_000));
    writeCheckpointFile(dataDir, meta(2), sections(2, 100_000));
    const file = path.join(dataDir, 'checkpoints', listCheckpoints(dataDir)[1] as string);
    const whole = fs.readFileSync(file);
    const rng = createRng(5);
    const reasons = new Set<string>();
    for (let k = 0; k < 150; k++) {
      const bytes = Buffer.from(whole.subarray(0, k % 5 === 0 ? rng.below(whole.length) : whole.length));
      const at = k < 30 ? rng.below(16) : k < 60 ? whole.length - 1 - rng.below(300) : rng.below(whole.length);
      if (k % 5 !== 0) bytes[at] = (bytes[at] as number) ^ (1 << rng.below(8));
      fs.writeFileSync(file, bytes);
      const { checkpoint, rejected } = newestCheckpoint(dataDir);
      expect(rejected.length, `byte ${at} length ${bytes.length}`).toBe(1);
      expect(checkpoint?.meta.inputNo).toBe(1);
      reasons.add(rejected[0]?.reason ?? '');
    }
    expect([...reasons].sort()).toEqual(['checksum', 'footer', 'header', 'table']);
    fs.writeFileSync(file, whole);
    expect(openCheckpoint(file)).toBeInstanceOf(CheckpointFile);
  });

  it('CKP4 a full disk or a crash in mid-write leaves the earlier ones as they were', () => {
    const dataDir = newFolder();
    const faulty = createFaultyFiles();
    writeCheckpointFile(dataDir, meta(1), sections(1));
    for (const room of [0, 10, 100_000, 900_000]) {
      faulty.roomBytes = room;
      const failed = writeCheckpointFile(dataDir, meta(2), sections(2), 4, faulty.files);
      expect(failed).toMatchObject({ kind: 'failed', code: 'disk-full' });
      expect(fs.readdirSync(path.join(dataDir, 'checkpoints')).length).toBe(1);
    }
    fs.writeFileSync(path.join(dataDir, 'checkpoints', `${SAMPLE_DAY}-000000000009.ckpt.tmp`), 'half');
    expect(newestCheckpoint(dataDir).checkpoint?.meta.inputNo).toBe(1);
    faulty.roomBytes = Infinity;
    expect(writeCheckpointFile(dataDir, meta(3), sections(3), 4, faulty.files)).toMatchObject({
      kind: 'written',
      removed: [`${SAMPLE_DAY}-000000000009.ckpt.tmp`],
    });
  });

  it('CKP5 one from a newer program says so', () => {
    const dataDir = newFolder();
    writeCheckpointFile(dataDir, meta(1), sections(1, 1000));
    const file = path.join(dataDir, 'checkpoints', listCheckpoints(dataDir)[0] as string);
    const bytes = fs.readFileSync(file);
    bytes.writeUInt32LE(2, 4);
    // The header's own checksum, for bytes 0 to 11.
    bytes.writeUInt32LE(crcOf(bytes.subarray(0, 12)), 12);
    fs.writeFileSync(file, bytes);
    expect(newestCheckpoint(dataDir).rejected[0]).toMatchObject({ reason: 'newer-version' });
  });
});

/** CRC-32C bit by bit, so that the tables of the product are checked too. */
function crcOf(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

describe('exits file', () => {
  const content = (n: number) => ({
    day: SAMPLE_DAY,
    inputNo: n,
    atUs: SAMPLE_OPEN_US,
    seq: n,
    state: { positions: [{ symbol: 'ÄÖ', quantity: n, note: '}\n"' }] },
  });

  it('EXF1 EXF2 the newest whole generation is read, through any flip or cut', () => {
    const dataDir = newFolder();
    expect(readExits(dataDir)).toEqual({ content: null, from: 'none', problems: [] });
    for (let n = 1; n <= 3; n++) expect(writeExits(dataDir, content(n)).ok).toBe(true);
    expect(readExits(dataDir)).toEqual({ content: content(3), from: 'current', problems: [] });
    const file = path.join(dataDir, 'exits.json');
    const whole = fs.readFileSync(file);
    const rng = createRng(2);
    for (let k = 0; k < 300; k++) {
      const bytes = Buffer.from(whole.subarray(0, k % 4 === 0 ? rng.below(whole.length) : whole.length));
      const at = rng.below(whole.length);
      if (k % 4 !== 0) bytes[at] = (bytes[at] as number) ^ (1 << rng.below(8));
      fs.writeFileSync(file, bytes);
      const read = readExits(dataDir);
      expect(read.content, `byte ${at}`).toEqual(content(2));
      expect([read.from, read.problems.length]).toEqual(['previous', 1]);
    }
    // A damaged current file does not push the good previous one out.
    expect(writeExits(dataDir, content(4)).ok).toBe(true);
    fs.writeFileSync(file, 'x');
    expect(readExits(dataDir).content).toEqual(content(2));
  });

  it('EXF2 keeps the generation before where files cannot have two names, and after an end in between', () => {
    const dataDir = newFolder();
    const { files } = createFaultyFiles();
    const refuses = (): never => {
      throw new Error('EPERM: operation not permitted, link');
    };
    for (let n = 1; n <= 2; n++) writeExits(dataDir, content(n), { ...files, link: refuses });
    fs.writeFileSync(path.join(dataDir, 'exits.json'), 'x');
    expect(readExits(dataDir).content).toEqual(content(1));
    // The end came when the current file had both names and the new one none.
    for (let n = 3; n <= 4; n++) writeExits(dataDir, content(n));
    fs.rmSync(path.join(dataDir, 'exits.previous.json'));
    fs.linkSync(path.join(dataDir, 'exits.json'), path.join(dataDir, 'exits.previous.json'));
    expect(writeExits(dataDir, content(5)).ok).toBe(true);
    expect(readExits(dataDir).content).toEqual(content(5));
    expect(fs.readdirSync(dataDir).toSorted()).toEqual(['exits.json', 'exits.previous.json']);
    fs.writeFileSync(path.join(dataDir, 'exits.json'), 'x');
    expect(readExits(dataDir).content).toEqual(content(4));
  });

  it('EXF3 a full disk leaves the last one in place', () => {
    const dataDir = newFolder();
    const faulty = createFaultyFiles();
    writeExits(dataDir, content(1), faulty.files);
    faulty.roomBytes = 20;
    expect(writeExits(dataDir, content(2), faulty.files)).toMatchObject({ ok: false, code: 'disk-full' });
    expect(readExits(dataDir).content).toEqual(content(1));
  });
});
