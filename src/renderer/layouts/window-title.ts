/** The title of a window: what the task bar and the window list must say about money, then what the window shows. Pure. */
import type { HealthValue, WindowRole } from '#protocol';

const ROLE_WORDS: Readonly<Record<WindowRole, string>> = {
  workstation: 'Drover',
  'market-wall': 'Market wall',
  'charts-wall': 'Charts wall',
  'trades-wall': 'Trades wall',
  panel: 'Drover',
  status: 'Drover in the background',
};

export interface TitleFacts {
  readonly health: HealthValue | null;
  readonly link: string;
  readonly openPositions: number | null;
  readonly role: WindowRole;
  /** The panel in front, for popped out ones. */
  readonly panel: string;
}

export function windowTitle({ health, link, openPositions, role, panel }: TitleFacts): string {
  const name = role === 'panel' && panel !== '' ? `${panel} - Drover` : ROLE_WORDS[role];
  if (health === null) return `${name} - ${link}`;
  const { broker, isAuto } = health;
  const money = broker.isLive ? `LIVE ${broker.account}`.trim() : 'PAPER';
  const parts = [
    money,
    isAuto ? 'AUTO' : 'auto off',
    ...(openPositions !== null && openPositions > 0 ? [`${openPositions} open`] : []),
    // A title that looks alive while nothing arrives would lie.
    ...(link === 'live' ? [] : [link.toUpperCase()]),
  ];
  return `${parts.join(' · ')} - ${name}`;
}
