import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ClicError } from '../../../src/model/errors.ts';
import { createMasterClient } from '../../../src/rpc/connect.ts';
import { describeWith } from '../../helpers/needs.ts';
import { clientOptions } from '../../helpers/peer.ts';
import { noRedis, startRedis, type RedisServer } from '../../helpers/redis-server.ts';
import { Bench } from './support/bench.ts';
import { logged, waitFor } from './support/plans.ts';
import { seededRandom } from './support/random.ts';
import { listedPlans } from './support/submitters.ts';

const [SUBMISSIONS, CLIENTS, KILLS] = [500, 8, 10];

/** What clients were told of the plans that they have submitted, by name. */
class Told {
  readonly acknowledged = new Set<string>();
  /** It may have been stored, or not. */
  readonly unknown = new Set<string>();
  /** How often it was said that nothing was done; then the same is submitted again. */
  refused = 0;

  isOf(name: string): boolean {
    return this.acknowledged.has(name) || this.unknown.has(name);
  }
}

/** Submits plans, each by a name of its own, over several connections. */
async function submitAll(port: number, plan: string, told: Told): Promise<void> {
  let next = 0;
  const submitting = async (): Promise<void> => {
    // Redis is away for a shorter time.
    const client = createMasterClient(clientOptions(port, { callTimeoutMs: 20_000 }));
    while (next < SUBMISSIONS) {
      const name = `plan-${next++}`;
      while (!told.isOf(name)) {
        const error: unknown = await client.submitPlan(name, plan).then(
          () => null,
          (thrown: unknown) => thrown,
        );
        if (error === null) told.acknowledged.add(name);
        else if (error instanceof ClicError && error.code === 'OUTCOME_UNKNOWN') told.unknown.add(name);
        else {
          const message = expect.stringContaining('nothing can be changed now') as string;
          expect(error).toMatchObject({ code: 'REFUSED', message });
          told.refused += 1;
          await delay(20);
        }
      }
    }
    client.close();
  };
  await Promise.all(Array.from({ length: CLIENTS }, submitting));
}

/** Kills Redis at random moments, and each time starts it again. */
async function killAgainAndAgain(redis: RedisServer, told: Told, random: () => number): Promise<void> {
  for (let kill = 0; kill < KILLS; kill += 1) {
    const after = ((kill + random()) * SUBMISSIONS) / (KILLS + 1);
    await expect.poll(() => told.acknowledged.size, { interval: 1, timeout: 60_000 }).toBeGreaterThan(after);
    await redis.kill();
    await delay(300 * random());
    await redis.start();
  }
}

describeWith(noRedis, 'a Redis that is killed with -9 at random moments while plans are submitted', () => {
  it(
    'loses none that was acknowledged, has none twice, and its master goes on by itself',
    { timeout: 180_000 },
    async () => {
      const redis = await startRedis();
      const bench = await Bench.start({
        args: ['--store', 'redis', '--redis-url', redis.url, '--max-running', '1'],
      });
      // The others wait behind it, so that this machine has time for submissions.
      const first = await bench.submit([{ name: 'a', run: waitFor('go') }]);
      const plan = bench.plan([{ name: 'a', run: logged('a') }]);
      const told = new Told();
      await Promise.all([
        submitAll(bench.master.port, plan, told),
        killAgainAndAgain(redis, told, seededRandom(1)),
      ]);
      expect(told.refused).toBeGreaterThan(0);
      expect(bench.master.child.exitCode).toBeNull();

      const listed = await listedPlans(bench);
      const there = new Set(listed);
      expect([...told.acknowledged].filter((name) => !there.has(name))).toEqual([]);
      expect(listed.filter((name) => name !== 'plan' && !told.isOf(name))).toEqual([]);
      expect(listed).toHaveLength(there.size);
      // It still starts what is next.
      first.give('go');
      expect(await first.ended()).toBe('COMPLETED');
      const running = async (): Promise<number> =>
        (await bench.client.listTasks()).filter(({ status }) => status === 'COMPLETED').length;
      await expect.poll(running).toBeGreaterThan(1);

      // What it tells is what Redis has.
      await bench.kill();
      await bench.up();
      expect((await listedPlans(bench)).sort()).toEqual(listed.sort());
    },
  );
});
