/** What only the desktop host does: a page without powers, windows that come back, an engine that is watched over. */
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'playwright/test';
import type { ElectronHost } from '../hosts/electron-host.ts';
import { electronArguments, electronHost, electronProgram, enginePid } from '../hosts/electron-host.ts';
import { isAlive, withDataDir } from '../hosts/host.ts';
import { sharedDesktop } from '../hosts/shared-desktop.ts';

const SMALL = ['--symbols=200'];

/** A start of one's own, for what ends the program or needs its data folder. */
async function ownDesktop(use: (host: ElectronHost, dataDir: string) => Promise<void>): Promise<void> {
  await withDataDir(async (dataDir) => {
    const host = await electronHost({ dataDir, args: SMALL });
    try {
      await use(host, dataDir);
    } finally {
      await host.close();
    }
  });
}

/** Starting takes a second or two; a loaded machine gets time, a start that does not end is killed and said. */
const RUN_WITHIN_MS = 60_000;

/** Runs the program to its end and says what it said; code null: it had to be killed. */
function runToEnd(dataDir: string, args: readonly string[]): Promise<{ code: number | null; errors: string }> {
  return new Promise((resolve, reject) => {
    const program = electronProgram();
    if (program === undefined) return reject(new Error('no Electron'));
    const child = spawn(program, electronArguments({ dataDir, args }), { stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    const killer = setTimeout(() => child.kill('SIGKILL'), RUN_WITHIN_MS);
    child.once('error', reject);
    // 'close', not 'exit': what it said may still be on its way.
    child.once('close', (code) => {
      clearTimeout(killer);
      resolve({
        code,
        errors: errors
          .split('\n')
          .filter((line) => line.startsWith('drover:'))
          .join('\n'),
      });
    });
  });
}

test.describe('a window and what it may ask for', () => {
  const desktop = sharedDesktop(SMALL);

  test('a page has no Node, no windows, no navigation, no permissions, no network, no eval', async () => {
    const { page, app, faults } = desktop();
    const powers = await page.evaluate(async () => {
      const attempt = async (what: () => unknown): Promise<string> => {
        try {
          return String(await what());
        } catch (error) {
          return `refused: ${(error as Error).name}`;
        }
      };
      return {
        address: location.href,
        node: [
          typeof (globalThis as Record<string, unknown>)['process'],
          typeof (globalThis as Record<string, unknown>)['require'],
          typeof (globalThis as Record<string, unknown>)['Buffer'],
        ],
        opened: await attempt(() => window.open('https://example.com')),
        fetched: await attempt(() => fetch('https://example.com')),
        outside: await attempt(async () => (await fetch('drover://app/../../package.json')).status),
        file: await attempt(() => fetch('file:///etc/passwd')),
        // oxlint-disable-next-line typescript/no-implied-eval -- proves that the page's policy forbids it
        evaluated: await attempt(() => new Function('return 1')()),
        // A style in the markup is refused; whether it is applied says so.
        styled: await attempt(() => {
          document.body.insertAdjacentHTML('beforeend', '<i id="styled" style="position: fixed"></i>');
          const styled = document.getElementById('styled') as HTMLElement;
          const { position } = getComputedStyle(styled);
          styled.remove();
          return position;
        }),
        notification: await attempt(() => Notification.requestPermission()),
        location: await attempt(
          () =>
            new Promise((resolve, reject) =>
              navigator.geolocation.getCurrentPosition(resolve, () => reject(new Error('denied'))),
            ),
        ),
        bridgeIsFrozen: await attempt(() => Object.isFrozen((window as unknown as { drover: object }).drover)),
      };
    });
    expect(powers.address).toBe('drover://app/');
    expect(powers.node).toEqual(['undefined', 'undefined', 'undefined']);
    expect(powers.opened).toBe('null');
    expect(powers.fetched).toMatch(/^refused/u);
    expect(powers.outside).toMatch(/^(404|refused.*)$/u);
    expect(powers.file).toMatch(/^refused/u);
    expect(powers.evaluated).toMatch(/^refused: EvalError/u);
    expect(powers.styled).toBe('static');
    expect(powers.notification).toBe('denied');
    expect(powers.location).toMatch(/^refused/u);
    expect(powers.bridgeIsFrozen).toBe('true');
    await page.evaluate(() => {
      location.href = 'https://example.com/';
    });
    await page.waitForTimeout(300);
    expect(page.url()).toBe('drover://app/');
    const preferences = await app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().map((window) =>
        (window.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> }).getLastWebPreferences(),
      ),
    );
    expect(preferences.length).toBe(1);
    expect(preferences[0]).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      webSecurity: true,
    });
    // What the page tried above is on its console, and would have failed any other journey.
    await expect(async () => expect(() => faults.check()).toThrow(/style-src|style/u)).toPass();
    faults.forget();
  });

  test('messages that are not ours change nothing', async () => {
    const { app, page } = desktop();
    const before = await enginePid(page);
    const windows = await app.evaluate(({ BrowserWindow, ipcMain }) => {
      const [window] = BrowserWindow.getAllWindows();
      const sender = window?.webContents;
      const emit = (event: unknown, message: unknown): void => void ipcMain.emit('drover:ask', event, message);
      // A frame of another page, no frame, and our own page talking nonsense.
      emit(
        { sender, senderFrame: { url: 'https://example.com/' } },
        { kind: 'open-window', role: 'workstation', layout: '' },
      );
      emit({ sender, senderFrame: null }, { kind: 'open-window', role: 'workstation', layout: '' });
      for (const message of [
        null,
        'x',
        {},
        { kind: 'open-window', role: 'admin', layout: '' },
        { kind: 'open-window', role: 'status', layout: '' },
        { kind: 'open-window', role: 'panel', layout: '{not json' },
        { kind: 'open-window', role: 'workstation', layout: '', extra: 1 },
        { kind: 'save-layout', layout: 'x'.repeat(300_000) },
        { kind: 'set-role', role: 'status' },
        { kind: 'report', panels: [{ kind: 1 }], density: 'dense', palette: 'standard' },
        { kind: 'port', nonce: 'short' },
        { kind: '__proto__' },
      ]) {
        emit({ sender, senderFrame: sender?.mainFrame }, message);
      }
      return BrowserWindow.getAllWindows().length;
    });
    expect(windows).toBe(1);
    expect(await enginePid(page)).toBe(before);
  });
});

test('windows come back where they were, and a damaged file is kept aside', () =>
  withDataDir(async (dataDir) => {
    const first = await electronHost({ dataDir, args: SMALL });
    await first.openSecond();
    const placed = await first.app.evaluate(({ BrowserWindow }) => {
      const windows = BrowserWindow.getAllWindows().toSorted((a, b) => a.id - b.id);
      windows[0]?.setBounds({ x: 10, y: 20, width: 800, height: 600 });
      windows[1]?.setBounds({ x: 300, y: 200, width: 700, height: 500 });
      return windows.map((window) => window.getBounds());
    });
    await first.page.waitForTimeout(1_000);
    await first.close();
    const second = await electronHost({ dataDir, args: SMALL });
    await expect(async () => {
      const again = await second.app.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()
          .toSorted((a, b) => a.id - b.id)
          .map((window) => window.getBounds()),
      );
      expect(again).toEqual(placed);
    }).toPass({ timeout: 10_000 });
    await second.close();
    writeFileSync(path.join(dataDir, 'layouts.json'), '{"version":1,"sets":[{"displays":');
    writeFileSync(path.join(dataDir, 'settings.json'), '{"version":1,"theme":"dark"}');
    const third = await electronHost({ dataDir, args: SMALL });
    expect(
      await third.app.evaluate(({ BrowserWindow, nativeTheme }) => [
        BrowserWindow.getAllWindows().length,
        nativeTheme.themeSource,
      ]),
    ).toEqual([1, 'dark']);
    await third.close();
    const aside = readdirSync(dataDir).filter((name) => name.startsWith('layouts.corrupt-'));
    expect(aside.length).toBe(1);
    expect(readFileSync(path.join(dataDir, aside[0] as string), 'utf8')).toBe('{"version":1,"sets":[{"displays":');
  }));

test('a second start brings the first to the front and ends; a held folder and bad options are refused in one sentence', () =>
  ownDesktop(async ({ app }, dataDir) => {
    // Seven starts of the whole program.
    test.setTimeout(180_000);
    const again = await runToEnd(dataDir, SMALL);
    expect(again).toEqual({ code: 0, errors: expect.stringContaining('open on this data folder already') });
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
    const elsewhere = path.join(dataDir, 'other');
    mkdirSync(elsewhere);
    for (const [args, code, words] of [
      [['--nonsense'], 2, "unknown option '--nonsense'"],
      [['--feed=bogus'], 2, "no feed 'bogus'"],
      [['--broker=ibkr:live'], 1, 'real money'],
      [['--symbols=0'], 2, '--symbols'],
    ] as const) {
      const refused = await runToEnd(elsewhere, args);
      expect(refused.code, words).toBe(code);
      expect(refused.errors).toContain(words);
      expect(refused.errors.split('\n').filter((line) => !line.includes('sandbox')).length).toBe(1);
    }
    expect(await runToEnd('/dev/null/x', [])).toEqual({ code: 1, errors: expect.stringContaining('cannot be used') });
  }));

test('an engine that keeps crashing ends in a clear state, can be started again, and is gone after quitting', () =>
  withDataDir(async (dataDir) => {
    // Six starts of the engine, with the supervisor's pauses between them.
    test.setTimeout(240_000);
    const { app, page } = await electronHost({ dataDir, args: SMALL });
    const states = await page.evaluateHandle(() => {
      const seen: string[] = [];
      (
        window as unknown as { drover: { onEngineState(listener: (state: { kind: string }) => void): void } }
      ).drover.onEngineState((state) => seen.push(state.kind));
      return seen;
    });
    let running = await nextEngine(0);
    for (let crash = 1; crash <= 5; crash++) {
      process.kill(running, 'SIGKILL');
      if (crash < 5) running = await nextEngine(running);
    }
    await expect(async () => expect((await states.jsonValue()).at(-1)).toBe('crash-loop')).toPass({ timeout: 60_000 });
    await page.evaluate(() => (window as unknown as { drover: { restartEngine(): void } }).drover.restartEngine());
    const revived = await nextEngine(running);
    expect(isAlive(revived)).toBe(true);
    const mainPid = app.process().pid as number;
    await app.close();
    await expect(async () => expect(isAlive(revived) || isAlive(mainPid)).toBe(false)).toPass({ timeout: 5_000 });

    async function nextEngine(earlier: number): Promise<number> {
      let pid = 0;
      await expect(async () => {
        pid = await enginePid(page);
        expect(pid).not.toBe(earlier);
      }).toPass({ timeout: 60_000 });
      return pid;
    }
  }));

test('without the sandbox it says so, in one sentence', () =>
  ownDesktop(async (_host, dataDir) => {
    test.skip(
      !electronArguments({ dataDir }).includes('--no-sandbox'),
      "the sandbox is on here; that is the sentence's point",
    );
    const { errors } = await runToEnd(dataDir, SMALL);
    expect(errors.split('\n').filter((line) => line.includes('sandbox'))).toEqual([
      "drover: Chromium's sandbox is off (--no-sandbox, which root needs): use an ordinary account when real money is traded.",
    ]);
  }));
