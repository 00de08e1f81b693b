// npm run bench [-- ROW...], npm run bench:cluster [-- ROW...]: bundles the benchmark, of one machine or of the test cluster, and runs it. It measures ratios within one run, and asserts nothing.
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [entry = 'main.ts', ...rows] = process.argv.slice(2);
const root = fileURLToPath(new URL('../../..', import.meta.url));
// Below node_modules, where the bundle finds the native parts of LevelDB.
const caches = join(root, 'node_modules/.cache');
mkdirSync(caches, { recursive: true });
const out = mkdtempSync(join(caches, 'bench-'));
try {
  await build({
    absWorkingDir: root,
    entryPoints: [join('src/dev/bench', entry)],
    outfile: join(out, 'main.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['classic-level'],
    logLevel: 'warning',
    // The stubs of this compiler repeat a case.
    logOverride: { 'duplicate-case': 'silent' },
  });
  // Both slow the start of Node itself, which is what the programs are compared with.
  const { NODE_EXTRA_CA_CERTS, NODE_OPTIONS, ...env } = process.env;
  const args = ['--no-deprecation', join(out, 'main.cjs'), root, ...rows];
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit', env });
  process.exitCode = status ?? 1;
} finally {
  rmSync(out, { recursive: true, force: true });
}
