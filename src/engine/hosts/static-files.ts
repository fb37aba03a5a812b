/** The built renderer as answers to requests, the same for the browser host and for the desktop's own scheme. */
import { readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.wav': 'audio/wav',
  '.mp3': 'audio/mpeg',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
};

export interface StaticFile {
  readonly bytes: Buffer;
  readonly type: string;
  /** Content-hashed names may be kept for ever; everything else is asked for each time. */
  readonly isImmutable: boolean;
}

/**
 * The file of a URL path below `root`, or undefined: unknown types, folders, hidden files, and whatever lies outside of
 * `root` (by dots, encodings or links) do not exist.
 */
export function readStaticFile(root: string, urlPath: string): StaticFile | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(urlPath);
  } catch {
    return undefined;
  }
  if (!decoded.startsWith('/') || decoded.includes('\0') || decoded.includes('\\')) return undefined;
  const parts = decoded.slice(1).split('/');
  if (parts.some((part) => part.startsWith('.') || part.includes(':'))) return undefined;
  const relative = decoded === '/' ? 'index.html' : parts.join('/');
  const type = TYPES[path.extname(relative).toLowerCase()];
  if (type === undefined || relative === '') return undefined;
  try {
    const realRoot = realpathSync(root);
    const file = realpathSync(path.join(realRoot, relative));
    if (!file.startsWith(realRoot + path.sep) || !statSync(file).isFile()) return undefined;
    return {
      bytes: readFileSync(file),
      type,
      isImmutable: relative.startsWith('assets/') && !type.startsWith('text/html'),
    };
  } catch {
    return undefined;
  }
}

/**
 * What a page of ours may load: its own files and nothing else. Neither scripts nor styles may be inline; what the grid and
 * the docking layout position they set property by property, which no policy minds. `connect` names the engine's websocket.
 */
export function contentSecurityPolicy(connect: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "media-src 'self'",
    `connect-src ${connect}`,
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; ');
}

/** Headers of every answer, whatever it carries. */
export function securityHeaders(connect: string): Readonly<Record<string, string>> {
  return {
    'content-security-policy': contentSecurityPolicy(connect),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy':
      'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=(), payment=(), display-capture=()',
  };
}
