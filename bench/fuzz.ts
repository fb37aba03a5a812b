/**
 * Structured fuzzing of the frame decoder, for as long as you like: millions of mutated frames, no throw, no NaN, no hang,
 * every event the damage did not touch intact. `--frames N --seed N`.
 */
import { FailureError } from '../src/engine/cli/command.ts';
import { fuzzDecoder } from '../src/engine/feeds/decoder-fuzz.ts';
import { createRng } from '../src/engine/lib/rng.ts';
import { machineLine } from './harness/machine.ts';
import { readNumbers } from './harness/options.ts';

const ROUND = 100_000;

export async function run(args: string[]): Promise<void> {
  const { frames, seed } = readNumbers(args, { frames: 100_000, seed: 1 });
  console.log(machineLine());
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let done = 0;
  let events = 0;
  let garbled = 0;
  for (let round = 0; done < frames; round++) {
    const count = Math.min(ROUND, frames - done);
    const report = fuzzDecoder(createRng(`fuzz/${seed}/${round}`), count, (bytes) => decoder.decode(bytes));
    if ('reason' in report)
      throw new FailureError(`seed ${seed}, round ${round}: ${report.reason}\nframe: ${JSON.stringify(report.frame)}`);
    done += report.frames;
    events += report.events;
    garbled += report.garbled;
    if (done % 1_000_000 === 0 || done >= frames)
      console.log(`${done} frames, ${garbled} garbled, ${events} events, all as they must be (seed ${seed})`);
  }
}
