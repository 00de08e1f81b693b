// npm run mutation: src/dev/mutation.mjs installs Stryker, and runs it with this for each subject.
export default {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'src/dev/vitest.mutation.config.mts', related: false },
  coverageAnalysis: 'perTest',
  // Tables that are made when a module is loaded stay as they were loaded in a worker of vitest: their mutants tell nothing.
  ignoreStatic: true,
  concurrency: 2,
  // Properties run many cases, and an endless loop is one of the mutations.
  timeoutMS: 30_000,
  reporters: ['clear-text', 'progress'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  ignorePatterns: ['dist', 'deploy', 'docs'],
};
