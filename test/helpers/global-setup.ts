import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Builds dist/ once, so that tests of the spawned binaries never meet an old build. */
export default function setup(): void {
  execFileSync(process.execPath, [fileURLToPath(new URL('../../src/dev/build.mjs', import.meta.url))], {
    stdio: 'inherit',
  });
}
