import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { writeFile } from 'node:fs/promises';
import { systemErrorCode } from '../../src/model/errors.ts';
import { works } from './needs.ts';

/** What keeps this machine from having a small disk, for describeWith. */
export const noSmallDisk = works('unshare', '-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt')
  ? null
  : 'the right to mount a disk';

/** A disk of so many MiB, which goes when the test ends; answers its folder. */
export function smallDisk(mebibytes: number): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'clic-disk-')));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', folder]);
  onTestFinished(() => {
    execFileSync('umount', ['-l', folder]);
    rmSync(folder, { recursive: true });
  });
  return folder;
}

/** Writes to a file until its disk is full. */
export async function fillDisk(file: string): Promise<void> {
  const more = Buffer.alloc(2 ** 20);
  try {
    for (;;) await writeFile(file, more, { flag: 'a' });
  } catch (thrown) {
    if (systemErrorCode(thrown) !== 'ENOSPC') throw thrown;
  }
}
