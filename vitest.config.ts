/** Unit, property, fuzz and simulation tests, beside the sources they test. */
import { defineConfig } from 'vitest/config';

/** Folders whose tests touch nothing outside their own memory: they may share a process, which halves their time. */
const PURE = [
  'src/renderer/**/*.test.{ts,tsx}',
  'src/engine/{bars,economics,exits,feeds,journal,kernel,lib,market,model,orders,positions,risk,sim,strategies,tape,time}/**/*.test.ts',
];

export default defineConfig({
  test: {
    // Against hanging, not against slowness: a loaded machine takes its time.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // Processes, not threads: native packages and signal handlers do not like to share one.
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'system',
          include: ['src/**/*.test.{ts,tsx}', 'scripts/**/*.test.{ts,mjs}', 'bench/**/*.test.ts'],
          exclude: PURE,
        },
      },
      { extends: true, test: { name: 'pure', include: PURE, isolate: false } },
    ],
  },
});
