import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { DiskGuard, type DiskGuardOptions } from '../../src/master/disk.ts';
import { scratchDir } from '../contract/support/scratch.ts';
import { describeWith } from '../helpers/needs.ts';
import { fillDisk, noSmallDisk, smallDisk } from '../helpers/small-disk.ts';

const MIB = 2 ** 20;

function guarding(folder: string, options: Partial<DiskGuardOptions> = {}) {
  const told: (string | null)[] = [];
  const guard = new DiskGuard({
    folder,
    minFreeBytes: 10 * MIB,
    reserveBytes: 8 * MIB,
    onChange: (shortage) => told.push(shortage),
    ...options,
  });
  onTestFinished(() => guard.close());
  return { guard, told };
}

describeWith(noSmallDisk, 'on a small disk', () => {
  test('a shortage is told with what is free and what is kept, and so is its end, with some room to spare', async () => {
    const folder = smallDisk(40);
    const { guard, told } = guarding(folder);
    await guard.start();
    expect(told).toEqual([]);
    // 40 - 8 - 23: less than 10 are left.
    await writeFile(join(folder, 'data'), Buffer.alloc(23 * MIB));
    const shortage = `9 MiB are free on the disk of ${folder}, less than the 10 MiB that --min-free-bytes keeps`;
    expect(await guard.check()).toBe(shortage);
    await writeFile(join(folder, 'data'), Buffer.alloc(21.5 * MIB));
    expect(await guard.check()).not.toBe(null);
    await writeFile(join(folder, 'data'), Buffer.alloc(20 * MIB));
    expect(await guard.check()).toBe(null);
    expect(told).toEqual([shortage, null]);
  });

  test('a full disk can be written to again once the reserve is given up, and it is taken back when there is room', async () => {
    const folder = smallDisk(40);
    const { guard, told } = guarding(folder);
    await guard.start();
    await expect(writeFile(join(folder, 'data'), Buffer.alloc(40 * MIB))).rejects.toThrow('ENOSPC');
    await expect(writeFile(join(folder, 'state'), Buffer.alloc(MIB))).rejects.toThrow('ENOSPC');
    expect(await guard.releaseReserve()).toBe(true);
    expect(told).toEqual([expect.stringContaining('--min-free-bytes')]);
    await writeFile(join(folder, 'state'), Buffer.alloc(MIB));
    expect(await guard.releaseReserve()).toBe(false);
    expect(await guard.check()).not.toBe(null);
    await rm(join(folder, 'data'));
    expect(await guard.check()).toBe(null);
    const { size, blocks } = await stat(join(folder, 'reserve'));
    expect([size, blocks * 512]).toEqual([8 * MIB, 8 * MIB]);
  });

  test('a disk that has no room for the reserve is short from the start', async () => {
    const folder = smallDisk(40);
    await writeFile(join(folder, 'data'), Buffer.alloc(25 * MIB));
    const { guard, told } = guarding(folder);
    await guard.start();
    expect(told).toEqual([expect.stringContaining('a reserve of 8 MiB')]);
    await expect(stat(join(folder, 'reserve'))).rejects.toThrow('ENOENT');
  });

  test('the reserve of an earlier master can be given up on a disk that is full from the start', async () => {
    const folder = smallDisk(40);
    const earlier = guarding(folder).guard;
    await earlier.start();
    await earlier.close();
    await fillDisk(join(folder, 'data'));
    const { guard } = guarding(folder);
    await guard.start();
    expect(await guard.releaseReserve()).toBe(true);
    await writeFile(join(folder, 'state'), Buffer.alloc(MIB));
  });

  test('a shortage is noticed without being asked for', async () => {
    const folder = smallDisk(40);
    let tell: (shortage: string | null) => void = () => undefined;
    const told = new Promise<string | null>((resolve) => (tell = resolve));
    const { guard } = guarding(folder, { everyMs: 10, onChange: (shortage) => tell(shortage) });
    await guard.start();
    await writeFile(join(folder, 'data'), Buffer.alloc(24 * MIB));
    // It may be noticed while the file is still being written.
    expect(await told).toMatch(/^[89] MiB are free/);
  });
});

test('the reserve of an earlier master is kept, and what is no reserve is made one', async () => {
  const folder = await scratchDir();
  const sizes = { minFreeBytes: 0, reserveBytes: 3 * MIB };
  const { guard } = guarding(folder, sizes);
  await guard.start();
  const { ino, mtimeMs } = await stat(join(folder, 'reserve'));
  await guard.close();
  await guarding(folder, sizes).guard.start();
  expect(await stat(join(folder, 'reserve'))).toMatchObject({ ino, mtimeMs, size: 3 * MIB });
  await writeFile(join(folder, 'reserve'), 'cut');
  await guarding(folder, sizes).guard.start();
  expect(await stat(join(folder, 'reserve'))).toMatchObject({ size: 3 * MIB });
});

test('a disk that can’t be looked at is not called short', async () => {
  const { guard, told } = guarding(join(await scratchDir(), 'not-there'));
  await guard.start();
  expect(await guard.check()).toBe(null);
  expect(told).toEqual([]);
});
