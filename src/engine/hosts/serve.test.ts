/** `drover serve` as the real processes: supervisor, engine process, sockets. Only the market is the small test one. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { FrameType, jsonFrame, PROTOCOL_VERSION, readJsonFrame } from '#protocol';
import { serve as command } from '../cli/commands/serve.ts';
import { parseOptions } from '../cli/main.ts';
import { bundleTestHosts } from '../testing/host-bundle.ts';
import { textCodec } from './gateway/text-frames.ts';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const bundleDir = path.join(root, 'node_modules/.cache', `host-tests-${process.pid}`);
let program: string;
let dir: string;
let running: ChildProcess[] = [];

beforeAll(async () => {
  ({ program } = await bundleTestHosts(bundleDir));
});
afterAll(() => rmSync(bundleDir, { recursive: true, force: true }));
beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'drover-serve-'));
});
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  running = [];
  await rm(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

interface Said {
  readonly url: string;
  readonly token: string;
  readonly port: number;
  readonly pid: number;
  readonly enginePid: number;
}
interface Run {
  readonly child: ChildProcess;
  readonly ended: Promise<{
    readonly code: number | null;
    readonly signal: NodeJS.Signals | null;
    readonly out: string;
    readonly err: string;
  }>;
  readonly said: Promise<Said>;
}

function serve(...args: string[]): Run {
  const child = spawn(process.execPath, [program, 'serve', '--json', '--symbols', '50', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  let out = '';
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null; out: string; err: string }>(
    (resolve) => child.once('close', (code, signal) => resolve({ code, signal, out, err })),
  );
  const said = new Promise<Said>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      if (out.includes('\n')) resolve(JSON.parse(out.slice(0, out.indexOf('\n'))) as Said);
    });
    void ended.then(({ err: why }) => reject(new Error(`ended early: ${why}`)));
  });
  said.catch(() => undefined);
  return { child, ended, said };
}

const here = (...args: string[]): Run => serve('--data-dir', dir, ...args);

async function health(said: Said): Promise<{ pid: number; epoch: string } | undefined> {
  try {
    const answer = await fetch(`http://127.0.0.1:${said.port}/healthz?token=${said.token}`);
    const body = (await answer.json()) as { state: string; pid: number; epoch: string };
    return body.state === 'running' ? body : undefined;
  } catch {
    return undefined;
  }
}

async function until<T>(what: () => Promise<T | undefined>, isGood: (value: T) => boolean): Promise<T> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const value = await what();
    if (value !== undefined && isGood(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it did not come about');
}

function isGone(pid: number): Promise<true> {
  return until(
    () => {
      try {
        process.kill(pid, 0);
        return Promise.resolve(undefined);
      } catch {
        return Promise.resolve(true as const);
      }
    },
    () => true,
  );
}

/** Says hello on a websocket and returns the welcome. */
function greet(said: Said): Promise<{ kind: string; epoch: string }> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${said.port}/link?token=${said.token}`);
    socket.once('open', () =>
      socket.send(jsonFrame(FrameType.control, { kind: 'hello', version: PROTOCOL_VERSION }, textCodec)),
    );
    socket.once('message', (data) => {
      resolve(readJsonFrame(new Uint8Array(data as Buffer), textCodec) as { kind: string; epoch: string });
      socket.close();
    });
    socket.once('error', reject);
  });
}

describe('serve', () => {
  it('says its address in one line, serves the engine, and ends in order on SIGTERM and SIGINT', async () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const run = here('--port', '0');
      const said = await run.said;
      expect(said.url).toBe(`http://127.0.0.1:${said.port}/?token=${said.token}`);
      expect(Buffer.from(said.token, 'base64url').length).toBe(32);
      expect(await greet(said)).toMatchObject({ kind: 'welcome' });
      run.child.kill(signal);
      const end = await run.ended;
      expect(end).toMatchObject({ code: 0, signal: null, err: '' });
      expect(end.out.trim().split('\n').length).toBe(1);
      await isGone(said.enginePid);
      expect(readdirSync(dir).filter((name) => name.includes('lock'))).toEqual([]);
    }
  });

  it('starts a killed engine again at the same address', async () => {
    const run = here();
    const said = await run.said;
    const before = await until(
      () => health(said),
      () => true,
    );
    process.kill(said.enginePid, 'SIGKILL');
    const after = await until(
      () => health(said),
      ({ pid }) => pid !== said.enginePid,
    );
    expect(after.epoch).not.toBe(before.epoch);
    expect(await greet(said)).toMatchObject({ epoch: after.epoch });
    run.child.kill('SIGTERM');
    expect((await run.ended).code).toBe(0);
  });

  it('leaves no engine behind when it is killed itself, and can be started again at once on the same folder and port', async () => {
    const first = here();
    const said = await first.said;
    first.child.kill('SIGKILL');
    await first.ended;
    const second = here('--port', String(said.port));
    expect((await second.said).port).toBe(said.port);
    await isGone(said.enginePid);
  });

  it('gives up on an engine that keeps ending', async () => {
    const run = here();
    const said = await run.said;
    let pid = said.enginePid;
    for (let crash = 0; crash < 5; crash++) {
      process.kill(pid, 'SIGKILL');
      if (crash < 4)
        ({ pid } = await until(
          () => health(said),
          (now) => now.pid !== pid,
        ));
    }
    const end = await run.ended;
    expect(end.code).toBe(1);
    expect(end.err).toContain('ended again and again');
    expect(end.err).not.toMatch(/^\s+at /mu);
  });

  it('refuses a taken port, a held folder and an unusable folder in one sentence', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    expect(await here('--port', String(port)).ended).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining(`port ${port} on 127.0.0.1 is in use`),
    });
    taken.close();
    const holder = here();
    const { enginePid } = await holder.said;
    expect(await here().ended).toMatchObject({ code: 1, err: expect.stringContaining(`process ${enginePid}`) });
    const file = path.join(dir, 'file');
    writeFileSync(file, '');
    const unusable = await serve('--data-dir', path.join(file, 'below')).ended;
    expect(unusable).toMatchObject({ code: 1, err: expect.stringContaining('cannot be used') });
    expect(unusable.err.trim().split('\n').length).toBe(1);
  });

  it('refuses once to start with damaged settings, and keeps them', async () => {
    writeFileSync(path.join(dir, 'settings.json'), '{"version":1,"theme"');
    const end = await here().ended;
    expect(end).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('settings.json is damaged; it was kept as'),
    });
    expect(end.err.trim().split('\n').length).toBe(1);
    const kept = readdirSync(dir).find((name) => name.startsWith('settings.corrupt-')) as string;
    expect(readFileSync(path.join(dir, kept), 'utf8')).toBe('{"version":1,"theme"');
    const again = here();
    await again.said;
    again.child.kill('SIGTERM');
    expect((await again.ended).code).toBe(0);
  });

  it.each([
    [2, ['--port', '70000'], '--port'],
    [2, ['--port', 'x'], '--port'],
    [2, ['--feed', 'bogus'], 'no feed'],
    [2, ['--feed', 'massive:http://x'], 'websocket address'],
    [2, ['--feed', 'replay:/tmp@2026-02-30'], 'no day'],
    [1, ['--feed', 'replay:/does/not/exist@2026-02-03'], 'does not exist'],
    [2, ['--broker', 'bogus'], 'no broker'],
    [1, ['--broker', 'ibkr:live'], 'real money'],
    [2, ['--speed', '0'], '--speed'],
    [2, ['--seed', '-1'], '--seed'],
    [2, ['--rate', '0'], '--rate'],
    [2, ['--symbols', '1', '--symbols', '2'], 'more than once'],
    [2, ['--host', '0.0.0.0'], '--allow-remote'],
    [2, ['--token', 'a b'], '--token'],
    [2, ['--unknown'], 'unknown option'],
  ] as const)('exits %i for %j', async (code, args, words) => {
    const context = { stdout: () => undefined, stderr: () => undefined, json: false, signal: AbortSignal.abort() };
    const run = async (): Promise<number> => command.run(parseOptions(command, ['--data-dir', dir, ...args]), context);
    await expect(run()).rejects.toMatchObject({
      name: code === 2 ? 'UsageError' : 'FailureError',
      message: expect.stringContaining(words),
    });
  });

  it('says nothing but one sentence and the right exit code for a mistake', async () => {
    const end = await here('--port', '70000').ended;
    expect(end).toMatchObject({
      code: 2,
      out: '',
      err: 'drover serve: --port wants a whole number from 0 to 65535.\n',
    });
  });
});
