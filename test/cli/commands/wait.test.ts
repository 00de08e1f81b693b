import { describe, expect, it } from 'vitest';
import {
  InterruptedError,
  NotFoundError,
  ProtocolError,
  UnreachableError,
} from '../../../src/model/errors.ts';
import { aStage, aTaskDetail } from '../../helpers/views.ts';
import { ClosedPipeError } from '../../../src/cli/io.ts';
import { runCli } from '../../helpers/run-cli.ts';
import { Screen } from '../../helpers/screen.ts';
import { scene, scriptedMaster } from '../../helpers/scripted-master.ts';

const TASK = 'wordcount-abcdefgh';
const GOES_WELL = [
  scene('NEW', 'WAITING', 'WAITING'),
  scene('RUNNING', 'RUNNING', 'WAITING'),
  scene('RUNNING', 'COMPLETED', 'RUNNING'),
  scene('COMPLETED', 'COMPLETED', 'COMPLETED'),
];
const FAILS = [scene('RUNNING', 'RUNNING', 'WAITING'), scene('FAILED', 'FAILED', 'WAITING')];

/** Lines of progress without their clock. */
const untimed = (text: string): string[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/^\d\d:\d\d:\d\d /, ''));

describe('clic wait', () => {
  it('tells each change on stderr, and the task as it ended on stdout', async () => {
    const { exit, stdout, stderr } = await runCli(['wait', TASK], { client: scriptedMaster(GOES_WELL) });
    expect(exit).toBe(0);
    expect(untimed(stderr)).toEqual([
      `task  ${TASK} NEW`,
      `stage ${TASK}-java-template-1 RUNNING`,
      `task  ${TASK} RUNNING`,
      `stage ${TASK}-java-template-1 COMPLETED`,
      `stage ${TASK}-spark-template-2 RUNNING`,
      `stage ${TASK}-spark-template-2 COMPLETED`,
      `task  ${TASK} COMPLETED`,
    ]);
    expect(stdout).toMatch(/^Status +COMPLETED$/m);
  });

  it('ends with 3 when the task fails, names the stage, and prints the task all the same', async () => {
    const { exit, stdout, stderr } = await runCli(['wait', TASK, '-o', 'name'], {
      client: scriptedMaster(FAILS),
    });
    expect(exit).toBe(3);
    expect(stdout).toBe(`${TASK}\n`);
    expect(stderr).toContain(
      `clic: the task ${TASK} has failed\n  ${TASK}-java-template-1: failed, and the master does not say why\n` +
        `    skipped because of it: ${TASK}-spark-template-2\nhint: \`clic task ${TASK}\` shows its stages\n`,
    );
  });

  it('ends with 4 at once when the task is unknown', async () => {
    const client = scriptedMaster([new NotFoundError('no task is named so')]);
    const { exit, stderr } = await runCli(['wait', TASK], { client });
    expect(exit).toBe(4);
    expect(stderr).not.toContain('gone');
  });

  it('ends with 4 when the task disappears while it is waited for', async () => {
    const client = scriptedMaster([
      scene('RUNNING', 'RUNNING', 'WAITING'),
      new NotFoundError('no task is named so'),
    ]);
    const { exit, stderr } = await runCli(['wait', TASK], { client });
    expect(exit).toBe(4);
    expect(stderr).toContain(`the task ${TASK} has gone`);
  });

  it('stops at the timeout with 124, and says what is known, on a master that never reports a failure', async () => {
    const client = scriptedMaster([scene('RUNNING', 'RUNNING', 'WAITING', { statusSource: 'times' })]);
    const { exit, stderr } = await runCli(['wait', TASK, '--timeout', '200ms'], { client });
    expect(exit).toBe(124);
    expect(stderr).toContain(
      `${TASK} has not ended within 200ms: it is RUNNING, 0 of 2 stages are completed`,
    );
    expect(stderr).toContain(`running: ${TASK}-java-template-1`);
    expect(stderr).toContain('this master does not report failures');
  });

  it.each([
    ['a free slot', `; waiting: ${TASK}-java-template-1, ${TASK}-spark-template-2 (waits for a free slot)\n`],
    ['room on the disk: 3 MiB are free', '-template-2 (waits for room on the disk: 3 MiB are free)\n'],
    ['parents: read', 'it is RUNNING, 0 of 2 stages are completed\n'],
  ])('says with what is known that a stage waits for %s', async (waitsFor, sentence) => {
    const client = scriptedMaster([scene('RUNNING', 'WAITING', 'WAITING', { waitsFor })]);
    const { stderr } = await runCli(['wait', TASK, '--timeout', '200ms'], { client });
    expect(stderr).toContain(sentence);
  });

  it('says since when the master is unreachable, and that what it says is what was last known', async () => {
    for (const format of ['table', 'json']) {
      const client = scriptedMaster([
        scene('RUNNING', 'RUNNING', 'WAITING'),
        new UnreachableError('connection refused'),
      ]);
      const { exit, stderr } = await runCli(['wait', TASK, '--timeout', '1s', '-o', format], { client });
      expect(exit).toBe(124);
      expect(stderr).toMatch(
        /has not ended within 1s: the master has been unreachable since \d\d:\d\d:\d\d; last known: it is RUNNING/,
      );
    }
  });

  it.each(['json', 'jsonl'])('says nothing but its error on stderr with -o %s', async (format) => {
    const unwell = [FAILS[0]!, new UnreachableError('connection refused'), FAILS[1]!];
    const { exit, stdout, stderr } = await runCli(['wait', TASK, '-o', format], {
      client: scriptedMaster(unwell),
    });
    expect(exit).toBe(3);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'TASK_FAILED' } });
    expect(JSON.parse(stdout)).toBeTypeOf('object');
  });

  it('tells why a stage is run again', async () => {
    const retried = { retryCount: 1, failure: 'its program ended with exit status 3' };
    const client = scriptedMaster([
      scene('RUNNING', 'RUNNING', 'WAITING'),
      scene('RUNNING', 'WAITING', 'WAITING', retried),
      scene('COMPLETED', 'COMPLETED', 'COMPLETED'),
    ]);
    const { stderr } = await runCli(['wait', TASK], { client });
    expect(stderr).toContain(
      `${TASK}-java-template-1 WAITING (retry 1: its program ended with exit status 3)`,
    );
  });

  it('stops at the timeout also when the master does not answer', async () => {
    const client = { task: () => new Promise<never>(() => undefined) };
    const { exit } = await runCli(['wait', TASK, '--timeout', '100ms'], { client });
    expect(exit).toBe(124);
  });

  it('bears with a master that restarts', async () => {
    const client = scriptedMaster([GOES_WELL[1]!, new UnreachableError('connection refused'), GOES_WELL[3]!]);
    const { exit, stderr } = await runCli(['wait', TASK], { client });
    expect(exit).toBe(0);
    expect(stderr).toContain('connection refused; trying again');
  });

  it('waits for a master that is not there yet where a timeout says how long', async () => {
    const client = scriptedMaster([new UnreachableError('connection refused'), GOES_WELL[3]!]);
    const { exit, stderr } = await runCli(['wait', TASK, '--timeout', '1m'], { client });
    expect(exit).toBe(0);
    expect(stderr).toContain('connection refused; trying again until it answers\n');
  });

  it('ends with 6 when a master was never reached within the timeout: nothing is known of the task', async () => {
    const client = scriptedMaster([new UnreachableError('connection refused')]);
    const { exit, stderr } = await runCli(['wait', TASK, '--timeout', '300ms'], { client });
    expect(exit).toBe(6);
    expect(stderr).toContain(
      `clic: the master was not reached within 300ms, so nothing is known of ${TASK}: connection refused\n`,
    );
  });

  it('calls stages what the plan calls them, and tells which attempt failed, its log and what was skipped', async () => {
    const detail = aTaskDetail({ status: 'FAILED', stageIds: ['t-1', 't-2', 't-3', 't-4'] });
    const common = { statusSource: 'master', children: [] } as const;
    const failed = {
      task: detail,
      stages: [
        aStage({
          ...common,
          id: 't-1',
          name: 'count',
          status: 'FAILED',
          children: ['t-2'],
          attempt: 4,
          failure: 'exited with code 3',
          log: '/state/runs/4/log',
        }),
        aStage({ ...common, id: 't-2', name: 'report', status: 'SKIPPED', children: ['t-3'] }),
        aStage({ ...common, id: 't-3', name: 'upload', status: 'SKIPPED' }),
        aStage({ ...common, id: 't-4', name: 'other', status: 'SKIPPED' }),
      ],
    };
    const { exit, stderr } = await runCli(['wait', TASK, '-o', 'name'], { client: scriptedMaster([failed]) });
    expect(exit).toBe(3);
    expect(stderr).toContain('stage count FAILED: exited with code 3\n');
    expect(stderr).toContain(
      `clic: the task ${TASK} has failed\n` +
        '  count: exited with code 3 (attempt 4)\n' +
        '    log: /state/runs/4/log\n' +
        '    skipped because of it: report, upload\n' +
        '  did not start any more: other\n',
    );
  });

  it('tells why a task has failed that no stage has failed', async () => {
    const failure = 'the task ran longer than its activeDeadlineSeconds (2 s)';
    const skipped = ['t-1', 't-2'].map((id) => aStage({ id, statusSource: 'master', status: 'SKIPPED' }));
    const detail = aTaskDetail({ status: 'FAILED', failure, stageIds: ['t-1', 't-2'] });
    const late = { task: detail, stages: skipped };
    const { exit, stderr } = await runCli(['wait', TASK, '-o', 'name'], { client: scriptedMaster([late]) });
    expect(exit).toBe(3);
    expect(stderr).toContain(`task  ${TASK} FAILED: ${failure}\n`);
    expect(stderr).toContain(`clic: the task ${TASK} has failed: ${failure}\n`);
  });

  it('ends with 3 for a task without a stage, as a Java master makes of a plan file that it can not read', async () => {
    const none = { task: aTaskDetail({ status: 'COMPLETED', stageIds: [] }), stages: [] };
    const { exit, stderr } = await runCli(['wait', TASK], { client: scriptedMaster([none]) });
    expect(exit).toBe(3);
    expect(stderr).toContain(
      `clic: the task ${TASK} is COMPLETED without a stage: nothing has run; a Java master makes such a task of a plan file that it can not read\n` +
        'hint: the path of the plan has to be one that the master can open; `clic lint` checks what is in it\n',
    );
  });

  it('ends with 6 at once when the master can not be reached at first, or speaks something else', async () => {
    for (const error of [new UnreachableError('connection refused'), new ProtocolError('it speaks HTTP')]) {
      const { exit } = await runCli(['wait', TASK], { client: scriptedMaster([error]) });
      expect(exit).toBe(6);
    }
  });

  it('says that the task goes on when it is interrupted', async () => {
    const stop = new AbortController();
    const client = scriptedMaster([scene('RUNNING', 'RUNNING', 'WAITING')]);
    const waiting = runCli(['wait', TASK], { client, signal: stop.signal });
    await expect.poll(() => client.asked()).toBeGreaterThan(1);
    stop.abort(new InterruptedError('SIGINT', 'interrupted'));
    const { exit, stderr } = await waiting;
    expect(exit).toBe(130);
    expect(stderr).toContain(`the task ${TASK} goes on`);
    expect(stderr).toContain(`clic wait ${TASK}`);
  });

  it('refuses a timeout that is no time before it asks anything', async () => {
    const { exit, stderr } = await runCli(['wait', TASK, '--timeout', 'soon']);
    expect(exit).toBe(2);
    expect(stderr).toContain('timeout');
  });
});

describe.each(['wait', 'watch'])('clic %s, when nobody reads its output', (verb) => {
  it.each([
    ['COMPLETED', 0],
    ['FAILED', 3],
  ] as const)('still ends with the outcome of the task: %s', async (last, exit) => {
    const closed = {
      isTty: false,
      columns: null,
      rows: null,
      write: () => Promise.reject(new ClosedPipeError('EPIPE')),
    };
    const client = scriptedMaster([scene('RUNNING', 'RUNNING', 'WAITING'), scene(last, last, 'WAITING')]);
    expect((await runCli([verb, TASK], { client, stdout: closed })).exit).toBe(exit);
  });
});

describe('clic watch', () => {
  it('prints the changes as its data, a line each', async () => {
    const { exit, stdout } = await runCli(['watch', TASK], { client: scriptedMaster(GOES_WELL) });
    expect(exit).toBe(0);
    expect(untimed(stdout)).toHaveLength(7);
  });

  it('prints a record a line as JSON lines, and one document as JSON', async () => {
    const lines = await runCli(['watch', TASK, '-o', 'jsonl'], { client: scriptedMaster(GOES_WELL) });
    const records = lines.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(records).toHaveLength(7);
    expect(records[3]).toMatchObject({
      schemaVersion: 1,
      kind: 'stage',
      id: `${TASK}-java-template-1`,
      status: 'COMPLETED',
      previousStatus: 'RUNNING',
    });
    const whole = await runCli(['watch', TASK, '-o', 'json'], { client: scriptedMaster(GOES_WELL) });
    expect((JSON.parse(whole.stdout) as { changes: unknown[] }).changes).toHaveLength(7);
  });

  it('prints the header of CSV once', async () => {
    const { stdout } = await runCli(['watch', TASK, '-o', 'csv'], { client: scriptedMaster(GOES_WELL) });
    expect(stdout.match(/^time,kind/gm)).toHaveLength(1);
    expect(stdout.trimEnd().split('\n')).toHaveLength(8);
  });

  it('draws a view in place on a terminal, and keeps to its height', async () => {
    const { stdout } = await runCli(['watch', TASK], {
      client: scriptedMaster(GOES_WELL),
      tty: { columns: 120, rows: 24 },
      env: { NO_COLOR: '1' },
    });
    const screen = new Screen(120, 24);
    screen.write('typed\n');
    screen.write(stdout);
    expect(screen.text).toEqual([
      'typed',
      `✓ COMPLETED ${TASK}  2/2 stages`,
      `  ✓ COMPLETED ${TASK}-java-template-1`,
      `  ✓ COMPLETED ${TASK}-spark-template-2`,
    ]);
    expect(stdout.match(/\x1b\[3A/g)).toHaveLength(3);
  });
});
