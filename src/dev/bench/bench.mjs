// npm run bench: bundles the benchmark and runs it. It measures ratios within one run, and asserts nothing.
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const out = mkdtempSync(join(tmpdir(), 'clic-bench-'));
try {
  await build({
    absWorkingDir: root,
    entryPoints: ['src/dev/bench/main.ts'],
    outfile: join(out, 'main.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'warning',
    logOverride: { 'duplicate-case': 'silent' },
  });
  const { status } = spawnSync(
    process.execPath,
    ['--no-deprecation', join(out, 'main.cjs'), root, ...process.argv.slice(2)],
    {
      stdio: 'inherit',
    },
  );
  process.exitCode = status ?? 1;
} finally {
  rmSync(out, { recursive: true, force: true });
}
