import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { openStore } from '../../../src/master/store/open.ts';
import type { Store, StoreOptions } from '../../../src/master/store/store.ts';
import { ConfigError } from '../../../src/model/errors.ts';
import { planOf, submission } from '../../contract/support/records.ts';
import { scratchDir } from '../../contract/support/scratch.ts';
import { bundleScript, runScript } from '../../contract/support/script.ts';
import { describeWith } from '../../helpers/needs.ts';
import { fillDisk, noSmallDisk, smallDisk } from '../../helpers/small-disk.ts';

const WRITER = new URL('../../contract/support/write-until-killed.ts', import.meta.url);
/** More than what a page of the disk can still take. */
const LARGE = { failure: 'x'.repeat(100_000) };

async function opened(stateDir: string, options: StoreOptions = {}): Promise<Store> {
  const store = await openStore('level', stateDir, options);
  onTestFinished(() => store.close());
  return store;
}

async function namesIn(stateDir: string): Promise<string[]> {
  const store = await openStore('level', stateDir);
  try {
    return (await store.load()).tasks.map(({ name }) => name).sort();
  } finally {
    await store.close();
  }
}

describeWith(noSmallDisk, 'a store whose disk is full', () => {
  test('goes on when there is room, again and again, and loses nothing that it said is written', async () => {
    const stateDir = smallDisk(24);
    const data = join(stateDir, 'data');
    const writer = runScript(await bundleScript(WRITER, await scratchDir()), [stateDir]);
    const told = createInterface(writer.stdout)[Symbol.asyncIterator]();
    const lines: string[] = [];
    const reads = async (line: RegExp): Promise<void> => {
      do lines.push(String((await told.next()).value));
      while (!line.test(lines.at(-1) ?? ''));
    };
    for (let round = 0; round < 3; round += 1) {
      await reads(/^\+/);
      await fillDisk(data);
      await reads(/^full$/);
      await rm(data);
      await reads(/^room$/);
      await reads(/^\+/);
      await reads(/^\+/);
    }
    writer.kill('SIGKILL');
    await once(writer, 'exit');
    for (let rest = await told.next(); rest.done !== true; rest = await told.next()) lines.push(rest.value);

    const named = (sign: string): string[] =>
      lines.filter((line) => line.startsWith(sign)).map((line) => line.slice(1));
    const deleted = named('-');
    const there = new Set(await namesIn(stateDir));
    // The deletion that comes next may have been made without being told.
    const last = Number(named('+').at(-1)?.slice('task-'.length));
    const missing = named('+').filter((name) => !there.has(name) && !deleted.includes(name));
    expect(missing.filter((name) => name !== `task-${last - 1}`)).toEqual([]);
    expect(deleted.filter((name) => there.has(name))).toEqual([]);
    expect(lines.filter((line) => !/^[+-]/.test(line))).toEqual(Array(3).fill(['full', 'room']).flat());
  });

  test('writes at once in the room that is made for it, says so, and answers reads when it is open again', async () => {
    const stateDir = smallDisk(16);
    const data = join(stateDir, 'data');
    const told: (string | null)[] = [];
    let give = (): void => undefined;
    const given = new Promise<void>((resolve) => (give = resolve));
    let asked = (): void => undefined;
    const isAsked = new Promise<void>((resolve) => (asked = resolve));
    const store = await opened(stateDir, {
      onWaiting: (problem) => told.push(problem),
      async onDiskFull() {
        asked();
        await given;
        await rm(data);
        return true;
      },
    });
    await store.write(submission('before', 2));
    await fillDisk(data);
    const writing = store.write(submission('meanwhile', 2, LARGE));
    await isAsked;
    const reading = store.readPlan('plan-of-before');
    expect(told).toEqual([`the state can't be written: the disk of ${stateDir}/store is full`]);
    give();
    await writing;
    expect(await reading).toEqual(planOf('plan-of-before', 2).outline);
    expect(told).toEqual([expect.any(String), null]);
    await store.write(submission('after', 2));
    await store.close();
    expect(await namesIn(stateDir)).toEqual(['after', 'before', 'meanwhile']);
  });

  test.each(['leave', 'close'] as const)(
    'gives up waiting at %s(), with what was written before',
    async (how) => {
      const stateDir = smallDisk(16);
      const data = join(stateDir, 'data');
      let full = (): void => undefined;
      const isFull = new Promise<void>((resolve) => (full = resolve));
      const store = await opened(stateDir, { onWaiting: full });
      await store.write(submission('before', 2));
      await fillDisk(data);
      const writing = store.write(submission('never', 2, LARGE));
      await isFull;
      const [outcome] = await Promise.allSettled([writing, store[how]()]);
      expect(outcome).toMatchObject({ status: 'rejected' });
      await store.close();
      await rm(data);
      expect(await namesIn(stateDir)).toEqual(['before']);
    },
  );

  test('is opened in the room that is made for it, and says what is wrong where none can be made', async () => {
    const stateDir = smallDisk(16);
    const data = join(stateDir, 'data');
    const earlier = await opened(stateDir);
    await earlier.write(submission('before', 2, LARGE));
    await earlier.close();
    await fillDisk(data);
    const opening = openStore('level', stateDir, { onDiskFull: () => Promise.resolve(false) });
    await expect(opening).rejects.toBeInstanceOf(ConfigError);
    await expect(opening).rejects.toThrow(`state directory ${stateDir} can't be opened`);
    await expect(opening).rejects.toThrow('No space left on device');
    const store = await opened(stateDir, {
      onDiskFull: () =>
        rm(data).then(
          () => true,
          () => false,
        ),
    });
    expect((await store.load()).tasks.map(({ name }) => name)).toEqual(['before']);
  });
});
