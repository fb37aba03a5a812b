/** The text after `--feed`, parsed: sim | massive | massive:ws://host:port | replay:DIR@DAY | scaled:DIR@DAY. */
import type { FeedSpec } from '../../ports/feed.ts';

export const MASSIVE_URL = 'wss://socket.massive.com/stocks';
export const MASSIVE_REST_URL = 'https://api.massive.com';

export interface FeedSettings {
  readonly seed: number;
  readonly speed: number;
  readonly symbols: number;
  readonly rate: number | null;
}

/** The spec, or one sentence saying what is wrong with it. */
export function parseFeedSpec(text: string, settings: FeedSettings): FeedSpec | string {
  if (text === 'sim') return { kind: 'sim', ...settings };
  if (text === 'massive') return { kind: 'massive', url: MASSIVE_URL, restUrl: MASSIVE_REST_URL };
  if (text.startsWith('massive:')) {
    const address = text.slice('massive:'.length);
    const url = URL.canParse(address) ? new URL(address) : null;
    if (url === null || (url.protocol !== 'ws:' && url.protocol !== 'wss:'))
      return `feed '${text}' needs a websocket address, for example massive:ws://127.0.0.1:8700.`;
    const rest = `${url.protocol === 'wss:' ? 'https' : 'http'}://${url.host}`;
    return { kind: 'massive', url: url.href, restUrl: rest };
  }
  const recorded = /^(replay|scaled):/.exec(text)?.[1];
  if (recorded !== undefined) {
    const match = /^(?:replay|scaled):(.+)@(\d{4}-\d{2}-\d{2})$/.exec(text);
    if (match === null) return `feed '${text}' must be written ${recorded}:FOLDER@YYYY-MM-DD.`;
    const { speed, symbols, rate } = settings;
    const day = { kind: 'replay', dir: match[1] as string, day: match[2] as string, speed } as const;
    return recorded === 'replay' ? day : { ...day, scaled: { symbols, rate } };
  }
  return `there is no feed '${text}'; use sim, massive, massive:ws://HOST:PORT replay:FOLDER@YYYY-MM-DD or scaled:FOLDER@YYYY-MM-DD.`;
}
