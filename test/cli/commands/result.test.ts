import { describe, expect, test } from 'vitest';
import {
  InterruptedError,
  NotFoundError,
  ProtocolError,
  RefusedError,
  UnreachableError,
} from '../../../src/model/errors.ts';
import type { StageInfo, TaskDetail } from '../../../src/model/views.ts';
import { runCli } from '../../helpers/run-cli.ts';
import { TEXT, resultOf, runResult } from '../../helpers/run-result.ts';
import { aStage, aTaskDetail } from '../../helpers/views.ts';

describe('how much is printed', () => {
  test.each([
    ['ten lines', [], 10],
    ['as many as the second word says', ['3'], 3],
    ['as many as --lines says', ['--lines', '12'], 12],
    ['as many as -n says', ['-n', '1'], 1],
    ['none', ['--lines', '0'], 0],
    ['all', ['--all'], 30],
    ['what there is', ['--lines', '999'], 30],
  ])('%s', async (_, argv, count) => {
    const { exit, stdout, stderr } = await runResult(argv);
    expect(stdout).toBe(
      TEXT.split('\n')
        .slice(0, count)
        .map((line) => `${line}\n`)
        .join(''),
    );
    expect(stderr).toBe('The result of s-1 has been saved in ：/data/out/words.csv\n');
    expect(exit).toBe(0);
  });

  test.each([
    [['3', '--lines', '4'], 'given more than once'],
    [['--all', '--lines', '4'], 'given more than once'],
    [['x'], '<lineNum>: "x" is not valid: expected a whole number'],
    [['--lines', '-1'], '--lines: "-1" is not valid'],
  ])('%j is refused before the master is asked', async (argv, message) => {
    const { exit, stdout, stderr, clients } = await runResult(argv);
    expect([exit, stdout, clients]).toEqual([2, '', []]);
    expect(stderr).toContain(message);
  });
});

test.each(['json', 'jsonl', 'yaml'])(
  '%s has the id of a stage that was given by its name',
  async (format) => {
    const { stdout } = await runCli(['result', 'w-abcdefgh/count', '-o', format], {
      client: {
        resultPath: () => Promise.resolve('/data/out/words.csv'),
        stage: () => Promise.resolve(aStage({ id: 'w-abcdefgh-sh-2' })),
      },
      openResult: resultOf('one\n'),
    });
    expect(stdout).toMatch(/stageId"?: ?"w-abcdefgh-sh-2"/);
    expect(stdout).not.toContain('w-abcdefgh/count');
  },
);

describe('as data', () => {
  const content = 'plain\n"quoted", 逗号\r\nescape \u001b[0m\n\nlast without a line break';
  const lines = ['plain', '"quoted", 逗号', 'escape \u001b[0m', '', 'last without a line break'];

  test('JSON', async () => {
    const { stdout } = await runResult(['-o', 'json'], content);
    expect(JSON.parse(stdout)).toEqual({
      schemaVersion: 1,
      stageId: 's-1',
      path: '/data/out/words.csv',
      lines,
    });
    expect((await runResult(['-o', 'json'], 'a\nb\n')).stdout).toBe(
      '{\n  "schemaVersion": 1,\n  "stageId": "s-1",\n  "path": "/data/out/words.csv",\n  "lines": [\n    "a",\n    "b"\n  ]\n}\n',
    );
  });

  test('JSON of an empty result', async () => {
    const { stdout } = await runResult(['-o', 'json'], '');
    expect(JSON.parse(stdout)).toMatchObject({ lines: [] });
  });

  test('JSON lines', async () => {
    expect((await runResult(['-o', 'jsonl'], 'a\nb\n')).stdout).toBe(
      '{"schemaVersion":1,"stageId":"s-1","line":"a"}\n{"schemaVersion":1,"stageId":"s-1","line":"b"}\n',
    );
  });

  test('YAML', async () => {
    const { parse } = await import('yaml');
    expect(parse((await runResult(['-o', 'yaml'], content)).stdout)).toMatchObject({
      path: '/data/out/words.csv',
      lines,
    });
    expect(parse((await runResult(['-o', 'yaml'], '')).stdout)).toMatchObject({ lines: [] });
  });

  test('lines are the same wherever the bytes are cut', async () => {
    const hard = 'a\r\n\r\n\n"逗号", 😀\r\rb\r\n\ufeffc\t\u202e\n\r';
    const all = ['a', '', '', '"逗号", 😀\r\rb', '\ufeffc\t\u202e', '\r'];
    for (const format of ['json', 'jsonl', 'yaml', 'csv']) {
      const argv = ['result', 's-1', '--all', '-o', format];
      const client = { resultPath: () => Promise.resolve('/r') };
      const whole = await runCli(argv, { client, openResult: resultOf(hard, 1_000) });
      for (let size = 1; size < 8; size += 1) {
        expect((await runCli(argv, { client, openResult: resultOf(hard, size) })).stdout).toBe(whole.stdout);
      }
      if (format === 'json') expect(JSON.parse(whole.stdout)).toMatchObject({ lines: all });
    }
  });

  test('csv of a line that is too long to be looked at whole is quoted', async () => {
    const long = 'x'.repeat(65_536);
    expect((await runResult(['-o', 'csv'], `${long}\n${long}"\nb\n`)).stdout).toBe(
      `line\n${long}\n"${long}"""\nb\n`,
    );
  });

  test('csv', async () => {
    expect((await runResult(['-o', 'csv'], 'a\nb, "c"\n')).stdout).toBe('line\na\n"b, ""c"""\n');
  });

  test('csv of blank lines has a row for each, which no reader passes over', async () => {
    expect((await runResult(['-o', 'csv'], 'a\n\n\r\nb\n\n')).stdout).toBe('line\na\n""\n""\nb\n""\n');
  });

  test('csv and YAML hold control characters as escapes', async () => {
    expect((await runResult(['-o', 'csv'], 'a\x1b[31m\tb\n')).stdout).toBe('line\na\\x1b[31m\tb\n');
    expect((await runResult(['-o', 'yaml'], 'a\x1b\uffff\n')).stdout).toContain('- "a\\u001b\\uffff"\n');
  });

  test('only the path, without reading anything', async () => {
    const result = await runCli(['-stage_result', 's-1', '-o', 'name'], {
      client: { resultPath: () => Promise.resolve('hdfs://nn/out') },
    });
    expect(result).toMatchObject({ exit: 0, stdout: 'hdfs://nn/out\n', stderr: '' });
  });
});

/** A master that knows one stage and its task. */
function masterOf(stage: StageInfo, task: Partial<TaskDetail>) {
  return {
    stage: () => Promise.resolve(stage),
    task: () => Promise.resolve(aTaskDetail(task)),
  };
}

describe('there is nothing to print', () => {
  const none = { resultPath: () => Promise.resolve(null) };

  test.each(['WAITING', 'RUNNING', 'PREPARED', 'SUSPEND'])('the stage is %s', async (status) => {
    const { exit, stdout, stderr } = await runCli(['result', 's-1'], {
      client: { ...none, ...masterOf(aStage({ status }), { status: 'RUNNING' }) },
    });
    expect([exit, stdout]).toEqual([5, '']);
    expect(stderr).toContain(`clic: s-1 has not completed (${status})`);
  });

  const ended = { status: 'FAILED', completeTime: '2026-11-23T06:24:16' };

  test.each([
    ['WAITING', { status: 'FAILED' }],
    ['SUSPEND', { status: 'FAILED' }],
    ['WAITING', ended],
    ['RUNNING', ended],
  ])('the stage is %s for good, its task having failed: waiting would not help', async (status, task) => {
    const { exit, stdout, stderr } = await runCli(['result', 's-1'], {
      client: { ...none, ...masterOf(aStage({ status }), task) },
    });
    expect([exit, stdout]).toEqual([1, '']);
    expect(stderr).toContain('its task wordcount-abcdefgh has failed, so it will not run');
  });

  test('the stage still runs in a task that has failed already', async () => {
    const { exit } = await runCli(['result', 's-1'], {
      client: { ...none, ...masterOf(aStage({ status: 'RUNNING' }), { status: 'FAILED' }) },
    });
    expect(exit).toBe(5);
  });

  test('the name of the plan has eight letters after a dash, too', async () => {
    const stage = aStage({ id: 'my-pipeline-abcdefgh-java-template-1', status: 'WAITING' });
    const task = aTaskDetail({ name: 'my-pipeline-abcdefgh', status: 'FAILED', stageIds: [stage.id] });
    const asked: string[] = [];
    const { exit } = await runCli(['result', stage.id], {
      client: {
        ...none,
        stage: () => Promise.resolve(stage),
        task: (name) => {
          asked.push(name);
          return name === task.name ? Promise.resolve(task) : Promise.reject(new NotFoundError('no'));
        },
      },
    });
    expect(exit).toBe(1);
    expect(asked).toEqual(['my-pipeline', 'my-pipeline-abcdefgh']);
  });

  test.each([new UnreachableError('gone'), new RefusedError('internal error'), new ProtocolError('what?')])(
    'and the master fails at saying why: the result is not ready all the same (%s)',
    async (failure) => {
      const unknown = await runCli(['result', 's-1'], {
        client: { ...none, stage: () => Promise.reject(failure) },
      });
      expect([unknown.exit, unknown.stdout]).toEqual([5, '']);
      expect(unknown.stderr).toContain('clic: s-1 has no result yet; the master does not say how far');
      const waiting = await runCli(['result', 's-1'], {
        client: {
          ...none,
          stage: () => Promise.resolve(aStage({ status: 'WAITING' })),
          task: () => Promise.reject(failure),
        },
      });
      expect(waiting.exit).toBe(5);
      expect(waiting.stderr).toContain('clic: s-1 has not completed (WAITING)');
    },
  );

  test('and never will be, since the stage is skipped, also where nothing says for which task', async () => {
    const { exit, stderr } = await runCli(['result', 's-1'], {
      client: { ...none, stage: () => Promise.resolve(aStage({ status: 'SKIPPED' })) },
    });
    expect(exit).toBe(1);
    expect(stderr).toContain('and never will: its task has failed, so it will not run');
  });

  test('and there is no such stage, or the question is interrupted', async () => {
    const missing = { ...none, stage: () => Promise.reject(new NotFoundError('no such stage')) };
    expect((await runCli(['result', 's-1'], { client: missing })).exit).toBe(4);
    const interrupted = {
      ...none,
      stage: () => Promise.reject(new InterruptedError('SIGINT', 'interrupted')),
    };
    expect((await runCli(['result', 's-1'], { client: interrupted })).exit).toBe(130);
  });

  test('the master names the task of the stage, whose name needs not be guessed', async () => {
    const asked: string[] = [];
    const { exit } = await runCli(['result', 'mine/work'], {
      client: {
        ...none,
        stage: () => Promise.resolve(aStage({ id: 'x-1', taskName: 'mine', status: 'WAITING' })),
        task: (name) => {
          asked.push(name);
          return Promise.resolve(aTaskDetail({ name: 'mine', status: 'FAILED', stageIds: ['x-1'] }));
        },
      },
    });
    expect([exit, asked]).toEqual([1, ['mine']]);
  });

  test('the stage has completed, and has no output', async () => {
    const { exit, stderr } = await runCli(['result', 's-1'], {
      client: { ...none, stage: () => Promise.resolve(aStage({ status: 'COMPLETED' })) },
    });
    expect(exit).toBe(4);
    expect(stderr).toContain('clic: s-1 has no result: it has completed, and its plan names no output path');
  });

  test('the stage has failed, so waiting would not help', async () => {
    const { exit, stderr } = await runCli(['result', 's-1'], {
      client: { ...none, stage: () => Promise.resolve(aStage({ status: 'FAILED' })) },
    });
    expect(exit).toBe(4);
    expect(stderr).toContain('clic: s-1 has no result: it has failed');
  });

  test('the file is not there', async () => {
    const { exit, stdout, stderr } = await runCli(['result', 's-1', '-o', 'json'], {
      client: { resultPath: () => Promise.resolve('/data/out') },
      openResult: (file) => Promise.reject(new NotFoundError(`there is no ${file}`)),
    });
    expect(exit).toBe(4);
    expect(stdout).toBe('');
    expect(JSON.parse(stderr.split('\n').at(-2) ?? '')).toEqual({
      error: { code: 'NOT_FOUND', message: 'there is no /data/out', hint: null },
    });
  });
});

test('hdfs:// is read the way the configuration says, and can be interrupted', async () => {
  const asked: unknown[] = [];
  const signal = new AbortController().signal;
  await runCli(['result', 's-1', '--webhdfs', 'http://httpfs:14000/', '--hdfs-user', 'hadoop'], {
    client: { resultPath: () => Promise.resolve('hdfs://nn/out') },
    signal,
    openResult: (file, options) => {
      asked.push(file, options);
      return resultOf('')(file, options);
    },
  });
  expect(asked).toEqual(['hdfs://nn/out', { webHdfs: 'http://httpfs:14000', user: 'hadoop', signal }]);
});
