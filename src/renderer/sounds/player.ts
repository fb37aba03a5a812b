/** Plays the tones with the browser's own synthesiser: no sound files. Opened at the first sound, because a page must not before. */
import type { AlertKind } from '../notify/alert-settings.ts';
import { TONES } from './tones.ts';

const ATTACK_S = 0.008;
const RELEASE_S = 0.05;
const PEAK = 0.22;

export interface SoundPlayer {
  /** False when this machine cannot, or the page was not touched yet and the browser keeps it silent. */
  play(kind: AlertKind, volume: number): boolean;
}

export function createSoundPlayer(): SoundPlayer {
  let context: AudioContext | undefined;
  return {
    play: (kind, volume) => {
      if (volume <= 0 || typeof AudioContext === 'undefined') return false;
      context ??= new AudioContext();
      if (context.state === 'suspended') void context.resume();
      for (const { hertz, startMs, lengthMs } of TONES[kind]) {
        const at = context.currentTime + startMs / 1000;
        const end = at + lengthMs / 1000;
        const oscillator = context.createOscillator();
        const gain = context.createGain();
        oscillator.type = 'triangle';
        oscillator.frequency.value = hertz;
        // Ramps instead of steps: a step clicks.
        gain.gain.setValueAtTime(0, at);
        gain.gain.linearRampToValueAtTime(PEAK * volume, at + ATTACK_S);
        gain.gain.setValueAtTime(PEAK * volume, Math.max(at + ATTACK_S, end - RELEASE_S));
        gain.gain.linearRampToValueAtTime(0, end);
        oscillator.connect(gain).connect(context.destination);
        oscillator.start(at);
        oscillator.stop(end);
      }
      return context.state !== 'suspended';
    },
  };
}
