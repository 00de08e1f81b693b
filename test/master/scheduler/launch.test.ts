import { expect, it } from 'vitest';
import { parseReportId, runOf } from '../../../src/master/scheduler/launch.ts';

const REPORTS = { host: 'clic-master-svc', port: 7777 };
const MASTER = { clients: REPORTS, reports: REPORTS };
const FLAGS = ['--stageId=p-aaaaaaaa-shell-t-1', '--masterHost=clic-master-svc', '--masterPort=7777'];

const LAUNCH = {
  stageId: 'p-aaaaaaaa-shell-t-1',
  stageName: 's1',
  taskName: 'p-aaaaaaaa',
  index: 0,
  attempt: 1,
  planId: 'plan',
  planDir: '/plans',
};
const SPEC = {
  image: null,
  command: ['/bin/true'],
  entryWords: 1,
  pod: null,
  env: {},
  outputPath: null,
  outputs: [],
};

function commandOf(command: readonly string[], attempt = 1): readonly string[] {
  return runOf({ ...LAUNCH, attempt }, { ...SPEC, command }, MASTER).command;
}

it('gives a later attempt an id to report with that names it, and a first one the plain id', () => {
  const command = ['java', '-jar', 'x.jar', '--dagPath=/data/d.yml'];
  expect(commandOf(command, 3)).toEqual([...command, '--stageId=p-aaaaaaaa-shell-t-1.3', ...FLAGS.slice(1)]);
  expect(runOf({ ...LAUNCH, attempt: 3 }, SPEC, MASTER).env).toMatchObject({
    CLIC_STAGE_ID: 'p-aaaaaaaa-shell-t-1',
    CLIC_ATTEMPT: '3',
    CLIC_REPORT_ID: 'p-aaaaaaaa-shell-t-1.3',
  });
});

it.each([
  ['p-aaaaaaaa-shell-t-1', 'p-aaaaaaaa-shell-t-1', 1],
  ['p-aaaaaaaa-shell-t-1.12', 'p-aaaaaaaa-shell-t-1', 12],
  ['p-aaaaaaaa-shell-t-1.0', 'p-aaaaaaaa-shell-t-1.0', 1],
  ['a.b.2', 'a.b.2', 1],
  ['', '', 1],
])('reads of the report id "%s" the stage and the attempt', (reportId, stageId, attempt) => {
  expect(parseReportId(reportId)).toEqual({ stageId, attempt });
});

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

it('names the address that takes reports to executors, and the one for clients in the environment', () => {
  const split = { clients: { host: 'shown', port: 1 }, reports: { host: '127.0.0.1', port: 2 } };
  const run = runOf(LAUNCH, { ...SPEC, command: ['run', '--dagPath=d.yml'] }, split);
  expect(run.command.slice(-2)).toEqual(['--masterHost=127.0.0.1', '--masterPort=2']);
  expect(run.env).toMatchObject({ CLIC_MASTER_HOST: 'shown', CLIC_MASTER_PORT: '1' });
});

it('gives the program its own environment, and its identity, which the plan can not fake', () => {
  const env = { LANG: 'C', CLIC_STAGE_ID: 'other', CLIC_REPORT_ID: 'other' };
  expect(runOf(LAUNCH, { ...SPEC, env }, MASTER).env).toEqual({
    LANG: 'C',
    CLIC_STAGE_ID: 'p-aaaaaaaa-shell-t-1',
    CLIC_ATTEMPT: '1',
    CLIC_REPORT_ID: 'p-aaaaaaaa-shell-t-1',
    CLIC_MASTER_HOST: 'clic-master-svc',
    CLIC_MASTER_PORT: '7777',
  });
});
