import { chmod, chown, mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openStateDir } from '../../src/master/state-dir.ts';
import { scratchDir } from '../contract/support/scratch.ts';

const isRoot = process.getuid?.() === 0;
const FOREIGN = 54_321;

let dir: string;
beforeEach(async () => {
  dir = path.join(await scratchDir(), 'state');
});

const modeOf = async (folder: string): Promise<number> => (await stat(folder)).mode & 0o7777;

async function madeWith(mode: number): Promise<void> {
  await mkdir(dir);
  await chmod(dir, mode);
}

describe('the state directory', () => {
  it('is made for its user alone, with what is above it', async () => {
    const deep = path.join(dir, 'of', 'clic-master');
    await openStateDir(deep);
    const made = [dir, path.dirname(deep), deep, path.join(deep, 'work'), path.join(deep, 'runs')];
    expect(await Promise.all(made.map(modeOf))).toEqual(made.map(() => 0o700));
  });

  it.each([0o700, 0o750, 0o755, 0o770, 0o2770])('may have the mode %o, which it keeps', async (mode) => {
    await madeWith(mode);
    await openStateDir(dir);
    expect(await modeOf(dir)).toBe(mode);
    expect((await modeOf(path.join(dir, 'runs'))) & 0o777).toBe(0o700);
  });

  it.each([0o777, 0o757, 0o2777])('is refused with the mode %o', async (mode) => {
    await madeWith(mode);
    await expect(openStateDir(dir)).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining(`(mode ${mode.toString(8).padStart(4, '0')})`) as string,
      hint: expect.stringContaining(`chmod o-w ${dir}, or start with --state-dir ${dir}/`) as string,
    });
  });

  it('is refused when a folder in it is open to others', async () => {
    await mkdir(path.join(dir, 'runs'), { recursive: true });
    await chmod(path.join(dir, 'runs'), 0o777);
    await expect(openStateDir(dir)).rejects.toMatchObject({
      hint: expect.stringContaining(`chmod o-w ${dir}/runs,`) as string,
    });
  });

  it('may be open to all with the sticky bit', async () => {
    await madeWith(0o1777);
    await openStateDir(dir);
  });

  it.runIf(isRoot)(
    'with the sticky bit is refused when somebody has made a folder in it before',
    async () => {
      await madeWith(0o1777);
      await mkdir(path.join(dir, 'runs'));
      await chown(path.join(dir, 'runs'), FOREIGN, FOREIGN);
      await expect(openStateDir(dir)).rejects.toMatchObject({
        code: 'CONFIG',
        message: expect.stringContaining(`${dir}/runs is another user's`) as string,
      });
    },
  );

  it.runIf(isRoot)('is refused when a group can write to it that the master is not in', async () => {
    await madeWith(0o770);
    await chown(dir, 0, FOREIGN);
    await expect(openStateDir(dir)).rejects.toMatchObject({
      hint: expect.stringContaining(`chmod g-w ${dir},`) as string,
    });
  });

  it('is refused when it is a file', async () => {
    await writeFile(dir, '');
    await expect(openStateDir(dir)).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining(`${dir} is not a directory`) as string,
    });
  });

  it.runIf(process.platform === 'linux')('is refused where a file system takes no folders', async () => {
    await expect(openStateDir('/proc/x/y')).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining("/proc/x'") as string,
    });
  });
});
