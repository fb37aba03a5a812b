/** What each kind of alert sounds like: short tones, rising for good news, falling for bad, low and doubled for danger. */
import type { AlertKind } from '../notify/alert-settings.ts';

export interface Tone {
  readonly hertz: number;
  readonly startMs: number;
  readonly lengthMs: number;
}

const tone = (hertz: number, startMs: number, lengthMs: number): Tone => ({ hertz, startMs, lengthMs });

export const TONES: Readonly<Record<AlertKind, readonly Tone[]>> = {
  fill: [tone(880, 0, 60)],
  target: [tone(659, 0, 80), tone(988, 90, 140)],
  stop: [tone(659, 0, 80), tone(440, 90, 160)],
  halt: [tone(523, 0, 120), tone(523, 180, 120)],
  feed: [tone(392, 0, 180), tone(294, 200, 260)],
  risk: [tone(440, 0, 140), tone(440, 200, 140), tone(330, 400, 240)],
  broker: [tone(349, 0, 180), tone(262, 200, 260)],
  strategy: [tone(587, 0, 90), tone(494, 110, 140)],
  engine: [tone(262, 0, 220), tone(262, 280, 220), tone(196, 560, 320)],
};
