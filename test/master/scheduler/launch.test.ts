import { expect, it } from 'vitest';
import { runOf } from '../../../src/master/scheduler/launch.ts';
import { newRecords } from '../../../src/master/scheduler/submit.ts';
import { planOf } from './support/plans.ts';

const MASTER = { host: 'clic-master-svc', port: 7777 };
const FLAGS = ['--stageId=p-aaaaaaaa-shell-t-1', '--masterHost=clic-master-svc', '--masterPort=7777'];

function commandOf(command: readonly string[]): readonly string[] {
  const plan = { ...planOf([]), stages: planOf([]).stages.map((stage) => ({ ...stage, command })) };
  const { stages } = newRecords({ taskName: 'p-aaaaaaaa', planName: 'p', planDir: '/plans', plan }, 0, 0);
  return runOf(stages[0]!, '/plans', MASTER).command;
}

it('leaves plain programs alone, which refuse flags that they do not know', () => {
  expect(commandOf(['sort', '-u', '/data/in.txt'])).toEqual(['sort', '-u', '/data/in.txt']);
  expect(commandOf(['/bin/sh', '-c', 'sort /data/in.txt'])).toEqual(['/bin/sh', '-c', 'sort /data/in.txt']);
});

it('tells executors as further arguments who they are and where to report', () => {
  expect(commandOf(['java', '-jar', 'x.jar', '--dagPath=/data/d.yml'])).toEqual([
    ...['java', '-jar', 'x.jar', '--dagPath=/data/d.yml'],
    ...FLAGS,
  ]);
});

it.each(['/bin/sh', 'sh', 'bash', '/usr/bin/bash', 'dash', 'zsh'])(
  'adds them to the line that %s runs',
  (shell) => {
    const line = 'java -jar x.jar --dagPath=/data/d.yml';
    expect(commandOf([shell, '-c', line])).toEqual([shell, '-c', `${line} ${FLAGS.join(' ')}`]);
    expect(commandOf([shell, '-euc', line, 'name'])).toEqual([
      shell,
      '-euc',
      `${line} ${FLAGS.join(' ')}`,
      'name',
    ]);
  },
);

it('adds them to the line of a block that has the program, not below it', () => {
  expect(commandOf(['sh', '-c', 'cd /data\nrun --dagPath=d.yml\necho done\n'])[2]).toBe(
    `cd /data\nrun --dagPath=d.yml ${FLAGS.join(' ')}\necho done\n`,
  );
});

it.each([
  ['no shell', ['fish', '-c', 'run --dagPath=d.yml']],
  ['a script', ['sh', 'run.sh', '--dagPath=d.yml']],
  ['another option', ['sh', '-x', '--dagPath=d.yml']],
])('adds them as arguments where no shell is given a line: %s', (_, command) => {
  expect(commandOf(command)).toEqual([...command, ...FLAGS]);
});

it('gives the program its own environment, and its identity, which the plan can not fake', () => {
  const stages = planOf([]).stages.map((stage) => ({ ...stage, env: { LANG: 'C', CLIC_STAGE_ID: 'other' } }));
  const records = newRecords(
    { taskName: 'p-aaaaaaaa', planName: 'p', planDir: '/plans', plan: { stages, deadlineMs: null } },
    0,
    0,
  );
  expect(runOf(records.stages[0]!, '/plans', MASTER).env).toEqual({
    LANG: 'C',
    CLIC_STAGE_ID: 'p-aaaaaaaa-shell-t-1',
    CLIC_MASTER_HOST: 'clic-master-svc',
    CLIC_MASTER_PORT: '7777',
  });
});
