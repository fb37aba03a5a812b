// node scripts/reader-module.mjs [--check]: compiles the reader of plain events (src/engine/feeds/known-events/reader.as) and
// writes it into reader-module.ts beside it; with --check only says whether that file is what the source gives.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Sorry, root, runScript, say } from './lib/project.mjs';

const folder = path.join(root, 'src/engine/feeds/known-events');
const target = path.join(folder, 'reader-module.ts');
const LINE = 112;

await runScript(async () => {
  const text = moduleText(await compile());
  if (!process.argv.includes('--check')) {
    writeFileSync(target, text);
    say(`Written: ${path.relative(root, target)}, ${text.length} characters.`);
  } else if (readFileSync(target, 'utf8') !== text)
    throw new Sorry('reader-module.ts is not what reader.as compiles to; run: node scripts/reader-module.mjs', 1);
});

/** @returns {Promise<Uint8Array>} */
async function compile() {
  const asc = await import('assemblyscript/asc');
  /** @type {Uint8Array | undefined} */
  let binary;
  const { error } = await asc.main(
    ['reader.ts', '-O3', '--noAssert', '--runtime', 'stub', '--importMemory', '--outFile', 'reader.wasm'],
    {
      readFile: (name) => {
        try {
          return readFileSync(path.join(folder, name === 'reader.ts' ? 'reader.as' : name), 'utf8');
        } catch {
          return null;
        }
      },
      writeFile: (name, contents) => {
        if (name === 'reader.wasm' && typeof contents !== 'string') binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error !== null || binary === undefined)
    throw new Sorry(`the reader does not compile: ${error?.message ?? 'nothing came out'}`, 1);
  return binary;
}

/** @param {Uint8Array} binary @returns {string} */
function moduleText(binary) {
  const digits = Buffer.from(binary).toString('hex');
  const lines = digits.match(new RegExp(`.{1,${LINE}}`, 'g')) ?? [];
  return `/** Made from reader.as by \`node scripts/reader-module.mjs\`; not edited by hand. A WebAssembly module in hexadecimal. */
export const READER_MODULE = [
${lines.map((line) => `  '${line}',`).join('\n')}
].join('');
`;
}
