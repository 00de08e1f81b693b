import { defineConfig } from 'vitest/config';

/** The tests of what src/dev/mutation.mjs mutates: quick, and without a build. */
export default defineConfig({
  test: {
    include: [process.env['CLIC_MUTATION_TESTS'] ?? 'test/plan/**/*.test.ts'],
    // What takes seconds each time: it is about limits, not about meaning.
    exclude: ['test/plan/hostile.test.ts', 'test/plan/graph.test.ts'],
    env: { TZ: 'UTC' },
    restoreMocks: true,
    testTimeout: 60_000,
  },
});
