import { expect, it } from 'vitest';
import { describeWith } from '../../helpers/needs.ts';
import { noRedis, startRedis } from '../../helpers/redis-server.ts';
import { Bench } from './support/bench.ts';
import { logged } from './support/plans.ts';

describeWith(noRedis, 'two masters over one Redis that are both told to lead', () => {
  it('are one after some seconds: the first ends with 1, where it has nothing to write, too', async () => {
    const redis = await startRedis();
    const args = ['--store', 'redis', '--redis-url', redis.url, '--leader-election', 'none'];
    const first = await Bench.start({ args });
    const ended = new Promise((resolve) => first.master.child.once('exit', resolve));
    const second = await Bench.start({ args });
    expect(await ended).toBe(1);
    expect(first.master.log()).toMatch(
      /^clic-master: the master can't go on: another master has taken over the state in redis:.* FENCED by epoch 2$/m,
    );
    expect(first.master.log()).toContain(
      'hint: what runs goes on, and the process that leads now takes it up',
    );
    const task = await second.submit([{ name: 'a', run: logged('a') }]);
    expect(await task.ended()).toBe('COMPLETED');
  });
});
