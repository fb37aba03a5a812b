/**
 * Who may talk to the browser host. Three questions, in this order: is the request meant for this address (Host, against
 * DNS rebinding), does it come from a page of this address (Origin), and does it know the secret (token or cookie).
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import os from 'node:os';

export interface AccessOptions {
  /** The address the server is bound to, as given to listen. */
  readonly host: string;
  readonly port: number;
  readonly token: string;
}

export interface RequestHead {
  readonly url: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly cookie: string | undefined;
}

export type Access =
  | {
      readonly ok: true;
      readonly path: string;
      /** The secret came in the address: set the cookie. */ readonly byToken: boolean;
    }
  | { readonly ok: false; readonly status: 400 | 401 | 403; readonly reason: string };

export interface AccessControl {
  /** `isUpgrade`: a websocket wants to open, which browsers let any page try. */
  check(head: RequestHead, isUpgrade: boolean): Access;
  /** The Set-Cookie value after a request with the token. */
  readonly setCookie: string;
  /** What pages may connect to, for their content security policy. */
  readonly connect: string;
}

export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** True for a text that may stand in a URL and a cookie as it is. */
export function isTokenText(text: string): boolean {
  return /^[A-Za-z0-9._~-]{1,256}$/u.test(text);
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/u.test(host);
}

/** A host as it stands in a URL. */
export function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

export function createAccessControl(options: AccessOptions): AccessControl {
  const { port, token } = options;
  const cookieName = `drover-${port}`;
  const hosts = new Set(addressesOf(options.host).map((host) => `${urlHost(host)}:${port}`));
  const isSecret = secretCheck(token);
  return {
    setCookie: `${cookieName}=${token}; HttpOnly; SameSite=Strict; Path=/`,
    connect: ["'self'", ...[...hosts].map((host) => `ws://${host}`)].join(' '),
    check: (head, isUpgrade) => {
      const host = head.host?.toLowerCase();
      if (host === undefined || !hosts.has(host)) return { ok: false, status: 403, reason: 'wrong host' };
      if (head.origin !== undefined && head.origin.toLowerCase() !== `http://${host}`)
        return { ok: false, status: 403, reason: 'foreign origin' };
      const url =
        URL.canParse(head.url, 'http://drover') && head.url.startsWith('/')
          ? new URL(head.url, 'http://drover')
          : undefined;
      // A path such as //elsewhere parses as another host.
      if (url === undefined || url.host !== 'drover') return { ok: false, status: 400, reason: 'bad address' };
      const offered = url.searchParams.get('token');
      if (offered !== null) {
        return isSecret(offered)
          ? { ok: true, path: url.pathname, byToken: true }
          : { ok: false, status: 401, reason: 'wrong token' };
      }
      const isCookieGood = cookieValues(head.cookie, cookieName).some((value) => isSecret(value));
      // Without an Origin it is no browser; such a client shows the token itself and has no business with a cookie.
      if (isCookieGood && !(isUpgrade && head.origin === undefined))
        return { ok: true, path: url.pathname, byToken: false };
      return { ok: false, status: 401, reason: 'no token' };
    },
  };
}

/** Compares in the same time whatever is wrong with the guess, also its length. */
function secretCheck(secret: string): (guess: string) => boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const expected = digest(secret);
  return (guess) => timingSafeEqual(digest(guess), expected);
}

function cookieValues(header: string | undefined, name: string): readonly string[] {
  if (header === undefined) return [];
  return header
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(`${name}=`))
    .map((part) => part.slice(name.length + 1));
}

/** The names a request may use for us: the bound address; for a wildcard every address of this machine and its name. */
function addressesOf(host: string): readonly string[] {
  if (host !== '0.0.0.0' && host !== '::') return [host.toLowerCase()];
  const own = Object.values(os.networkInterfaces()).flatMap((list) =>
    (list ?? []).map((entry) => entry.address.toLowerCase()),
  );
  return [...new Set([...own, 'localhost', os.hostname().toLowerCase()])];
}
