// Each house rule is seen to complain about a bad sample and to leave a good one alone.
import { describe, expect, it } from 'vitest';
import * as rules from './rules.mjs';

const file = (/** @type {string} */ name, /** @type {string} */ text) => [{ name, text }];

describe('house rules', () => {
  it('refuses a file of more than 500 lines', () => {
    expect(rules.tooLong(file('src/main/a.ts', 'x\n'.repeat(501)))).toHaveLength(1);
    expect(rules.tooLong(file('src/main/a.ts', 'x\n'.repeat(500)))).toEqual([]);
  });

  it('refuses async code in the core, not in comments, texts or tests', () => {
    expect(
      rules.asyncInCore(file('src/engine/market/a.ts', 'export const a = 1;\nexport async function b() {}\n')),
    ).toEqual(["src/engine/market/a.ts:2: 'async' in the core, which is synchronous"]);
    expect(
      rules.asyncInCore(file('src/engine/market/a.ts', "// never await here\nexport const a = 'async';\n")),
    ).toEqual([]);
    expect(rules.asyncInCore(file('src/engine/market/a.test.ts', 'await x;\n'))).toEqual([]);
    expect(rules.asyncInCore(file('src/engine/adapters/a.ts', 'await x;\n'))).toEqual([]);
  });

  it('wants a header', () => {
    expect(rules.headerMissing(file('src/main/a.ts', 'export const a = 1;\n'))).toHaveLength(1);
    expect(rules.headerMissing(file('src/main/a.ts', '/** What it holds. */\nexport const a = 1;\n'))).toEqual([]);
  });

  it('finds traces of a machine and notes to self', () => {
    for (const text of ['see /home/ada/x', 'https://registry.example.org/', 'TODO later'])
      expect(rules.machineTraces(file('docs/a.md', text))).toHaveLength(1);
    expect(rules.machineTraces(file('docs/a.md', 'the session opens at 09:30; see ./home/x and work/y'))).toEqual([]);
  });

  it('follows relative links', () => {
    const text = '[a](../README.md) [b](gone.md#x) [c](https://x.example) [d](#here)\n```\n[e](in-code.md)\n```\n';
    expect(rules.brokenLinks(file('docs/a.md', text), (name) => name === 'README.md')).toEqual([
      "docs/a.md:1: the link to 'gone.md#x' leads nowhere",
    ]);
  });

  it('wants every rule of a spec cited by a test', () => {
    const spec = {
      name: 'docs/specs/bars.md',
      text: '# Bars\n- **BAR1** A bar.\n- BAR2: closes.\n| BAR3 | row |\n### BAR4 heading\nSee BAR9 elsewhere.\n',
    };
    expect(rules.specRules([spec]).map(({ id }) => id)).toEqual(['BAR1', 'BAR2', 'BAR3', 'BAR4']);
    const test = { name: 'src/engine/bars/a.test.ts', text: "it('BAR1 BAR2 BAR3 hold')" };
    expect(rules.uncitedRules([spec, test])).toEqual(['docs/specs/bars.md:5: no test cites rule BAR4']);
    const listed = (/** @type {string} */ text) => ({ name: 'scripts/tidy/uncited-rules.txt', text });
    expect(rules.uncitedRules([spec, test, listed('docs/specs/bars.md: BAR4\n')])).toEqual([]);
    expect(rules.uncitedRules([spec, test, listed('docs/specs/bars.md: BAR1 BAR4 BAR7\n')])).toEqual([
      'scripts/tidy/uncited-rules.txt: BAR1 is cited now; take it off the list',
      'scripts/tidy/uncited-rules.txt: there is no rule BAR7 any more',
    ]);
  });

  it('wants every dependency decided on', () => {
    const manifest = {
      name: 'package.json',
      text: JSON.stringify({ dependencies: { ws: '1' }, devDependencies: { vite: '1' } }),
    };
    const decision = { name: 'docs/decisions/0006-x.md', text: '- `ws`: sockets' };
    expect(rules.undecidedDependencies([manifest, decision])).toEqual([
      "package.json: 'vite' is not in docs/decisions (written as `vite`)",
    ]);
  });

  it('wants reasons for escapes', () => {
    const disable = ['// oxlint', 'disable-next-line no-x'].join('-');
    expect(rules.silentEscapes(file('src/main/a.ts', `${disable}\n`))).toHaveLength(1);
    expect(rules.silentEscapes(file('src/main/a.ts', `${disable} -- the port is ours\n`))).toEqual([]);
    expect(rules.silentEscapes(file('src/main/a.test.ts', "it.skip('x')\n"))).toHaveLength(1);
    expect(rules.silentEscapes(file('src/main/a.test.ts', "it.skipIf(!x)('y')\n"))).toEqual([]);
  });

  it('finds stray, left over and empty files', () => {
    for (const name of ['notes.txt', 'src/main/a.ts.orig', 'temp/a.ts'])
      expect(rules.strayFiles(file(name, 'x'))).toHaveLength(1);
    expect(rules.strayFiles(file('docs/a.md', ' \n'))).toHaveLength(1);
    for (const name of ['README.md', 'tsconfig.base.json', 'LICENSE', 'src/main/a.ts', '.nvmrc'])
      expect(rules.strayFiles(file(name, 'x'))).toEqual([]);
  });
});
