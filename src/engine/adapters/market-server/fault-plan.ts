/**
 * What a market server is told to do wrong: `drop@30s,stall=5s@60s,garbage=0.001,missing-ack=Q,slow-kill=1mb`. Timed faults
 * count from the first client that authenticated and happen once each; the rest applies all the time. The full grammar is
 * in docs/specs/market-server.md.
 */
export interface FaultPlan {
  readonly timed: readonly TimedFault[];
  /** Chance per frame of each kind of damage. */
  readonly garbage: number;
  readonly truncate: number;
  readonly duplicate: number;
  readonly reorder: number;
  /** Channels whose subscriptions are neither acknowledged nor served. */
  readonly missingAck: readonly string[];
  readonly authFail: boolean;
  /** At the limit of one connection: refuse the newcomer, or close the older one. */
  readonly maxConnections: 'new' | 'old' | null;
  /** Bytes a client may leave unread before it is killed. */
  readonly slowKillBytes: number | null;
}

export type TimedFault =
  | { readonly kind: 'drop'; readonly atMs: number }
  | { readonly kind: 'half-open'; readonly atMs: number }
  | { readonly kind: 'stall'; readonly atMs: number; readonly forMs: number }
  | { readonly kind: 'max-connections'; readonly atMs: number };

export const NO_FAULTS: FaultPlan = {
  timed: [],
  garbage: 0,
  truncate: 0,
  duplicate: 0,
  reorder: 0,
  missingAck: [],
  authFail: false,
  maxConnections: null,
  slowKillBytes: null,
};

type Draft = { -readonly [K in keyof FaultPlan]: FaultPlan[K] };

/** The plan, or one sentence saying what is wrong with the text. */
export function parseFaults(text: string): FaultPlan | string {
  const plan: Draft = { ...NO_FAULTS };
  for (const part of text.split(',').map((piece) => piece.trim())) {
    if (part === '') continue;
    const match = /^([a-z-]+)(?:=([^@]+))?(?:@(.+))?$/.exec(part);
    if (match === null) return `fault '${part}' is not of the form NAME[=VALUE][@TIME].`;
    const problem = addFault(plan, match[1] as string, match[2], match[3]);
    if (problem !== null) return `fault '${part}': ${problem}`;
  }
  return plan;
}

function addFault(plan: Draft, name: string, value: string | undefined, at: string | undefined): string | null {
  const atMs = at === undefined ? null : durationMs(at);
  if (at !== undefined && atMs === null) return `'${at}' is no time; write 30s, 500ms or 2m.`;
  switch (name) {
    case 'drop':
    case 'half-open':
      if (atMs === null) return 'it needs a time, for example drop@30s.';
      plan.timed = [...plan.timed, { kind: name, atMs }];
      return null;
    case 'stall': {
      const forMs = value === undefined ? null : durationMs(value);
      if (atMs === null || forMs === null) return 'it needs a length and a time, for example stall=5s@60s.';
      plan.timed = [...plan.timed, { kind: 'stall', atMs, forMs }];
      return null;
    }
    case 'garbage':
    case 'truncate':
    case 'duplicate':
    case 'reorder': {
      const chance = Number(value);
      if (!(chance >= 0 && chance <= 1))
        return 'it needs a chance per frame between 0 and 1, for example garbage=0.001.';
      plan[name] = chance;
      return null;
    }
    case 'missing-ack':
      if (value === undefined) return 'it needs a channel, for example missing-ack=Q.';
      plan.missingAck = [...plan.missingAck, value];
      return null;
    case 'auth-fail':
      plan.authFail = true;
      return null;
    case 'max-connections':
      if (atMs !== null) plan.timed = [...plan.timed, { kind: 'max-connections', atMs }];
      else if (value === undefined || value === 'new' || value === 'old') plan.maxConnections = value ?? 'new';
      else return "its value is 'new' (refuse the newcomer) or 'old' (close the older one).";
      return null;
    case 'slow-kill': {
      const bytes = value === undefined ? null : sizeBytes(value);
      if (bytes === null) return 'it needs a size, for example slow-kill=1mb.';
      plan.slowKillBytes = bytes;
      return null;
    }
    default:
      return 'there is no such fault; there are drop, half-open, stall, garbage, truncate, duplicate, reorder, missing-ack, auth-fail, max-connections and slow-kill.';
  }
}

function durationMs(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text);
  if (match === null) return null;
  return Number(match[1]) * (match[2] === 'ms' ? 1 : match[2] === 's' ? 1000 : 60_000);
}

function sizeBytes(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)(b|kb|mb)?$/.exec(text.toLowerCase());
  if (match === null) return null;
  return Math.floor(Number(match[1]) * (match[2] === 'mb' ? 1 << 20 : match[2] === 'kb' ? 1024 : 1));
}
