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
    ['the stage has completed', { stage: () => Promise.resolve(aStage({ status: 'COMPLETED' })) }],
    ['it can not be asked why', { stage: () => Promise.reject(new UnreachableError('gone')) }],
  ])('is told as ever where %s', async (_, asked) => {
    const { exit, stderr } = await runCli([verb, STAGE], { client: { ...no, ...asked } });
    expect(exit).toBe(1);
    expect(stderr).toContain(usual);
  });
});
