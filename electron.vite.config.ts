/**
 * Builds Electron's main process, the preload script and the renderer. The engine is bundled apart
 * (scripts/engine-bundle.mjs), because the same engine runs without Electron.
 * Targets are the oldest runtime the tests run in: Electron 33, that is Node 20.18 and Chromium 130.
 */
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const alias = { '#protocol': file('src/engine/protocol/index.ts'), '#host-kit': file('src/engine/hosts/host-kit.ts') };

export default defineConfig({
  main: {
    resolve: { alias },
    build: {
      target: 'node20.18',
      sourcemap: true,
      rolldownOptions: {
        input: { index: file('src/main/index.ts') },
        // CommonJS is loaded before the program is ready, in every way of starting it; the page scheme needs that.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  preload: {
    resolve: { alias },
    build: {
      target: 'node20.18',
      // A sandboxed preload script cannot load another file: everything it needs is inside, as CommonJS.
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: file('src/preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
      },
    },
  },
  renderer: {
    root: file('src/renderer'),
    base: './',
    resolve: { alias },
    plugins: [react()],
    build: {
      target: 'chrome130',
      sourcemap: true,
      // Fonts and images stay files: the content security policy allows no data: fonts.
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 4_000,
      rolldownOptions: { input: { index: file('src/renderer/index.html') } },
    },
  },
});
