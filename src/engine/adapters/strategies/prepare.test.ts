import { describe, expect, it } from 'vitest';
import { compileStrategy, StepGuard } from './compile.ts';
import { prepareStrategy } from './prepare.ts';

const GOOD = `
import { defineStrategy, rule, stopLoss, sizeDollars } from 'drover';
import type { RuleNode } from 'drover';

const twice = (value: number): number => value * 2;

export default defineStrategy({
  name: 'mine',
  about: 'A test.',
  params: { least: { default: 2, min: 0, max: 10, unit: '', about: 'The least.' } },
  universe: () => ({ minPrice: 1 }),
  sessions: [{ phase: 'regular' }],
  evaluateOn: 'bar',
  bars: { kind: 'tick', trades: 100 },
  cooldownSeconds: 0,
  entry: ({ symbol, p }): readonly RuleNode[] => [rule('twice', twice(symbol.last), '>', p.least)],
  plan: ({ symbol }) => ({ expectedMove: 1, confidence: 1, validForSeconds: 1, sizing: sizeDollars(100), exits: [stopLoss(symbol.last / 2)] }),
});
`;

function load(source: string): {
  definition?: ReturnType<typeof compileStrategy> & { ok: true };
  message?: string;
  line?: number;
  guard: StepGuard;
} {
  const guard = new StepGuard();
  const prepared = prepareStrategy('mine.ts', source);
  if (!prepared.ok) return { message: prepared.message, line: prepared.line, guard };
  const compiled = compileStrategy(prepared.strategy.code, 'mine.ts', guard);
  return compiled.ok ? { definition: compiled, guard } : { message: compiled.message, guard };
}

describe('user strategy files', () => {
  it('strips types, hands in the api and returns the definition', () => {
    const { definition } = load(GOOD);
    const context = { symbol: { last: 3 }, p: { least: 2 } } as never;
    expect(definition?.definition.name).toBe('mine');
    expect(definition?.definition.entry(context)).toEqual([
      { kind: 'rule', name: 'twice', value: 6, operator: '>', threshold: 2, unit: '' },
    ]);
    expect(definition?.definition.plan(context).exits).toEqual([{ kind: 'stop-loss', price: 1_500_000 }]);
  });

  it('gives the same hash for the same source and another for another', () => {
    const hash = (source: string): string => {
      const prepared = prepareStrategy('mine.ts', source);
      return prepared.ok ? prepared.strategy.hash : '';
    };
    expect(hash(GOOD)).toBe(hash(GOOD));
    expect(hash(GOOD)).not.toBe(hash(`${GOOD} `));
  });

  it.each([
    [
      'a syntax error with its line',
      GOOD.replace('const twice = (value: number)', 'const twice = (value: number'),
      /./,
      5,
    ],
    [
      'a foreign import',
      `import fs from 'node:fs';\n${GOOD.replace('value * 2', 'fs.length')}`,
      /may import from 'drover' only, not from 'node:fs'/,
      1,
    ],
    ['a dynamic import', GOOD.replace('value * 2', "Number(import('node:fs'))"), /may not load modules/, 5],
    ['an async function', GOOD.replace('(value: number): number => value * 2', 'async () => 2'), /synchronous/, 5],
    ['no default export', GOOD.replace('export default ', 'const it = '), /export default/, 1],
  ])('names %s', (_what, source, message, line) => {
    const loaded = load(source);
    expect(loaded.message).toMatch(message);
    expect(loaded.line).toBe(line);
  });

  it.each([
    ['clock', 'Date.now()', /Date is not defined/],
    ['chance', 'Math.random()', /use chance\(\)/],
    ['process', 'process.pid', /process is not defined/],
    ['eval', "eval('1')", /Code generation from strings disallowed/],
  ])('has no ambient %s', (_what, expression, message) => {
    const loaded = load(GOOD.replace('const twice', `const ambient = ${expression};\nconst twice`));
    expect(loaded.message).toMatch(message);
  });

  it.each([
    ['while', 'while (true) {}'],
    ['for without block', 'for (;;) value++;'],
    ['do', 'do { value++ } while (true);'],
    ['recursion through arrows', 'const f = (n: number): number => f(n) + 1; f(1);'],
    ['a loop that catches', 'for (;;) { try { for (;;) {} } catch {} }'],
  ])('ends an endless %s with one sentence', (_what, statement) => {
    const { definition, guard } = load(GOOD.replace('=> value * 2', `=> { ${statement} return value; }`));
    guard.reset('mine');
    expect(() => definition?.definition.entry({ symbol: { last: 1 }, p: { least: 1 } } as never)).toThrow(
      RangeError as never,
    );
  });

  it('tells a swallowed endless loop all the same', () => {
    const { definition, guard } = load(
      GOOD.replace('=> value * 2', '=> { try { for (;;) {} } catch {} return value; }'),
    );
    guard.reset('mine');
    definition?.definition.entry({ symbol: { last: 1 }, p: { least: 1 } } as never);
    expect(guard.fault()).toMatch(/more than 200,000 steps/);
  });

  it.each([
    ['name', "name: 'mine'", "name: 'My Strategy'", /its 'name'/],
    ['a bound', 'default: 2', 'default: 20', /outside its own bounds/],
    ['entry', 'entry: ({', 'entries: ({', /its 'entry' must be a function/],
    ['phase', "phase: 'regular'", "phase: 'lunch'", /its 'sessions'/],
    ['bars', "kind: 'tick', trades: 100", "kind: 'tick'", /its 'bars'/],
  ])('checks the shape: %s', (_what, from, to, message) => {
    expect(load(GOOD.replace(from, to)).message).toMatch(message);
  });

  it('ends a file whose top level never ends', () => {
    expect(load(GOOD.replace('const twice', 'while (true) {}\nconst twice')).message).toMatch(/steps/);
  });
});
