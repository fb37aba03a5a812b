/** The kill switch in words: what a state means, and whether its work is over. Pure. */
import type { RiskValue } from '#protocol';

/** The words that let trading resume; the engine checks them, whatever a window believes. */
export const RESUME_WORDS = 'RESUME TRADING';

interface KillWords {
  readonly title: string;
  readonly text: string;
  readonly tone: 'work' | 'done' | 'left';
}

const WORDS: Readonly<Record<string, KillWords>> = {
  cancelling: { title: 'Cancelling every order', text: 'No entry is sent any more.', tone: 'work' },
  flattening: { title: 'Selling everything', text: 'No buy order is live. What is held is being sold.', tone: 'work' },
  verifying: {
    title: 'Asking the broker',
    text: 'Our books are flat. The broker is asked what it holds.',
    tone: 'work',
  },
  'flat-confirmed': {
    title: 'Flat, confirmed',
    text: 'The broker says the same: nothing is held and no order is out. Nothing is bought until you resume.',
    tone: 'done',
  },
  incomplete: {
    title: 'Not flat yet',
    text: 'Some of it could not be sold so far. The engine goes on trying; what is left stands below.',
    tone: 'left',
  },
};

export function killWords(state: string): KillWords {
  return WORDS[state] ?? { title: state, text: 'The engine is at work on it.', tone: 'work' };
}

export const KILL_STAGES = ['cancelling', 'flattening', 'verifying', 'flat-confirmed'] as const;

/** How far along it is, 0..3; an incomplete flattening is still at flattening. */
export function killStage(kill: Pick<RiskValue['kill'], 'state'>): number {
  const at = (KILL_STAGES as readonly string[]).indexOf(kill.state === 'incomplete' ? 'flattening' : kill.state);
  return Math.max(0, at);
}
