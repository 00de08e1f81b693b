import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { NotFoundError } from '../../../src/model/errors.ts';
import type { StageInfo } from '../../../src/model/views.ts';
import { runCli } from '../../helpers/run-cli.ts';
import { aStage, aTask, aTaskDetail } from '../../helpers/views.ts';

const TASK = 'wordcount-abcdefgh';
const SUBMITTED = Date.UTC(2026, 10, 23, 6, 24, 7);
const at = (seconds: number): number => SUBMITTED + seconds * 1000;

beforeEach(() => {
  vi.stubEnv('TZ', 'UTC');
  vi.useFakeTimers({ toFake: ['Date'], now: at(192) });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

const task = aTaskDetail({
  planName: 'wordcount',
  status: 'FAILED',
  submitAt: SUBMITTED,
  startAt: at(1),
  startTime: '2026-11-23T06:24:08',
  stageIds: [1, 2, 3, 4].map((n) => `${TASK}-sh-${n}`),
});
const named = (n: number, name: string, changes: Partial<StageInfo>): StageInfo =>
  aStage({
    id: `${TASK}-sh-${n}`,
    name,
    taskName: TASK,
    platform: 'sh',
    statusSource: 'master',
    children: [],
    ...changes,
  });
const stages = [
  named(1, 'read', {
    status: 'COMPLETED',
    startAt: at(1),
    completeAt: at(3.5),
    attempt: 1,
    children: [`${TASK}-sh-2`, `${TASK}-sh-3`],
  }),
  named(2, 'count', {
    status: 'FAILED',
    startAt: at(60),
    completeAt: at(61),
    attempt: 4,
    retryCount: 3,
    failure: 'exited with code 3',
    log: '/state/runs/count/4/log',
    parents: [`${TASK}-sh-1`],
    children: [`${TASK}-sh-4`],
  }),
  named(3, 'sort', { status: 'RUNNING', startAt: at(4), attempt: 1, parents: [`${TASK}-sh-1`] }),
  named(4, 'report', { status: 'SKIPPED', attempt: 0, parents: [`${TASK}-sh-2`] }),
];
const client = {
  listTasks: () =>
    Promise.resolve([task, aTask({ name: 'next-abcdefgh', submitAt: at(190), planName: 'next' })]),
  task: () => Promise.resolve(task),
  stagesOf: () => Promise.resolve(stages),
  stage: (id: string) => {
    const found = stages.find((stage) => stage.id === id || `${TASK}/${stage.name ?? ''}` === id);
    return found === undefined ? Promise.reject(new NotFoundError('no')) : Promise.resolve(found);
  },
};

async function print(...argv: string[]): Promise<string> {
  const { exit, stdout, stderr } = await runCli(argv, { client });
  expect([exit, stderr]).toEqual([0, '']);
  return stdout;
}

test('list shows status and age, and the times with --wide', async () => {
  expect(await print('list')).toBe(
    'TASK                STATUS  AGE\n' +
      'wordcount-abcdefgh  FAILED  3m 12s\n' +
      'next-abcdefgh       NEW     2s\n',
  );
  expect(await print('list', '--wide')).toBe(
    'TASK                STATUS  AGE     SUBMITTED            STARTED              COMPLETED  PLAN\n' +
      'wordcount-abcdefgh  FAILED  3m 12s  2026-11-23 06:24:07  2026-11-23 06:24:08  -          wordcount\n' +
      'next-abcdefgh       NEW     2s      2026-11-23 06:27:17  -                    -          next\n',
  );
});

test('list and task tell why a task failed that no stage has failed', async () => {
  const failure = 'the task ran longer than its activeDeadlineSeconds (2 s)';
  const late = { ...task, name: 'late-abcdefgh', failure };
  const failing = {
    ...client,
    listTasks: () => Promise.resolve([task, late]),
    task: () => Promise.resolve(late),
  };
  const printed = async (...argv: string[]): Promise<string> =>
    (await runCli(argv, { client: failing })).stdout;
  expect(await printed('list')).toBe(
    'TASK                STATUS  AGE     WHY\n' +
      'wordcount-abcdefgh  FAILED  3m 12s\n' +
      `late-abcdefgh       FAILED  3m 12s  ${failure}\n`,
  );
  expect(await printed('task', 'late-abcdefgh')).toContain(`Status     FAILED\nWhy        ${failure}\n`);
  expect(JSON.parse(await printed('list', '-o', 'json'))).toMatchObject({
    tasks: [{ failure: null }, { failure }],
  });
  expect(await printed('list', '-o', 'csv')).toContain(`,FAILED,,${failure}\n`);
  expect(await printed('task', 'late-abcdefgh', '-o', 'csv')).toContain(`-sh-4,${failure}\n`);
});

test('stages shows what failed, why, and what is skipped because of it', async () => {
  expect(await print('stages', TASK)).toBe(
    'NAME    STATUS     DURATION  WHY\n' +
      'read    COMPLETED  2.5s\n' +
      'count   FAILED     1s        exited with code 3\n' +
      'sort    RUNNING    3m 8s\n' +
      'report  SKIPPED              count failed\n',
  );
  expect(await print('stages', TASK, '-w')).toBe(
    'NAME    STATUS     DURATION  PLATFORM  ATTEMPTS  ID                       WHY                 LOG\n' +
      'read    COMPLETED  2.5s      sh        1         wordcount-abcdefgh-sh-1\n' +
      'count   FAILED     1s        sh        4         wordcount-abcdefgh-sh-2  exited with code 3  /state/runs/count/4/log\n' +
      'sort    RUNNING    3m 8s     sh        1         wordcount-abcdefgh-sh-3\n' +
      'report  SKIPPED              sh        0         wordcount-abcdefgh-sh-4  count failed\n',
  );
});

test('task is a summary, its stages, and where the log of what failed is', async () => {
  expect(await print('task', TASK)).toBe(
    'Task       wordcount-abcdefgh\n' +
      'Plan       wordcount\n' +
      'Status     FAILED\n' +
      'Submitted  2026-11-23 06:24:07 (3m 12s ago)\n' +
      'Started    2026-11-23 06:24:08\n' +
      'Stages     1 of 4 completed, 1 running, 1 failed, 1 skipped\n\n' +
      'NAME    STATUS     DURATION  WHY\n' +
      'read    COMPLETED  2.5s\n' +
      'count   FAILED     1s        exited with code 3\n' +
      'sort    RUNNING    3m 8s\n' +
      'report  SKIPPED              count failed\n\n' +
      'log of count: /state/runs/count/4/log\n',
  );
});

test('stage names its parents and children, and is found by what the plan calls it', async () => {
  expect(await print('stage', `${TASK}/count`)).toBe(
    'Stage      count\n' +
      'Task       wordcount-abcdefgh\n' +
      'Id         wordcount-abcdefgh-sh-2\n' +
      'Status     FAILED\n' +
      'Why        exited with code 3\n' +
      'Platform   sh\n' +
      'Attempts   4\n' +
      'Started    2026-11-23 06:25:07\n' +
      'Completed  2026-11-23 06:25:08\n' +
      'Duration   1s\n' +
      'Log        /state/runs/count/4/log\n' +
      'Parents    read (COMPLETED)\n' +
      'Children   report (SKIPPED)\n',
  );
});

test('csv and JSON carry status, failure and log', async () => {
  const csv = (await print('stages', TASK, '-o', 'csv')).split('\n')[2];
  expect(csv).toBe(
    'wordcount-abcdefgh-sh-2,sh,2026-11-23T06:25:07.000+00:00,2026-11-23T06:25:08.000+00:00,3,,FAILED,' +
      'wordcount-abcdefgh-sh-1,wordcount-abcdefgh-sh-4,count,wordcount-abcdefgh,4,exited with code 3,/state/runs/count/4/log,',
  );
  const json = JSON.parse(await print('task', TASK, '-o', 'json')) as unknown;
  expect(json).toMatchObject({
    task: {
      planName: 'wordcount',
      submitTime: '2026-11-23T06:24:07.000+00:00',
      stages: [{}, { name: 'count', failure: 'exited with code 3' }, {}, { status: 'SKIPPED' }],
    },
  });
});

test('a terminal has colors, and lines that fit', async () => {
  const { stdout } = await runCli(['stages', TASK], { client, tty: { columns: 38, rows: 24 } });
  expect(stdout).toContain('\x1b[31mFAILED\x1b[0m');
  for (const line of stdout.replace(/\x1b\[\d*m/g, '').split('\n'))
    expect(line.length).toBeLessThanOrEqual(38);
});

describe('what an older master of ours sends', () => {
  const old = stages.map((stage) => ({
    ...stage,
    name: null,
    attempt: null,
    startAt: null,
    completeAt: null,
    status: stage.status === 'SKIPPED' ? 'WAITING' : stage.status,
  }));

  test('shows a stage that waits for ever in a failed task as skipped', async () => {
    const { stdout } = await runCli(['stages', TASK], {
      client: { stagesOf: () => Promise.resolve(old) },
    });
    expect(stdout).toBe(
      'STAGE                    STATUS     WHY\n' +
        'wordcount-abcdefgh-sh-1  COMPLETED\n' +
        'wordcount-abcdefgh-sh-2  FAILED     exited with code 3\n' +
        'wordcount-abcdefgh-sh-3  RUNNING\n' +
        'wordcount-abcdefgh-sh-4  SKIPPED    wordcount-abcdefgh-sh-2 failed\n',
    );
  });
});

test.each([
  ['parents: read, sort', 0, 'WAITING', 'waits for read, sort'],
  ['a free slot', 0, 'WAITING', 'waits for a free slot'],
  ['retry at 2026-11-23T06:25:00.000Z', 1, 'WAITING', 'retry at 06:25:00 (exited with code 3)'],
  ['suspended', 0, 'SUSPEND', 'held back until `clic continue`'],
])('a stage that waits for %j says so', async (waitsFor, retryCount, status, why) => {
  const failure = retryCount > 0 ? 'exited with code 3' : null;
  const stage = named(1, 'count', { status, waitsFor, retryCount, failure });
  const { stdout } = await runCli(['stages', TASK], { client: { stagesOf: () => Promise.resolve([stage]) } });
  expect(stdout).toBe(`NAME   STATUS   WHY\ncount  ${status}  ${why}\n`);
});

test("a Java master's times are shown as it sent them", async () => {
  const { stdout } = await runCli(['list'], { client: { listTasks: () => Promise.resolve([aTask()]) } });
  expect(stdout).toBe(
    'TASK                STATUS  SUBMITTED\nwordcount-abcdefgh  NEW     2026-11-23 06:24:07\n',
  );
});

test('--wide cuts nothing, also on a terminal', async () => {
  const failure = 'the task ran longer than its activeDeadlineSeconds (2 s)';
  const listTasks = () => Promise.resolve([{ ...task, failure }]);
  const tty = { columns: 40, rows: 24 };
  for (const [argv, ...parts] of [
    [['stages', TASK, '-w'], `${TASK}-sh-2`, 'exited with code 3', '/state/runs/count/4/log'],
    [['task', TASK, '-w'], `${TASK}-sh-2`, 'exited with code 3', '/state/runs/count/4/log'],
    [['list', '-w'], TASK, '2026-11-23 06:24:07', failure],
  ] as const) {
    const { stdout } = await runCli(argv, { client: { ...client, listTasks }, tty });
    expect(stdout).not.toContain('…');
    for (const part of parts) expect(stdout).toContain(part);
  }
});

test('without --wide, reasons are cut where they have no room, and what can be copied last', async () => {
  const failure = 'the task ran longer than its activeDeadlineSeconds (2 s)';
  const listTasks = () => Promise.resolve([{ ...task, failure }]);
  const at = async (columns: number): Promise<string> =>
    (await runCli(['list'], { client: { listTasks }, tty: { columns, rows: 24 } })).stdout;
  const [, whole = ''] = (await at(80)).split('\n');
  expect(whole.startsWith(`${TASK} `) && whole.endsWith('Seconds (2 s)')).toBe(true);
  expect(whole).toContain('the task ran longe');
  expect((await at(44)).split('\n')[1]).toMatch(/^wordcount-abcdefgh .* the … s\)$/);
  expect((await at(40)).split('\n')[1]).toMatch(/^wordc[^ ]+efgh .* the … s\)$/);
});

describe('a name of the other kind', () => {
  const unknown = () => Promise.reject(new NotFoundError('unknown', { hint: 'look' }));

  test.each(['task', 'stages', 'wait', 'watch'])('%s is told that it is a stage', async (verb) => {
    const { exit, stdout, stderr } = await runCli([verb, `${TASK}-sh-1`], {
      client: { ...client, task: unknown, stagesOf: unknown },
    });
    expect([exit, stdout]).toEqual([4, '']);
    expect(stderr).toBe(
      `clic: "${TASK}-sh-1" is a stage, not a task\nhint: \`clic stage ${TASK}-sh-1\` shows it\n`,
    );
  });

  test.each(['stage', 'suspend', 'continue', 'result'])('%s is told that it is a task', async (verb) => {
    const { exit, stdout, stderr } = await runCli([verb, TASK], {
      client: { ...client, suspendStage: unknown, continueStage: unknown, resultPath: unknown },
    });
    expect([exit, stdout]).toEqual([4, '']);
    expect(stderr).toBe(
      `clic: "${TASK}" is a task, not a stage\nhint: \`clic stages ${TASK}\` shows its stages\n`,
    );
  });

  test('what is neither is told as ever', async () => {
    const { stderr } = await runCli(['task', 'x'], { client: { task: unknown, stage: unknown } });
    expect(stderr).toBe('clic: unknown\nhint: look\n');
  });
});
