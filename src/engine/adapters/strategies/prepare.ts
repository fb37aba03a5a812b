/**
 * Turns a user's strategy file into code the kernel may run: types stripped, imports and exports replaced by what is handed
 * in, and a counter put into every loop and function so that an endless one ends itself. The counter counts steps, not
 * time, so the same input always ends the same way.
 */
import { createHash } from 'node:crypto';
import { MagicString } from 'magic-string';
import { parseSync } from 'oxc-parser';
import { transformSync } from 'oxc-transform';

export interface PreparedStrategy {
  /** Body of a function (drover, __step) that returns the default export. */
  readonly code: string;
  /** First 12 hex digits of the SHA-256 of the source. */
  readonly hash: string;
}

export type Prepared =
  | { readonly ok: true; readonly strategy: PreparedStrategy }
  | { readonly ok: false; readonly message: string; readonly line: number };

/** The one module a strategy may import. */
export const STRATEGY_MODULE = 'drover';

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

export function prepareStrategy(file: string, source: string): Prepared {
  // The user's own text is parsed first, so that every complaint points at a line the user can see.
  const original = parseSync(file, source, { lang: 'ts', sourceType: 'module' });
  const wrong = original.errors[0];
  if (wrong !== undefined)
    return { ok: false, message: oneLine(wrong.message), line: lineAt(source, wrong.labels[0]?.start ?? 0) };
  const fault = forbidden(original.program as unknown as Node);
  if (fault !== null) return { ok: false, message: fault.message, line: lineAt(source, fault.at) };
  const stripped = transformSync(file, source, { lang: 'ts', sourceType: 'module', target: 'es2022' });
  const broken = stripped.errors[0];
  if (broken !== undefined)
    return { ok: false, message: oneLine(broken.message), line: lineAt(source, broken.labels[0]?.start ?? 0) };
  const text = new MagicString(stripped.code);
  const program = parseSync(`${file}.js`, stripped.code, { sourceType: 'module' }).program as unknown as Node;
  replaceModuleSyntax(program, text);
  guardLoops(program, text);
  return {
    ok: true,
    strategy: {
      code: `'use strict';\n${text.toString()}`,
      hash: createHash('sha256').update(source).digest('hex').slice(0, 12),
    },
  };
}

interface Fault {
  readonly message: string;
  readonly at: number;
}

function forbidden(program: Node): Fault | null {
  let hasDefault = false;
  for (const statement of program['body'] as Node[]) {
    if (statement.type === 'ImportDeclaration') {
      const from = (statement['source'] as Node)['value'];
      if (from !== STRATEGY_MODULE)
        return {
          message: `a strategy may import from '${STRATEGY_MODULE}' only, not from '${String(from)}'`,
          at: statement.start,
        };
    } else if (statement.type === 'ExportDefaultDeclaration') hasDefault = true;
    else if (statement.type.startsWith('Export') && (statement['declaration'] ?? null) === null) {
      return {
        message: 'a strategy exports its definition with `export default defineStrategy({ ... })` and nothing else',
        at: statement.start,
      };
    }
  }
  let fault: Fault | null = null;
  walk(program, (node) => {
    if (
      node['async'] === true ||
      node['generator'] === true ||
      node.type === 'AwaitExpression' ||
      node['await'] === true
    ) {
      fault ??= {
        message: 'a strategy is synchronous: async functions, await and generators are not allowed',
        at: node.start,
      };
    }
    if (node.type === 'ImportExpression')
      fault ??= { message: 'a strategy may not load modules while it runs', at: node.start };
  });
  if (fault !== null) return fault;
  return hasDefault ? null : { message: 'a strategy ends in `export default defineStrategy({ ... })`', at: 0 };
}

function replaceModuleSyntax(program: Node, text: MagicString): void {
  for (const statement of program['body'] as Node[]) {
    if (statement.type === 'ImportDeclaration')
      text.overwrite(statement.start, statement.end, importAsConst(statement));
    else if (statement.type === 'ExportDefaultDeclaration')
      text.overwrite(statement.start, (statement['declaration'] as Node).start, 'return ');
    else if (statement.type === 'ExportNamedDeclaration') {
      const declaration = (statement['declaration'] ?? null) as Node | null;
      text.overwrite(statement.start, declaration?.start ?? statement.end, '');
    }
  }
}

function importAsConst(statement: Node): string {
  const names: string[] = [];
  for (const specifier of statement['specifiers'] as Node[]) {
    const local = (specifier['local'] as Node)['name'] as string;
    if (specifier.type === 'ImportSpecifier') {
      const imported = (specifier['imported'] as Node)['name'] as string;
      names.push(imported === local ? local : `${imported}: ${local}`);
    } else return `const ${local} = drover;`;
  }
  return `const { ${names.join(', ')} } = drover;`;
}

const LOOPS = new Set(['WhileStatement', 'DoWhileStatement', 'ForStatement', 'ForInStatement', 'ForOfStatement']);
const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

function guardLoops(program: Node, text: MagicString): void {
  walk(program, (node) => {
    if (!LOOPS.has(node.type) && !FUNCTIONS.has(node.type)) return;
    const body = node['body'] as Node;
    if (body.type === 'BlockStatement' || body.type === 'FunctionBody') text.appendRight(body.start + 1, '__step();');
    else if (LOOPS.has(node.type)) {
      text.appendRight(body.start, '{__step();');
      text.appendLeft(body.end, '}');
    } else {
      // An arrow's expression: parentheses the tree does not show stay outside these.
      text.appendRight(body.start, '(__step(),');
      text.appendLeft(body.end, ')');
    }
  });
}

function walk(value: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(value)) for (const item of value) walk(item, visit);
  else if (typeof value === 'object' && value !== null) {
    const node = value as Node;
    if (typeof node.type === 'string' && typeof node.start === 'number') visit(node);
    for (const [key, inner] of Object.entries(node)) if (key !== 'parent') walk(inner, visit);
  }
}

function oneLine(message: string): string {
  return message.replaceAll(/\s+/g, ' ').trim();
}

function lineAt(source: string, offset: number): number {
  return source.slice(0, offset).split('\n').length;
}
