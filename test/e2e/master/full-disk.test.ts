import { rm } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { describeWith } from '../../helpers/needs.ts';
import { fillDisk, noSmallDisk, smallDisk } from '../../helpers/small-disk.ts';
import { Bench } from './support/bench.ts';
import { planText, waitFor } from './support/plans.ts';

/** 16 of the 48 MiB are the master's reserve. */
async function benchOnSmallDisk(): Promise<{ bench: Bench; disk: string }> {
  const disk = smallDisk(48);
  const args = ['--min-free-bytes', '8MiB', '--max-running', '32'];
  return { bench: await Bench.start({ stateDir: path.join(disk, 'state'), args }), disk };
}

describeWith(noSmallDisk, 'a master whose disk becomes short', () => {
  it('refuses plans with the reason, lets running stages end, answers, and takes plans again when there is room', async () => {
    const { bench } = await benchOnSmallDisk();
    const { pid } = bench.master.child;
    const task = await bench.submit([
      { name: 'hog', run: `head -c 26000000 /dev/zero > big && ${waitFor('go')}` },
      { name: 'next', run: 'true', after: ['hog'] },
    ]);
    const small = bench.file('small.yaml', planText([{ name: 'a', run: 'true' }]));
    const submit = () => bench.clic('submit', 'small', small);
    await expect.poll(async () => (await submit()).stderr).toContain('no plan is taken now');

    const refused = await submit();
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toMatch(
      new RegExp(`\\d MiB are free on the disk of ${bench.stateDir}, less than the 8 MiB`),
    );
    expect(refused.stderr).toContain('--min-free-bytes');
    task.give('go');
    await task.reaches({ hog: 'COMPLETED' });
    expect((await task.stage('next')).waitsFor).toContain('--min-free-bytes');
    const list = await bench.clic('list');
    expect(list).toMatchObject({ exitCode: 0 });
    expect(list.stdout).toContain(task.name);

    await rm(path.join(task.folder, 'big'));
    expect(await task.ended()).toBe('COMPLETED');
    expect(await submit()).toMatchObject({ exitCode: 0 });
    expect(bench.master.child).toMatchObject({ pid, exitCode: null, signalCode: null });
    const told = bench.master.log().split('\n');
    expect(told.filter((line) => line.includes('no plan is taken and no stage started'))).toHaveLength(1);
    expect(told.filter((line) => line.includes('there is room on the disk again'))).toHaveLength(1);
  });

  it('writes its state in the reserve when the disk is full, then waits for room, and keeps what it acknowledged', async () => {
    const { bench, disk } = await benchOnSmallDisk();
    const names = Array.from({ length: 20 }, (_, index) => `w${index}`);
    const task = await bench.submit([
      { name: 'hog', run: `${waitFor('fill')}; cat /dev/zero > big; : > full; ${waitFor('go')}` },
      { name: 'held', run: 'true', after: ['hog'] },
      ...names.map((name) => ({ name, run: `: > up-${name}; ${waitFor('go')}` })),
    ]);
    for (const name of names) await task.has(`up-${name}`);
    task.give('fill');
    await task.has('full');
    await expect.poll(() => bench.master.log()).toContain('no plan is taken and no stage started');
    task.give('go');
    const ended = Object.fromEntries(['hog', ...names].map((name) => [name, 'COMPLETED']));
    await task.reaches({ ...ended, held: 'WAITING' });
    expect(bench.master.log()).toContain("the state can't be written");
    await expect.poll(() => bench.master.log()).toContain('the state is written again');

    const data = path.join(disk, 'data');
    await fillDisk(data);
    const suspended = bench.clic('suspend', task.idOf('held'));
    expect(await bench.clic('list')).toMatchObject({ exitCode: 0 });
    await rm(data);
    expect(await suspended).toMatchObject({ exitCode: 0 });
    await bench.kill();
    await rm(path.join(task.folder, 'big'));
    await bench.up();
    await task.reaches({ ...ended, held: 'SUSPEND' });
    expect(await bench.clic('continue', task.idOf('held'))).toMatchObject({ exitCode: 0 });
    expect(await task.ended()).toBe('COMPLETED');
  });

  it('ends at SIGTERM although its state can’t be written, and has what it acknowledged when it is back', async () => {
    const { bench, disk } = await benchOnSmallDisk();
    const task = await bench.submit([
      { name: 'first', run: waitFor('go') },
      { name: 'next', run: 'true', after: ['first'] },
    ]);
    const { client } = bench;
    /** Changes the state until that is not acknowledged any more. */
    const changing = (async () => {
      for (;;) {
        await client.suspendStage(task.idOf('next'));
        await client.continueStage(task.idOf('next'));
      }
    })().catch((error: unknown) => error);
    const data = path.join(disk, 'data');
    const { master } = bench;
    const log = (): string => master.log();
    const waits = (): number => log().split("the state can't be written").length - 1;
    await fillDisk(data);
    await expect.poll(log).toContain('the state is written again');
    // In the room of the reserve.
    await fillDisk(data);
    await expect.poll(waits).toBe(2);
    expect(await bench.stop()).toBe(0);
    expect(await changing).toBeInstanceOf(Error);
    expect(log()).toContain("the master can't go on");
    await rm(data);
    await bench.up();
    expect((await task.info()).completeTime).toBeNull();
    task.give('go');
    await task.reaches({ first: 'COMPLETED' });
  });
});
