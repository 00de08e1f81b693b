// npm run test:nodes [-- MAJOR...]: runs the end-to-end tests with the programs on other releases of Node, which npm's
// registry has as packages for each platform. Installed once, without scripts, below node_modules/.cache.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const RELEASES = { 22: '22.23.3', 24: '24.21.0' };
const TESTS = ['test/e2e', 'test/cli/process.test.ts', 'test/docs/examples.test.ts'];

const majors = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(RELEASES);
for (const major of majors) {
  const version = RELEASES[major];
  if (version === undefined) {
    console.error(`no release of Node ${major} is chosen: ${Object.keys(RELEASES).join(', ')}`);
    process.exit(2);
  }
  const node = installed(version);
  console.log(`--- end-to-end tests on Node ${version}`);
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const { status } = spawnSync(process.execPath, [vitest, 'run', ...TESTS], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, CLIC_TEST_NODE: node },
  });
  if (status !== 0) process.exitCode = 1;
}

/** The path of that Node's program. */
function installed(version) {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = join(root, 'node_modules/.cache', `node-${version}`);
  const node = join(folder, 'node_modules', name, 'bin/node');
  if (!existsSync(node)) {
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-save', '--loglevel=error'];
    execFileSync('npm', ['install', '--prefix', folder, ...options, `${name}@${version}`], {
      stdio: ['ignore', 2, 2],
    });
  }
  const found = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  if (found !== `v${version}`) throw new Error(`${node} is Node ${found}, not v${version}`);
  return node;
}
