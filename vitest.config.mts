import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/helpers/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Dates on the wire carry no zone: tests state theirs.
    env: { TZ: 'UTC' },
    restoreMocks: true,
  },
});
