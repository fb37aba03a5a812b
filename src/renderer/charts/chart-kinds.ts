/** The kinds of bars a chart can be asked to show: so many trades each, or so long each. */

export interface ChartKind {
  readonly kind: 'tick' | 'time';
  /** Trades or seconds. */
  readonly size: number;
}

/** What strategies see, and what the engine keeps for every symbol. */
export const STANDARD_KIND: ChartKind = { kind: 'tick', size: 100 };

export const CHART_KINDS: readonly ChartKind[] = [
  { kind: 'tick', size: 20 },
  { kind: 'tick', size: 50 },
  STANDARD_KIND,
  { kind: 'tick', size: 200 },
  { kind: 'tick', size: 500 },
  { kind: 'time', size: 1 },
  { kind: 'time', size: 5 },
  { kind: 'time', size: 60 },
];

export const kindKey = ({ kind, size }: ChartKind): string => `${kind}-${size}`;

export function kindOf(key: string | null): ChartKind {
  return CHART_KINDS.find((kind) => kindKey(kind) === key) ?? STANDARD_KIND;
}

export const isStandard = (kind: ChartKind): boolean => kindKey(kind) === kindKey(STANDARD_KIND);

/** As in "a bar for every 100 trades". */
export function kindWords({ kind, size }: ChartKind): string {
  if (kind === 'tick') return `${size} trades`;
  return size % 60 === 0
    ? size === 60
      ? '1 minute'
      : `${size / 60} minutes`
    : size === 1
      ? '1 second'
      : `${size} seconds`;
}
