import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { runCli } from '../../helpers/run-cli.ts';
import { aStage, aTask, aTaskDetail } from '../../helpers/views.ts';

const done = aTask({
  name: 'done-abcdefgh',
  startTime: '2026-11-23T06:24:13',
  completeTime: '2026-11-23T06:24:16',
  status: 'COMPLETED',
  runtimeSeconds: 3,
});
const stage = aStage({ parents: ['p-1', 'p-2'], jobInfo: 'class V1Job {\n name: x\n}' });
const client = {
  listTasks: () => Promise.resolve([done, aTask()]),
  task: () => Promise.resolve(aTaskDetail()),
  stage: () => Promise.resolve(stage),
  stagesOf: () =>
    Promise.resolve([
      stage,
      aStage({ id: 's-2', status: 'SUSPEND', statusSource: 'master', failure: 'exit status 3' }),
    ]),
  suspendStage: () => Promise.resolve(true),
  continueStage: () => Promise.resolve(true),
};

async function print(...argv: string[]): Promise<string> {
  const { exit, stdout, stderr } = await runCli(argv, { client });
  expect([exit, stderr]).toEqual([0, '']);
  return stdout;
}

describe('a list of tasks', () => {
  test('as JSON', async () => {
    expect(JSON.parse(await print('list', '-o', 'json'))).toEqual({
      schemaVersion: 1,
      tasks: [
        {
          name: 'done-abcdefgh',
          planName: null,
          submitTime: '2026-11-23T06:24:07',
          startTime: '2026-11-23T06:24:13',
          completeTime: '2026-11-23T06:24:16',
          status: 'COMPLETED',
          runtimeSeconds: 3,
          failure: null,
        },
        {
          name: 'wordcount-abcdefgh',
          planName: null,
          submitTime: '2026-11-23T06:24:07',
          startTime: null,
          completeTime: null,
          status: 'NEW',
          runtimeSeconds: null,
          failure: null,
        },
      ],
    });
  });

  test('as JSON lines', async () => {
    expect(await print('-list_task', '--output=jsonl')).toBe(
      '{"schemaVersion":1,"name":"done-abcdefgh","planName":null,"submitTime":"2026-11-23T06:24:07","startTime":"2026-11-23T06:24:13","completeTime":"2026-11-23T06:24:16","status":"COMPLETED","runtimeSeconds":3,"failure":null}\n' +
        '{"schemaVersion":1,"name":"wordcount-abcdefgh","planName":null,"submitTime":"2026-11-23T06:24:07","startTime":null,"completeTime":null,"status":"NEW","runtimeSeconds":null,"failure":null}\n',
    );
  });

  test('as YAML, in which times are text for every reader', async () => {
    const yaml = await print('list', '-o', 'yaml');
    expect(yaml).toBe(
      'schemaVersion: 1\ntasks:\n' +
        '  - name: "done-abcdefgh"\n    planName: null\n    submitTime: "2026-11-23T06:24:07"\n    startTime: "2026-11-23T06:24:13"\n' +
        '    completeTime: "2026-11-23T06:24:16"\n    status: "COMPLETED"\n    runtimeSeconds: 3\n    failure: null\n' +
        '  - name: "wordcount-abcdefgh"\n    planName: null\n    submitTime: "2026-11-23T06:24:07"\n    startTime: null\n' +
        '    completeTime: null\n    status: "NEW"\n    runtimeSeconds: null\n    failure: null\n',
    );
  });

  test('as csv', async () => {
    expect(await print('list', '-o', 'csv')).toBe(
      'plan_name,submit_time,start_time,complete_time,task_status,task_runtime,task_failure\n' +
        'done-abcdefgh,2026-11-23T06:24:07,2026-11-23T06:24:13,2026-11-23T06:24:16,COMPLETED,3,\n' +
        'wordcount-abcdefgh,2026-11-23T06:24:07,,,NEW,,\n',
    );
  });

  test('as names', async () => {
    expect(await print('list', '-o', 'name')).toBe('done-abcdefgh\nwordcount-abcdefgh\n');
  });
});

describe('a task', () => {
  test('as JSON has its stages as an array', async () => {
    expect(JSON.parse(await print('task', 'x', '-o', 'json'))).toMatchObject({
      schemaVersion: 1,
      task: {
        name: 'wordcount-abcdefgh',
        stageCount: 2,
        stageIds: ['wordcount-abcdefgh-java-template-1', 'wordcount-abcdefgh-spark-template-2'],
      },
    });
  });

  test('as csv has its stages in one cell', async () => {
    expect(await print('task', 'x', '-o', 'csv')).toBe(
      'plan_name,submit_time,start_time,complete_time,task_status,task_stage_num,task_runtime,task_stage_list,task_failure\n' +
        'wordcount-abcdefgh,2026-11-23T06:24:07,,,NEW,2,,wordcount-abcdefgh-java-template-1 wordcount-abcdefgh-spark-template-2,\n',
    );
  });

  test('as a name', async () => {
    expect(await print('task', 'x', '-o', 'name')).toBe('wordcount-abcdefgh\n');
  });
});

describe('stages', () => {
  test('as JSON say where their status comes from', async () => {
    expect(JSON.parse(await print('stages', 'x', '-o', 'json'))).toEqual({
      schemaVersion: 1,
      stages: [
        {
          id: 'wordcount-abcdefgh-java-template-1',
          name: null,
          taskName: null,
          platform: 'java',
          status: 'WAITING',
          statusSource: 'times',
          startTime: null,
          completeTime: null,
          runtimeSeconds: null,
          retryCount: 0,
          attempt: null,
          failure: null,
          log: null,
          waitsFor: null,
          parents: ['p-1', 'p-2'],
          children: ['wordcount-abcdefgh-spark-template-2'],
          jobInfo: 'class V1Job {\n name: x\n}',
        },
        expect.objectContaining({ id: 's-2', status: 'SUSPEND', statusSource: 'master' }),
      ],
    });
  });

  test('as YAML keep the lines of what runs', async () => {
    const yaml = await print('stage', 'x', '-o', 'yaml');
    expect(yaml).toContain('jobInfo: "class V1Job {\\n name: x\\n}"\n');
    expect(parse(yaml)).toMatchObject({ stage: { jobInfo: stage.jobInfo, parents: ['p-1', 'p-2'] } });
  });

  test('as csv have one row each', async () => {
    expect(await print('stages', 'x', '-o', 'csv')).toBe(
      'stage_id,platform,start_time,complete_time,retry_count,stage_runtime,stage_status,parent_list,children_list,stage_name,task_name,attempt,stage_failure,stage_log,stage_waits\n' +
        'wordcount-abcdefgh-java-template-1,java,,,0,,WAITING,p-1 p-2,wordcount-abcdefgh-spark-template-2,,,,,,\n' +
        's-2,java,,,0,,SUSPEND,,wordcount-abcdefgh-spark-template-2,,,,exit status 3,,\n',
    );
  });

  test('show their status and why they failed in a wide table', async () => {
    expect(await print('-task_stage', 'x', '--wide')).toBe(
      [
        '+------------------------------------+----------+------------+---------------+-------------+---------------+--------------+---------------+',
        '| stage_id                           | platform | start_time | complete_time | retry_count | stage_runtime | stage_status | failure       |',
        '+------------------------------------+----------+------------+---------------+-------------+---------------+--------------+---------------+',
        '| wordcount-abcdefgh-java-template-1 | java     |    -       |    -          | 0           |               | WAITING      |               |',
        '| s-2                                | java     |    -       |    -          | 0           |               | SUSPEND      | exit status 3 |',
        '+------------------------------------+----------+------------+---------------+-------------+---------------+--------------+---------------+',
        '',
      ].join('\n'),
    );
  });

  test('have a row for each parent or child', async () => {
    expect(await print('-stage', 'x', '-w')).toBe(
      [
        '+------------------------------------+----------+------------+---------------+-------------+---------------+--------------+-------------+-------------------------------------+',
        '| stage_id                           | platform | start_time | complete_time | retry_count | stage_runtime | stage_status | parent_list | children_list                       |',
        '+------------------------------------+----------+------------+---------------+-------------+---------------+--------------+-------------+-------------------------------------+',
        '| wordcount-abcdefgh-java-template-1 | java     |    -       |    -          | 0           |               | WAITING      | p-1         | wordcount-abcdefgh-spark-template-2 |',
        '|                                    |          |            |               |             |               |              | p-2         |                                     |',
        '+------------------------------------+----------+------------+---------------+-------------+---------------+--------------+-------------+-------------------------------------+',
        '',
      ].join('\n'),
    );
  });
});

test.each([
  ['suspend', true],
  ['continue', false],
])('%s tells a program what has become of the stage', async (verb, suspended) => {
  expect(JSON.parse(await print(verb, 's-1', '-o', 'json'))).toEqual({
    schemaVersion: 1,
    stageId: 's-1',
    suspended,
    changed: true,
  });
  expect(await print(verb, 's-1', '-o', 'jsonl')).toBe(
    `{"schemaVersion":1,"stageId":"s-1","suspended":${String(suspended)},"changed":true}\n`,
  );
  expect(await print(verb, 's-1', '-o', 'csv')).toBe(
    `stage_id,suspended,changed\ns-1,${String(suspended)},true\n`,
  );
  expect(await print(verb, 's-1', '-o', 'name')).toBe('s-1\n');
});

describe('an empty list', () => {
  const nothing = { listTasks: () => Promise.resolve([]), stagesOf: () => Promise.resolve([]) };

  test.each(['table', 'jsonl', 'csv', 'name'])('prints nothing as %s', async (format) => {
    const { exit, stdout, stderr } = await runCli(['list', '-o', format], { client: nothing });
    expect([exit, stdout, stderr]).toEqual([0, '', 'no tasks\n']);
  });

  test('is an empty array in documents', async () => {
    const json = await runCli(['list', '-o', 'json'], { client: nothing });
    expect(JSON.parse(json.stdout)).toEqual({ schemaVersion: 1, tasks: [] });
    const yaml = await runCli(['stages', 'x', '-o', 'yaml'], { client: nothing });
    expect(yaml.stdout).toBe('schemaVersion: 1\nstages: []\n');
    expect(yaml.stderr).toBe('x has no stages\n');
  });
});

test.each(['table', 'json', 'jsonl', 'yaml', 'csv', 'name'])(
  'no name that a master sends drives a terminal in %s',
  async (format) => {
    const evil = 'a\u001b[2J\u009b31m\u202e\n,"';
    const { stdout } = await runCli(['list', '-o', format], {
      client: { listTasks: () => Promise.resolve([aTask({ name: evil })]) },
    });
    expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
    if (format === 'json') expect(JSON.parse(stdout)).toMatchObject({ tasks: [{ name: evil }] });
    if (format === 'yaml') expect(parse(stdout)).toMatchObject({ tasks: [{ name: evil }] });
  },
);

test('the format can come from the environment, and -o goes before it', async () => {
  const setup = { client, env: { CLIC_OUTPUT: 'name' } };
  expect((await runCli(['task', 'x'], setup)).stdout).toBe('wordcount-abcdefgh\n');
  expect((await runCli(['task', 'x', '-o', 'table'], setup)).stdout).toMatch(/^Task /);
});
