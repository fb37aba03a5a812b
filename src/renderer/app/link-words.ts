/** What the state of the link means, in words: what happened, what it means for open positions, what to do. Pure. */
import type { LinkState, LinkStatus } from '../link/engine-link.ts';

export interface LinkWords {
  /** One line for a tooltip. */
  readonly explain: string;
  /** A banner, or null when nothing needs saying. */
  readonly banner: {
    readonly tone: 'quiet' | 'warn' | 'danger';
    readonly title: string;
    readonly text: string;
    readonly action: 'retry' | 'reload' | null;
  } | null;
}

/** True as long as the engine lives: exits do not need a window. */
const EXITS_RUN = 'The engine goes on watching open positions without this window; exits still fire.';
/** A lost or silent connection does not tell whether the engine lives, so neither may these words. */
const EXITS_UNKNOWN =
  'If the engine still runs, exits fire without this window. If it ended, it takes open positions up again when it is back, exits first; orders already at the broker stay there.';

const WORDS: Readonly<Record<LinkState, (status: LinkStatus) => LinkWords>> = {
  live: () => ({ explain: 'Connected; figures are current.', banner: null }),
  connecting: (status) => ({
    explain: 'Connecting to the engine for the first time.',
    banner:
      status.attempt > 2
        ? { tone: 'quiet', title: 'Connecting to the engine', text: status.message, action: 'retry' }
        : null,
  }),
  stale: (status) => ({
    explain: 'Connected, but nothing has arrived for over two seconds. Figures are old.',
    banner: {
      tone: 'warn',
      title: 'Figures are old',
      text: `${status.message} What you see is the last that came. ${EXITS_UNKNOWN}`,
      action: null,
    },
  }),
  reconnecting: (status) => ({
    explain: 'The engine is being sought again. Figures are old.',
    banner: {
      tone: 'warn',
      title: 'Reconnecting to the engine',
      text: `${status.message} ${EXITS_UNKNOWN}`,
      action: 'retry',
    },
  }),
  stopped: (status) => ({
    explain: 'The engine is stopped and will not come back by itself.',
    banner: {
      tone: 'danger',
      title: 'The engine is stopped',
      text: `${status.message} Nothing watches open positions now: their exits do not fire until it runs again. Start it, or close them with the broker.`,
      action: 'retry',
    },
  }),
  'version-mismatch': (status) => ({
    explain: 'This window and the engine are of different versions.',
    banner: {
      tone: 'danger',
      title: 'This window is of another version than the engine',
      text: `${status.message} ${EXITS_RUN} Reload the window to get the version that fits.`,
      action: 'reload',
    },
  }),
};

const REFUSED = (status: LinkStatus): LinkWords => ({
  explain: 'The engine runs, but does not let this page in.',
  banner: {
    tone: 'danger',
    title: 'The engine does not let this page in',
    text: `${status.message} ${EXITS_RUN}`,
    action: 'retry',
  },
});

export function describeLink(status: LinkStatus): LinkWords {
  if (status.isRefused) return REFUSED(status);
  return WORDS[status.state](status);
}
