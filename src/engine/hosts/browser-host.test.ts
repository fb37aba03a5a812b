/** What the browser host says to connections that send no proper request. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { endBadClient } from './browser-host.ts';

/** Everything that comes back on a connection that sends `bytes`, until the server ends it. */
async function answerTo(bytes: string): Promise<string> {
  const server = createServer({ headersTimeout: 40, requestTimeout: 40, connectionsCheckingInterval: 10 });
  server.on('clientError', endBadClient);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await new Promise<string>((resolve, reject) => {
      let heard = '';
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
      socket.on('data', (chunk) => (heard += chunk.toString()));
      socket.on('error', reject);
      socket.on('close', () => resolve(heard));
      if (bytes !== '') socket.write(bytes);
    });
  } finally {
    server.close();
  }
}

describe('connections without a proper request', () => {
  it('ends one a browser opened ahead of need without a word: the next request would take it for its answer', async () => {
    expect(await answerTo('')).toBe('');
  });

  it('ends one that never finishes its request without a word', async () => {
    expect(await answerTo('GET / HTTP/1.1\r\nHost: x\r\n')).toBe('');
  });

  it('answers garbage with 400', async () => {
    expect(await answerTo('\0\0garbage\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /u);
  });
});
