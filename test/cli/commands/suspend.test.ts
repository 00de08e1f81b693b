import { describe, expect, test } from 'vitest';
import { UnreachableError } from '../../../src/model/errors.ts';
import { runCli } from '../../helpers/run-cli.ts';
import { aStage, aTaskDetail } from '../../helpers/views.ts';

const STAGE = 'wordcount-abcdefgh-java-template-1';

describe.each([
  ['suspend', 'The stage may have started or completed!'],
  ['continue', 'The stage may not have been suspended!'],
])('a master that will not %s a stage', (verb, usual) => {
  const no = { suspendStage: () => Promise.resolve(false), continueStage: () => Promise.resolve(false) };

  test('is explained by the task, where that has failed', async () => {
    const { exit, stdout, stderr } = await runCli([verb, STAGE], {
      client: {
        ...no,
        stage: () => Promise.resolve(aStage({ status: verb === 'suspend' ? 'WAITING' : 'SUSPEND' })),
        task: () => Promise.resolve(aTaskDetail({ status: 'FAILED' })),
      },
    });
    expect([exit, stdout]).toEqual([1, '']);
    expect(stderr).toContain(
      `${STAGE} ${verb} failed! Its task wordcount-abcdefgh has failed, and this stage will not run!`,
    );
  });

  test.each([
    ['RUNNING', 'The stage is running!'],
    ['PREPARED', 'The stage is running!'],
    ['COMPLETED', 'The stage has completed!'],
    ['FAILED', 'The stage has failed!'],
  ])('is explained by what the stage is, where the master says that it is %s', async (status, sentence) => {
    const { exit, stderr } = await runCli([verb, STAGE], {
      client: { ...no, stage: () => Promise.resolve(aStage({ status, statusSource: 'master' })) },
    });
    expect(exit).toBe(1);
    expect(stderr).toContain(`${STAGE} ${verb} failed! ${sentence}\n`);
    expect(stderr).not.toContain('may');
  });

  test.each([
    [
      'the stage has completed by its times',
      { stage: () => Promise.resolve(aStage({ status: 'COMPLETED' })) },
    ],
    ['it can not be asked why', { stage: () => Promise.reject(new UnreachableError('gone')) }],
  ])('is told as ever where %s', async (_, asked) => {
    const { exit, stderr } = await runCli([verb, STAGE], { client: { ...no, ...asked } });
    expect(exit).toBe(1);
    expect(stderr).toContain(usual);
  });
});

describe.each([
  ['suspend', 'SUSPEND', `${STAGE} is suspended already!\n`, true],
  ['continue', 'WAITING', `${STAGE} is not suspended: it waits to be run already!\n`, false],
])('a stage that has nothing to %s', (verb, status, sentence, suspended) => {
  const client = {
    suspendStage: () => Promise.resolve(false),
    continueStage: () => Promise.resolve(false),
    stage: () => Promise.resolve(aStage({ status, statusSource: 'master' })),
    task: () => Promise.resolve(aTaskDetail({ status: 'RUNNING' })),
  };

  test('is a success that says so', async () => {
    const table = await runCli([verb, STAGE], { client });
    expect(table).toMatchObject({ exit: 0, stdout: sentence, stderr: '' });
    const json = await runCli([verb, STAGE, '-o', 'json'], { client });
    expect(JSON.parse(json.stdout)).toEqual({ schemaVersion: 1, stageId: STAGE, suspended, changed: false });
  });

  test('is refused as ever where the status is only derived from the times', async () => {
    const java = { ...client, stage: () => Promise.resolve(aStage({ status: 'WAITING' })) };
    expect((await runCli([verb, STAGE], { client: java })).exit).toBe(1);
  });
});

test('a stage can be given by what the plan calls it', async () => {
  const asked: string[] = [];
  const client = {
    stage: (name: string) => Promise.resolve(aStage({ id: name === 'w-abcdefgh/count' ? STAGE : name })),
    suspendStage: (id: string) => {
      asked.push(id);
      return Promise.resolve(true);
    },
  };
  const { stdout } = await runCli(['suspend', 'w-abcdefgh/count', '-o', 'name'], { client });
  expect([stdout, asked]).toEqual([`${STAGE}\n`, [STAGE]]);
});
