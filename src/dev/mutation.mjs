// npm run mutation [-- SUBJECT...]: changes the code in small ways, and tells which changes no test notices.
// Stryker is installed, pinned, below node_modules/.cache: 160 packages that nothing else needs, which would slow every npm ci.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// 10 needs Node 22.
const VERSION = '9.6.1';
const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'node_modules/.cache', `stryker-${VERSION}`);
const stryker = join(folder, 'node_modules/@stryker-mutator/core/bin/stryker.js');

if (!existsSync(stryker)) {
  console.error('Installing Stryker…');
  const packages = ['core', 'vitest-runner'].map((name) => `@stryker-mutator/${name}@${VERSION}`);
  // Of vitest, the project's own is used.
  const options = ['--legacy-peer-deps', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  execFileSync('npm', ['install', '--prefix', folder, ...options, ...packages], { stdio: ['ignore', 2, 2] });
}
const SUBJECTS = {
  scheduler: { code: 'src/master/scheduler/**/*.ts', tests: 'test/master/scheduler/**/*.test.ts' },
  plan: { code: 'src/plan/**/*.ts', tests: 'test/plan/**/*.test.ts' },
  'exit-codes': { code: 'src/cli/exit-codes.ts', tests: 'test/cli/exit-codes.test.ts' },
};
const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(SUBJECTS);
for (const name of names) {
  const subject = SUBJECTS[name];
  if (subject === undefined) {
    console.error(`no subject is named ${name}: ${Object.keys(SUBJECTS).join(', ')}`);
    process.exit(2);
  }
  console.log(`--- ${name}`);
  const { status } = spawnSync(process.execPath, [stryker, 'run', '--mutate', subject.code], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, CLIC_MUTATION_TESTS: subject.tests },
  });
  if (status !== 0) process.exitCode = 1;
}
