/**
 * The front of the tape: a plain copy of the inputs that the kernel has handed over and the tape's writer has not put into
 * a block yet. The journal's thread writes it before a commit, so that what a record was decided on survives a kill without
 * anybody waiting for compression or for the tape's own sync (docs/specs/tape.md, FRT1..).
 *
 * Two files take turns. Each holds a chain of chunks; a chunk is a header and frames as they lie in the tape's ring. At the
 * next start what the blocks lack is put on the tape and the files go.
 */
import fs from 'node:fs';
import path from 'node:path';
import { FRAME_HEADER_BYTES, FRAME_SKIP, FrameRing } from '../../lib/frame-ring.ts';
import type { InputNo } from '../../model/units.ts';
import { TAPE_KINDS } from '../../tape/tape-input.ts';
import type { FileSystem } from './file-system.ts';
import { errorText, readWhole } from './file-system.ts';

const MAGIC = 0x4e524644; // "DFRN"
const HEADER_BYTES = 64;
/** A chain longer than this goes on in the other file, from the oldest frame that is not on the tape. */
const CHAIN_BYTES_MAX = 8 << 20;
/** With a real feed more than this is not copied: the commit would wait for it. The tape's writer is then seconds behind. */
const FRONT_BYTES_MAX = 8 << 20;

export const FRONT_FILES: readonly string[] = ['front-0', 'front-1'];

export type FrontResult =
  | { readonly kind: 'written'; readonly bytes: number }
  /** The writer of the tape is too far behind. */
  | { readonly kind: 'skipped' }
  | { readonly kind: 'failed'; readonly message: string };

/** Words mixed one by one: says whether the bytes are the ones that were written, quicker than any checksum of bytes. */
function mix(hash: number, words: Uint32Array, from: number, to: number): number {
  let mixed = hash;
  for (let i = from; i < to; i++) {
    mixed = Math.imul(mixed ^ (words[i] as number), 0x9e3779b1);
    mixed ^= mixed >>> 15;
  }
  return mixed >>> 0;
}

export class FrontWriter {
  readonly #files: FileSystem;
  readonly #folder: string;
  readonly #ring: FrameRing;
  readonly #words: Uint32Array;
  readonly #bytesMax: number;
  readonly #header = new Uint8Array(HEADER_BYTES);
  readonly #view = new DataView(this.#header.buffer);
  readonly #fds = [-1, -1];
  #turn = 0;
  #generation = 0;
  #index = 0;
  #position = 0;
  /** Where the last chunk ended in the ring, and how many frames had been put in by then. */
  #doneTo = -1;
  #donePushed = 0;
  #isDirty = false;
  skipped = 0;

  /** `isWhole`: however far behind the tape is, everything is copied; simulated time waits. */
  constructor(files: FileSystem, folder: string, ring: SharedArrayBuffer, isWhole: boolean) {
    this.#files = files;
    this.#folder = folder;
    this.#ring = new FrameRing(ring);
    const { buffer, byteOffset, length } = this.#ring.bytes;
    this.#words = new Uint32Array(buffer, byteOffset, length >> 2);
    this.#bytesMax = isWhole ? length : Math.min(FRONT_BYTES_MAX, length >> 1);
  }

  /** Copies what the tape's writer still holds and what waits for it. With `isSynced` it is on the medium when this returns. */
  write(isSynced: boolean): FrontResult {
    try {
      return this.#write(isSynced);
    } catch (error) {
      this.#doneTo = -1;
      return { kind: 'failed', message: errorText(error) };
    }
  }

  #write(isSynced: boolean): FrontResult {
    const { tail, head, popped, pushed } = this.#ring.span();
    // Frames that were copied and not given back since are still where they were, and so is the end of them.
    // A chain that was never begun, because there was nothing to copy yet, does not go on.
    const isBegun = this.#doneTo >= 0 && this.#position > 0;
    const goesOn = isBegun && ((this.#donePushed - popped) | 0) >= 0 && this.#position < CHAIN_BYTES_MAX;
    const from = goesOn ? this.#doneTo : tail;
    const isWrapped = head < from;
    const capacity = this.#ring.bytes.length;
    const bytes = isWrapped ? capacity - from + head : head - from;
    if (bytes > this.#bytesMax) {
      this.#doneTo = -1;
      this.skipped++;
      return { kind: 'skipped' };
    }
    if (bytes > 0) {
      if (!goesOn) this.#nextChain();
      this.#chunk(from, isWrapped ? capacity : head, isWrapped ? head : 0);
    }
    this.#doneTo = head;
    this.#donePushed = pushed;
    if (isSynced && this.#isDirty) {
      this.#files.sync(this.#fds[this.#turn] as number);
      this.#isDirty = false;
    }
    return { kind: 'written', bytes };
  }

  /** The chain before stays whole in its file while the first chunk of this one is written. */
  #nextChain(): void {
    this.#turn = 1 - this.#turn;
    this.#generation++;
    this.#index = 0;
    this.#position = 0;
    if ((this.#fds[this.#turn] as number) >= 0) return;
    this.#fds[this.#turn] = this.#files.open(path.join(this.#folder, FRONT_FILES[this.#turn] as string), 'w');
    this.#files.syncFolder(this.#folder);
  }

  /** Frames from `from` to `to` and, behind the ring's end, from its start to `more`. The header comes last: it makes it count. */
  #chunk(from: number, to: number, more: number): void {
    const { bytes } = this.#ring;
    const fd = this.#fds[this.#turn] as number;
    const first = to - from;
    const at = this.#position + HEADER_BYTES;
    if (first > 0) this.#files.write(fd, bytes.subarray(from, to), at);
    if (more > 0) this.#files.write(fd, bytes.subarray(0, more), at + first);
    const hash = mix(mix(0, this.#words, from >> 2, to >> 2), this.#words, 0, more >> 2);
    const view = this.#view;
    view.setUint32(0, MAGIC, true);
    view.setUint32(4, this.#index, true);
    view.setFloat64(8, this.#generation, true);
    view.setUint32(16, first, true);
    view.setUint32(20, more, true);
    view.setUint32(24, hash, true);
    view.setUint32(28, headerHash(this.#header), true);
    this.#files.write(fd, this.#header, this.#position);
    this.#position = at + first + more;
    this.#index++;
    this.#isDirty = true;
  }

  close(): void {
    for (const fd of this.#fds) if (fd >= 0) this.#files.close(fd);
    this.#fds.fill(-1);
    this.#doneTo = -1;
  }
}

function headerHash(header: Uint8Array): number {
  return mix(MAGIC, new Uint32Array(header.buffer, header.byteOffset, 7), 0, 7);
}

/** A frame as it lay in the ring. `start` to `end` in `bytes`, which begins at a multiple of 8. */
export interface FrontFrame {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly tag: number;
  readonly stampUs: number;
}

/** The chains in the folder, the older first, each as the frames of its whole chunks in order. */
export function readFront(files: FileSystem, folder: string): FrontFrame[][] {
  const chains: { generation: number; frames: FrontFrame[] }[] = [];
  for (const name of FRONT_FILES) {
    const bytes = readWhole(files, path.join(folder, name));
    const chain = bytes === null ? null : readChain(bytes);
    if (chain !== null) chains.push(chain);
  }
  return chains.toSorted((a, b) => a.generation - b.generation).map(({ frames }) => frames);
}

function readChain(bytes: Uint8Array): { generation: number; frames: FrontFrame[] } | null {
  let generation = -1;
  const frames: FrontFrame[] = [];
  let at = 0;
  for (let index = 0; at + HEADER_BYTES <= bytes.length; index++) {
    // An own copy, because words are read from it: the place in the file need not be a multiple of 8.
    const header = bytes.slice(at, at + HEADER_BYTES);
    const view = new DataView(header.buffer);
    if (view.getUint32(0, true) !== MAGIC || view.getUint32(28, true) !== headerHash(header)) break;
    const own = view.getFloat64(8, true);
    if (view.getUint32(4, true) !== index || (index > 0 && own !== generation)) break;
    const first = view.getUint32(16, true);
    const more = view.getUint32(20, true);
    const end = at + HEADER_BYTES + first + more;
    if (end > bytes.length || (first | more) % 8 !== 0) break;
    const data = bytes.slice(at + HEADER_BYTES, end);
    const words = new Uint32Array(data.buffer);
    if (view.getUint32(24, true) !== mix(mix(0, words, 0, first >> 2), words, first >> 2, words.length)) break;
    generation = own;
    if (!takeFrames(data, first, frames)) break;
    at = end;
  }
  return generation < 0 ? null : { generation, frames };
}

/** False when the bytes are not frames: the copier was overtaken by the ring. */
function takeFrames(data: Uint8Array, first: number, frames: FrontFrame[]): boolean {
  const words = new Uint32Array(data.buffer);
  const stamps = new Float64Array(data.buffer);
  for (let at = 0; at < data.length;) {
    const length = words[at >> 2] as number;
    if (length === FRAME_SKIP && at < first) {
      at = first;
      continue;
    }
    const start = at + FRAME_HEADER_BYTES;
    const next = start + ((length + 7) & ~7);
    if (next > (at < first ? first : data.length)) return false;
    frames.push({
      bytes: data,
      start,
      end: start + length,
      tag: words[(at >> 2) + 1] as number,
      stampUs: stamps[(at >> 3) + 1] as number,
    });
    at = next;
  }
  return true;
}

/** What one chunk brings, for those who watch a front grow. */
export interface ChunkSight {
  readonly generation: number;
  readonly index: number;
  /** Where the next chunk of the chain begins. */
  readonly endAt: number;
  readonly lastInputNo: InputNo;
}

/** The chunk whose header stands at `at` of a front file that is being written; null when there is none yet. */
export function sightChunk(files: FileSystem, fd: number, at: number): ChunkSight | null {
  const header = new Uint8Array(HEADER_BYTES);
  if (files.read(fd, header, at) < HEADER_BYTES) return null;
  const view = new DataView(header.buffer);
  if (view.getUint32(0, true) !== MAGIC || view.getUint32(28, true) !== headerHash(header)) return null;
  const first = view.getUint32(16, true);
  const data = new Uint8Array(first + view.getUint32(20, true));
  const frames: FrontFrame[] = [];
  if (files.read(fd, data, at + HEADER_BYTES) < data.length || !takeFrames(data, first, frames)) return null;
  const generation = view.getFloat64(8, true);
  return {
    generation,
    index: view.getUint32(4, true),
    endAt: at + HEADER_BYTES + data.length,
    lastInputNo: lastInputOf(frames),
  };
}

/** The highest input number among frames, 0 when none is an input. */
export function lastInputOf(frames: readonly FrontFrame[]): InputNo {
  let last = 0;
  for (const { tag, bytes, start, end } of frames)
    if (TAPE_KINDS[tag] !== undefined && TAPE_KINDS[tag] !== '' && end - start >= 8)
      last = Math.max(last, new Float64Array(bytes.buffer, bytes.byteOffset + start, 1)[0] as number);
  return last;
}

export function removeFront(files: FileSystem, folder: string): void {
  for (const name of FRONT_FILES) files.remove(path.join(folder, name));
}

export function hasFront(folder: string): boolean {
  return FRONT_FILES.some((name) => fs.existsSync(path.join(folder, name)));
}
