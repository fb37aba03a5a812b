/** Frames through the shared-memory ring between the socket's thread and the kernel. One thread does both ends in turn. */
import { FailureError } from '../src/engine/cli/command.ts';
import { FrameRing } from '../src/engine/lib/frame-ring.ts';
import { machineLine } from './harness/machine.ts';
import { measure, rateLine } from './harness/measure.ts';
import { readNumbers } from './harness/options.ts';

export async function run(args: string[]): Promise<void> {
  const { frames, bytes, capacity } = readNumbers(args, { frames: 1_000_000, bytes: 400, capacity: 1 << 22 });
  const ring = new FrameRing(capacity);
  const frame = new Uint8Array(bytes).fill(7);
  const work = (): number => {
    let seen = 0;
    for (let sent = 0; sent < frames; sent++) {
      while (!ring.push(frame, 0, bytes, 1, sent)) {
        while (ring.next()) {
          seen++;
          ring.release();
        }
      }
    }
    while (ring.next()) {
      seen++;
      ring.release();
    }
    return seen;
  };
  const check = (seen: number): void => {
    if (seen !== frames) throw new FailureError(`${seen} of ${frames} frames came out of the ring.`);
  };
  const measured = measure(work, check, { warmUps: 2, runs: 8 });
  console.log(machineLine());
  console.log(rateLine(`ring, ${bytes} bytes a frame`, frames, 'frames', measured));
}
