import { expect, it, onTestFinished } from 'vitest';
import { RedisLease } from '../../../src/master/leader/redis-lease.ts';
import { connect } from '../../../src/master/store/redis/connect.ts';
import { describeWith } from '../../helpers/needs.ts';
import { noRedis, RedisServer } from '../../helpers/redis-server.ts';

const NEVER = new AbortController().signal;

describeWith(noRedis, 'a lease in Redis', () => {
  async function server(): Promise<RedisServer> {
    const redis = new RedisServer();
    onTestFinished(() => redis.remove());
    await redis.start();
    return redis;
  }

  function leaseOf(redis: RedisServer, token: string): RedisLease {
    const settings = {
      url: redis.url,
      user: null,
      passwordFile: null,
      tls: { ca: null, cert: null, key: null },
      sentinels: null,
      prefix: 'clic:',
      allowVolatile: false,
      retentionMs: 1000,
    };
    const lease = new RedisLease(() => connect(settings), 'clic:lease:clic-master', token);
    onTestFinished(() => lease.close());
    return lease;
  }

  it('is one process’ at a time, for ten seconds from its last claim', async () => {
    const redis = await server();
    const [a, b] = [leaseOf(redis, 'a'), leaseOf(redis, 'b')];
    expect(await a.claim(NEVER)).toBeNull();
    expect(await b.claim(NEVER)).toBe('a');
    await redis.ask('PEXPIRE', 'clic:lease:clic-master', '3000');
    expect(await a.claim(NEVER)).toBeNull();
    expect(Number(await redis.ask('PTTL', 'clic:lease:clic-master'))).toBeGreaterThan(8000);
    await redis.ask('DEL', 'clic:lease:clic-master');
    expect(await b.claim(NEVER)).toBeNull();
    expect(await a.claim(NEVER)).toBe('b');
  });

  it('is given back by who has it alone', async () => {
    const redis = await server();
    const [a, b] = [leaseOf(redis, 'a'), leaseOf(redis, 'b')];
    await a.claim(NEVER);
    await b.release(NEVER);
    expect(await b.claim(NEVER)).toBe('a');
    await a.release(NEVER);
    expect(await b.claim(NEVER)).toBeNull();
  });

  it('outlives Redis: who had it has it when Redis is back', async () => {
    const redis = await server();
    const [a, b] = [leaseOf(redis, 'a'), leaseOf(redis, 'b')];
    await a.claim(NEVER);
    await redis.kill();
    await expect(a.claim(NEVER)).rejects.toThrow();
    await redis.start();
    expect(await b.claim(NEVER)).toBe('a');
    expect(await a.claim(NEVER)).toBeNull();
  });

  it('is asked for anew after a claim that was given up', async () => {
    const redis = await server();
    const a = leaseOf(redis, 'a');
    await a.claim(NEVER);
    process.kill(redis.pid, 'SIGSTOP');
    const late = new AbortController();
    const claim = a.claim(late.signal);
    late.abort();
    await expect(claim).rejects.toThrow();
    process.kill(redis.pid, 'SIGCONT');
    expect(await a.claim(NEVER)).toBeNull();
  });
});
