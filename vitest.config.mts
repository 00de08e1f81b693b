import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

/** Tests that compare times, or meet deadlines of their own: nothing else runs beside them. */
const MEASURING = [
  'test/cli/output/table.test.ts',
  'test/cli/process.test.ts',
  'test/e2e/completion.test.ts',
  'test/e2e/master/plan-helper.test.ts',
  'test/master/plans/plan-loader.test.ts',
  'test/model/shell-words.test.ts',
  'test/plan/hostile.test.ts',
  'test/rpc/client-deadline.test.ts',
  'test/rpc/server-misbehaving-clients.test.ts',
];

const common: TestProjectInlineConfiguration['test'] = {
  testTimeout: 60_000,
  hookTimeout: 60_000,
  // Nothing waits that long when all is well, and a busy machine is no reason to fail.
  expect: { poll: { timeout: 20_000 } },
  // Dates on the wire carry no zone: tests state theirs.
  env: { TZ: 'UTC' },
  restoreMocks: true,
  // A worker loads modules once for all its files: that is half of the work of many short tests.
  isolate: false,
};

export default defineConfig({
  test: {
    globalSetup: ['test/helpers/global-setup.ts'],
    projects: [
      {
        test: {
          ...common,
          name: 'parallel',
          include: ['test/**/*.test.ts'],
          exclude: MEASURING,
          // More than there are cores: many tests wait, most of them for processes.
          maxWorkers: 5,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...common,
          name: 'measuring',
          include: MEASURING,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
