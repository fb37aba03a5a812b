/** Who gets in to the browser host, asked the way an attacker would ask. */
import { request as httpRequest } from 'node:http';
import { expect, test } from 'playwright/test';
import { WebSocket } from 'ws';
import type { Served } from '../hosts/web-host.ts';
import { serve, stopServing } from '../hosts/web-host.ts';
import { makeDataDir, removeDataDir } from '../hosts/host.ts';

let dataDir: string;
let served: Served;

/** One program answers every question of this file: what it was asked before must not matter. */
test.beforeAll(async () => {
  dataDir = await makeDataDir();
  served = await serve({ dataDir, args: ['--symbols', '100'] });
});

test.afterAll(async () => {
  expect(await stopServing(served)).toBe(0);
  await removeDataDir(dataDir);
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

function ask(port: number, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, path, headers }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    request.once('error', reject);
    request.end();
  });
}

function tryLink(port: number, path: string, headers: Record<string, string> = {}): Promise<'open' | number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
    socket.once('open', () => {
      resolve('open');
      socket.terminate();
    });
    socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.once('error', reject);
  });
}

test('a page needs the token once and the cookie afterwards', async () => {
  const { port, token } = served;
  for (const path of ['/', '/index.html', '/healthz', '/?token=', '/?token=wrong', `/?token=${token}x`]) {
    expect((await ask(port, path)).status, path).toBe(401);
  }
  const first = await ask(port, `/?token=${token}`);
  expect(first.status).toBe(200);
  const cookie = String(first.headers['set-cookie']);
  expect(cookie).toContain(`drover-${port}=`);
  for (const attribute of ['HttpOnly', 'SameSite=Strict', 'Path=/']) expect(cookie).toContain(attribute);
  expect((await ask(port, '/', { cookie: cookie.split(';')[0] as string })).status).toBe(200);
  expect((await ask(port, '/', { cookie: `drover-${port}=wrong` })).status).toBe(401);
  expect(first.headers['content-security-policy']).toContain("default-src 'none'");
  expect(first.headers['content-security-policy']).not.toContain('unsafe');
  expect(first.headers['x-content-type-options']).toBe('nosniff');
  expect(first.headers['cache-control']).toBe('no-store');
  expect(first.headers['cross-origin-opener-policy']).toBe('same-origin');
  expect(first.headers['cross-origin-resource-policy']).toBe('same-origin');
});

test('another host name, a foreign origin and paths that leave the folder are refused', async () => {
  const { port, token } = served;
  const key = `?token=${token}`;
  expect((await ask(port, `/${key}`, { host: `evil.example:${port}` })).status).toBe(403);
  expect((await ask(port, `/${key}`, { host: '127.0.0.1' })).status).toBe(403);
  expect((await ask(port, `/${key}`, { origin: 'http://evil.example' })).status).toBe(403);
  expect((await ask(port, `/${key}`, { origin: 'null' })).status).toBe(403);
  expect((await ask(port, `/${key}`, { origin: `http://127.0.0.1:${port}` })).status).toBe(200);
  for (const path of [
    '/../package.json',
    '/..%2fpackage.json',
    '/%2e%2e/package.json',
    '/assets/../../package.json',
    '/..\\package.json',
    '/%00',
    '/.env',
    '//etc/passwd',
    '/etc/passwd',
  ]) {
    const answer = await ask(port, `${path}${key}`);
    expect([400, 404], path).toContain(answer.status);
    expect(answer.body).not.toContain('"drover"');
  }
});

test('a websocket needs the secret, its own origin, and the right path', async () => {
  const { port, token } = served;
  const origin = `http://127.0.0.1:${port}`;
  const cookie = `drover-${port}=${token}`;
  expect(await tryLink(port, `/link?token=${token}`)).toBe('open');
  expect(await tryLink(port, '/link', { origin, cookie })).toBe('open');
  expect(await tryLink(port, '/link?token=wrong')).toBe(401);
  expect(await tryLink(port, '/link')).toBe(401);
  expect(await tryLink(port, '/link', { origin })).toBe(401);
  // Without an Origin it is no browser: the cookie alone does not count.
  expect(await tryLink(port, '/link', { cookie })).toBe(401);
  expect(await tryLink(port, '/link', { origin: 'http://evil.example', cookie })).toBe(403);
  expect(await tryLink(port, `/link?token=${token}`, { origin: 'http://evil.example' })).toBe(403);
  expect(await tryLink(port, `/link?token=${token}`, { host: `evil.example:${port}` })).toBe(403);
  expect(await tryLink(port, `/other?token=${token}`)).toBe(404);
});
