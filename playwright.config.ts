/**
 * The journeys, in real Electron and in a browser. `npm test` builds first and hands in, by environment:
 * DROVER_CHROMIUM, DROVER_ELECTRON (executables), DROVER_NO_SANDBOX ('1' when Electron must run without its sandbox) and
 * DROVER_E2E_JSON (where the machine-readable report goes).
 */
import { defineConfig } from 'playwright/test';

const report = process.env['DROVER_E2E_JSON'];
const chromium = process.env['DROVER_CHROMIUM'];

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  timeout: 60_000,
  expect: { timeout: 15_000 },
  retries: 0,
  workers: 1,
  forbidOnly: process.env['CI'] !== undefined,
  reporter: [['list'], ...(report === undefined ? [] : [['json', { outputFile: report }] as const])],
  use: {
    viewport: { width: 1440, height: 900 },
    screenshot: 'only-on-failure',
    trace: 'off',
    launchOptions: chromium === undefined || chromium === '' ? {} : { executablePath: chromium },
  },
  projects: [
    { name: 'web', testMatch: 'web/**/*.test.ts', use: { browserName: 'chromium' } },
    { name: 'electron', testMatch: 'electron/**/*.test.ts' },
  ],
});
