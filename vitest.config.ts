/** Unit, property, fuzz and simulation tests, beside the sources they test. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.{ts,tsx}', 'scripts/**/*.test.{ts,mjs}', 'bench/**/*.test.ts'],
    testTimeout: 30_000,
    // Processes, not threads: native packages and signal handlers do not like to share one.
    pool: 'forks',
    maxWorkers: 2,
  },
});
