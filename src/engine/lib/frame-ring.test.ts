import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { FrameRing } from './frame-ring.ts';
import { createRng } from './rng.ts';

function frame(length: number, fill: number): Uint8Array {
  return new Uint8Array(length).fill(fill);
}

describe('FrameRing', () => {
  it('keeps order, bytes, tags and stamps over many wraps, as a plain queue would', () => {
    const seed = 7;
    const rng = createRng(seed);
    const ring = new FrameRing(4096);
    const model: { length: number; fill: number; tag: number; stampUs: number }[] = [];
    let refused = 0;
    let popped = 0;
    for (let step = 0; step < 60_000; step++) {
      if (rng.below(2) === 0) {
        const entry = { length: rng.below(700), fill: rng.below(256), tag: rng.below(5), stampUs: step + 0.5 };
        if (ring.push(frame(entry.length, entry.fill), 0, entry.length, entry.tag, entry.stampUs)) model.push(entry);
        else refused++;
      } else {
        const expected = model.shift();
        expect(ring.next(), `seed ${seed} step ${step}`).toBe(expected !== undefined);
        if (expected === undefined) continue;
        const bytes = ring.bytes.subarray(ring.start, ring.end);
        const isSame = bytes.length === expected.length && bytes.every((byte) => byte === expected.fill);
        expect([isSame, ring.tag, ring.stampUs]).toEqual([true, expected.tag, expected.stampUs]);
        ring.release();
        popped++;
      }
    }
    expect(refused).toBeGreaterThan(300);
    expect(ring.stats()).toMatchObject({ refused, popped, pushed: popped + model.length });
  });

  it('copies only the asked range', () => {
    const ring = new FrameRing(1024);
    expect(ring.push(Uint8Array.of(1, 2, 3, 4, 5), 1, 4, 9, 1)).toBe(true);
    expect(ring.next()).toBe(true);
    expect([...ring.bytes.subarray(ring.start, ring.end)]).toEqual([2, 3, 4]);
  });

  it('refuses and counts what does not fit, and takes frames again after space was given back', () => {
    const ring = new FrameRing(1024);
    let pushed = 0;
    while (ring.push(frame(100, 1), 0, 100, 1, pushed)) pushed++;
    expect(pushed).toBeGreaterThanOrEqual(7);
    expect(ring.push(frame(100, 2), 0, 100, 1, 0)).toBe(false);
    expect(ring.stats().refused).toBe(2);
    expect(ring.next()).toBe(true);
    ring.release();
    expect(ring.next()).toBe(true);
    ring.release();
    expect(ring.push(frame(100, 3), 0, 100, 1, 0)).toBe(true);
  });

  it('does not refuse a long frame for ever when an empty ring stands in its middle', () => {
    const ring = new FrameRing(1024);
    ring.push(frame(500, 1), 0, 500, 1, 0);
    ring.next();
    ring.release();
    expect(ring.push(frame(800, 2), 0, 800, 1, 0)).toBe(false);
    expect(ring.next()).toBe(false);
    expect(ring.push(frame(800, 3), 0, 800, 1, 0)).toBe(true);
    expect(ring.next()).toBe(true);
    expect(ring.end - ring.start).toBe(800);
    expect(ring.bytes[ring.start]).toBe(3);
    ring.release();
    expect(ring.next()).toBe(false);
  });

  it('hands every frame from one thread to another, whole and in order', async () => {
    const frames = 60_000;
    const ring = new FrameRing(16 * 1024);
    const url = new URL('./frame-ring.ts', import.meta.url).href;
    // The worker has no TypeScript loader: it is given the class's source with its types stripped by oxc.
    const { transform } = await import('oxc-transform');
    const { readFileSync } = await import('node:fs');
    const strip = async (href: string): Promise<string> => {
      const result = await transform(new URL(href).pathname, readFileSync(new URL(href), 'utf8'));
      return result.code;
    };
    const assertCode = (await strip(new URL('./assert.ts', import.meta.url).href)).replaceAll('export ', '');
    const ringCode = (await strip(url)).replace(/import .*?;/, '').replaceAll('export ', '');
    const code = `${assertCode}\n${ringCode}\n
      const { workerData, parentPort } = require('node:worker_threads');
      const ring = new FrameRing(workerData.buffer);
      let refused = 0;
      const bytes = new Uint8Array(900);
      for (let n = 0; n < workerData.frames; n++) {
        const length = (n * 7919) % 900;
        bytes.fill(n & 255, 0, length);
        while (!ring.push(bytes, 0, length, n, n * 0.5)) refused++;
      }
      parentPort.postMessage(refused);`;
    const worker = new Worker(code, { eval: true, workerData: { buffer: ring.buffer, frames } });
    const done = once(worker, 'message');
    let wrong = 0;
    for (let n = 0; n < frames;) {
      const seen = ring.doorbell();
      if (!ring.next()) {
        // The test thread may block here: Node allows Atomics.wait on its main thread.
        ring.wait(seen, 50);
        continue;
      }
      const length = (n * 7919) % 900;
      if (ring.tag !== n || ring.stampUs !== n * 0.5 || ring.end - ring.start !== length) wrong++;
      for (let i = ring.start; i < ring.end; i++) if (ring.bytes[i] !== (n & 255)) wrong++;
      ring.release();
      n++;
    }
    const [refused] = (await done) as [number];
    await worker.terminate();
    expect(wrong).toBe(0);
    expect(ring.stats()).toMatchObject({ pushed: frames, popped: frames, refused, usedBytes: 0 });
  });
});
