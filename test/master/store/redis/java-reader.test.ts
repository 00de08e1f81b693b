import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { fileURLToPath } from 'node:url';
import { RedisStore } from '../../../../src/master/store/redis/redis.ts';
import { readStage } from '../../../../src/master/store/redis/java-read.ts';
import { changes, planOf, stageState, taskRecord } from '../../../contract/support/records.ts';
import { scratchDir } from '../../../contract/support/scratch.ts';
import { describeWith, works } from '../../../helpers/needs.ts';
import { noRedis, redisSettings, startRedis } from '../../../helpers/redis-server.ts';

const GSON = '/usr/share/java/gson.jar';
const READER = fileURLToPath(new URL('JavaReader.java', import.meta.url));
const missing = !works('javac', '-version')
  ? 'javac (default-jdk-headless)'
  : existsSync(GSON)
    ? noRedis
    : 'Gson (libgoogle-gson-java)';

describeWith(missing, 'a reader in Java with Gson, as the Java master has one', () => {
  test('takes what ours writes, and ours takes what it writes', { timeout: 60_000 }, async () => {
    const folder = await scratchDir();
    execFileSync('javac', ['-encoding', 'UTF-8', '-cp', GSON, '-d', folder, READER]);
    const server = await startRedis();
    const store = await RedisStore.open(redisSettings(server.url));
    onTestFinished(() => store.close());
    const name = 'wc-abcdefgh';
    const plan = planOf('p', 2);
    const outline = {
      ...plan.outline,
      stages: plan.outline.stages.map((stage, index) => ({ ...stage, dependencies: index === 1 ? [0] : [] })),
    };
    const command = ['/bin/sh', '-c', 'run "数据" --dagPath=/data/x.yml'];
    const spec = {
      ...plan.specs[0]!,
      image: 'java:1',
      command,
      entryWords: 2,
      env: { A: 'b' },
      outputPath: '/data/o',
    };
    const times = { firstStartTime: 1_795_415_014_200, startTime: 1_795_415_014_200 };
    const state = stageState({ status: 'PREPARED', attempt: 2, live: true, ...times });
    await store.write(
      changes({
        plans: [{ id: 'p', outline, specs: [spec, spec] }],
        tasks: [taskRecord(name, { planId: 'p', status: 'RUNNING', startTime: 1_795_415_014_200 })],
        stages: [{ taskName: name, index: 0, state }],
      }),
    );
    const ids = [1, 2].map((n) => `${name}-java-template-${n}`);
    const keys = [`clic:task:${name}`, ...ids.map((id) => `clic:stage:${id}`)];
    const input = await Promise.all(keys.map(async (key) => String(await server.ask('GET', key))));
    const classPath = `${folder}:${GSON}`;
    const options = ['-Dfile.encoding=UTF-8', '-Dstdout.encoding=UTF-8', '-Dsun.stdout.encoding=UTF-8'];
    const said = execFileSync('java', [...options, '-cp', classPath, 'JavaReader'], {
      input: input.join('\n'),
      encoding: 'utf8',
    });
    const [task, one, oneAgain = '', two, twoAgain = ''] = said.split('\n');
    expect(task).toBe(`${name} RUNNING 1795415014123 1795415014200 - ${ids.join(',')}`);
    const line = (id: string): string =>
      `[/bin/sh, -c][run "数据" --dagPath=/data/x.yml --stageId=${id} --masterHost=clic-master-svc --masterPort=7777]`;
    expect(one).toBe(
      `${ids[0]!} java PREPARED 1 [][${ids[1]!}] 1795415014200 - /data/o java:1 ${line(ids[0]!)}`,
    );
    expect(two).toBe(`${ids[1]!} java WAITING 0 [${ids[0]!}][] - - /data/o java:1 ${line(ids[1]!)}`);
    // Gson writes whole seconds.
    const second = 1_795_415_014_000;
    expect(readStage(oneAgain)).toMatchObject({
      isForeign: true,
      job: { image: 'java:1', env: { A: 'b' } },
      state: { status: 'PREPARED', attempt: 2, live: true, startTime: second },
    });
    expect(readStage(twoAgain)).toMatchObject({ parentIds: [ids[0]], state: null });
  });
});
