// How the reports of the test runners are counted; nothing passes on nothing.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { counted, fromPlaywright, fromVitest } from './stages.mjs';

const folder = mkdtempSync(path.join(os.tmpdir(), 'drover-stages-'));
afterAll(() => rmSync(folder, { recursive: true }));

const vitest = (/** @type {string[]} */ ...statuses) => ({
  testResults: [
    {
      name: 'a.test.ts',
      status: 'passed',
      assertionResults: statuses.map((status, at) => ({ status, fullName: `test ${at}` })),
    },
  ],
});

/** @param {unknown} report @param {number} code */
function count(report, code) {
  const file = path.join(folder, 'report.json');
  writeFileSync(file, JSON.stringify(report));
  return counted({ code, output: 'said' }, file, fromVitest);
}

describe('counting', () => {
  it('counts passed, failed and skipped', () => {
    expect(count(vitest('passed', 'passed', 'failed', 'pending'), 1)).toMatchObject({
      passed: 2,
      failed: 1,
      failures: ['a.test.ts: test 2'],
      skipped: ['a.test.ts: test 3'],
    });
  });

  it('fails without a report, without a test, and when only the run failed', () => {
    expect(counted({ code: 0, output: '' }, path.join(folder, 'none.json'), fromVitest)).toMatchObject({
      passed: 0,
      failed: 1,
    });
    expect(count(vitest(), 0)).toMatchObject({ passed: 0, failed: 1 });
    expect(count(vitest('passed'), 1)).toMatchObject({ passed: 1, failed: 1 });
    expect(count(vitest('skipped'), 0)).toMatchObject({ failed: 1 });
  });

  it('counts a file that does not load as a failure', () => {
    expect(fromVitest({ testResults: [{ name: 'b.test.ts', status: 'failed', assertionResults: [] }] })).toMatchObject({
      failed: 1,
    });
  });

  it('walks the suites of the journeys', () => {
    const spec = (/** @type {string} */ status, /** @type {unknown[]} */ annotations = []) => ({
      title: status,
      tests: [{ status, annotations }],
    });
    const report = {
      suites: [
        {
          file: 'a',
          specs: [spec('expected')],
          suites: [
            {
              file: 'a',
              specs: [
                spec('unexpected'),
                spec('flaky'),
                spec('skipped', [{ type: 'skip', description: 'no monitor' }]),
              ],
            },
          ],
        },
      ],
      errors: [{}],
    };
    expect(fromPlaywright(report)).toEqual({
      passed: 1,
      failed: 3,
      failures: ['a: unexpected', 'a: flaky', 'the run itself'],
      skipped: ['a: skipped (no monitor)'],
    });
  });
});
