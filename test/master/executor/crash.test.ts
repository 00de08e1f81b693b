import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { StageRun } from '../../../src/master/executor/executor.ts';
import { birthOf } from '../../../src/master/executor/process/claim.ts';
import { attemptDirOf } from '../../../src/master/executor/process/files.ts';
import { ProcessExecutor } from '../../../src/master/executor/process.ts';
import { scratchDir } from '../../contract/support/scratch.ts';
import { bundleScript, runScript } from '../../contract/support/script.ts';
import { Exits, Gate, shellRun } from '../../contract/support/stages.ts';

let dir: string;
let stateDir: string;
let script: string;

beforeEach(async () => {
  dir = await scratchDir();
  stateDir = join(dir, 'state');
  await mkdir(stateDir);
  script = await bundleScript(new URL('../../contract/support/run-stages.ts', import.meta.url), dir);
});

/** Starts stages from a process that is killed with SIGKILL: after `exits` of them have ended, or when `moment` comes. */
async function crashWhileRunning(runs: readonly StageRun[], exits: number, moment?: Promise<unknown>) {
  const master = runScript(script, [stateDir, JSON.stringify(runs)]);
  const closed = once(master, 'close');
  if (moment === undefined) {
    let seen = 0;
    const lines = createInterface(master.stdout);
    // The first line says that all were started.
    lines.on('line', () => {
      if (seen++ === exits) master.kill('SIGKILL');
    });
  } else {
    await moment;
    master.kill('SIGKILL');
  }
  await closed;
}

function nextMaster(): Exits {
  const executor = new ProcessExecutor({ stateDir, masterEnv: process.env, graceMs: 200 });
  onTestFinished(() => executor.close());
  return new Exits(executor);
}

/** Starts a stage from a process that is told to leave when `ready`, and killed once it has `told` the stage to end. */
async function crashWhileClosing(run: StageRun, ready: Gate, told: Gate): Promise<void> {
  const master = runScript(script, [stateDir, JSON.stringify([run])]);
  const closed = once(master, 'close');
  await ready.written();
  master.kill('SIGTERM');
  await told.written();
  master.kill('SIGKILL');
  await closed;
}

async function supervisorOf(run: StageRun): Promise<number> {
  const claim = join(attemptDirOf(stateDir, run.taskName, run.stageId, run.attempt), 'pid');
  return Number.parseInt(await readFile(claim, 'utf8'));
}

describe('a program whose master is killed', () => {
  let ready: Gate;
  let go: Gate;
  let run: StageRun;

  beforeEach(() => {
    ready = new Gate(dir, 'ready');
    go = new Gate(dir, 'go');
    run = shellRun('echo ran >> times; echo > "$READY"; read x < "$GO"; cat times; exit $(wc -l < times)', {
      env: { READY: ready.path, GO: go.path },
    });
  });

  test('runs on, and the next master follows it to its end', async () => {
    await crashWhileRunning([run], 0, ready.written());
    const exit = nextMaster().of(run);
    await go.open();
    expect(await exit).toMatchObject({ kind: 'exited', exitCode: 1 });
  });

  test('is reported by the next master when it ended in between', async () => {
    await crashWhileRunning([run], 0, ready.written());
    await go.open();
    const supervisor = await supervisorOf(run);
    await expect.poll(() => birthOf(supervisor, process.platform)).toBe(null);
    expect(await nextMaster().of(run)).toMatchObject({ kind: 'exited', exitCode: 1 });
  });

  test('is lost when it is killed with its supervisor in between', async () => {
    await crashWhileRunning([run], 0, ready.written());
    const supervisor = await supervisorOf(run);
    process.kill(-supervisor, 'SIGKILL');
    await expect.poll(() => birthOf(supervisor, process.platform)).toBe(null);
    expect(await nextMaster().of(run)).toMatchObject({ kind: 'lost' });
  });

  test.runIf(process.platform === 'linux')(
    'does not go on beside the next attempt when its supervisor alone is killed in between',
    async () => {
      const left = shellRun('echo $$ > "$READY"; exec sleep 1000', {
        env: { READY: ready.path, CLIC_STAGE_ID: run.stageId, CLIC_ATTEMPT: '1' },
      });
      const told = ready.written();
      await crashWhileRunning([left], 0, told);
      const program = Number(await told);
      process.kill(await supervisorOf(left), 'SIGKILL');
      expect(await birthOf(program, process.platform)).not.toBe(null);
      expect(await nextMaster().of(left)).toMatchObject({ kind: 'lost' });
      expect(await birthOf(program, process.platform)).toBe(null);
    },
  );

  test('is lost when it is killed with its supervisor under the eyes of the next master', async () => {
    await crashWhileRunning([run], 0, ready.written());
    const exit = nextMaster().of(run);
    process.kill(-(await supervisorOf(run)), 'SIGKILL');
    expect(await exit).toMatchObject({ kind: 'lost' });
  });
});

describe('a program whose master is killed while it ends its programs', () => {
  let [ready, told, go]: Gate[] = [];

  async function interrupted(exitCode: number): Promise<StageRun> {
    [ready, told, go] = ['ready', 'told', 'go'].map((name) => new Gate(dir, name)) as [Gate, Gate, Gate];
    const run = shellRun(
      `trap 'echo > "$TOLD"; read x < "$GO"; exit ${exitCode}' TERM; echo > "$READY"; while :; do read x; done`,
      { env: { READY: ready.path, TOLD: told.path, GO: go.path } },
    );
    await crashWhileClosing(run, ready, told);
    return run;
  }

  test('is lost, whatever it says about its end', async () => {
    const run = await interrupted(3);
    const supervisor = await supervisorOf(run);
    await go?.open();
    await expect.poll(() => birthOf(supervisor, process.platform)).toBe(null);
    expect(await nextMaster().of(run)).toMatchObject({ kind: 'lost' });
  });

  test('is lost, whatever it says about its end under the eyes of the next master', async () => {
    const run = await interrupted(3);
    const exit = nextMaster().of(run);
    await go?.open();
    expect(await exit).toMatchObject({ kind: 'lost' });
  });

  test('has succeeded if it says so', async () => {
    const run = await interrupted(0);
    const exit = nextMaster().of(run);
    await go?.open();
    expect(await exit).toMatchObject({ kind: 'exited', exitCode: 0 });
  });
});

test.each([0, 1, 4, 9])(
  'each attempt runs once when its master is killed after %i of ten have ended',
  async (exits) => {
    const runs = Array.from({ length: 10 }, (_, i) =>
      shellRun(`echo ${i} >> ran; exit ${i}`, { stageId: `wc-abcdefgh-sh-${i}` }),
    );
    await crashWhileRunning(runs, exits);
    const next = nextMaster();
    const reports = await Promise.all(runs.map((run) => next.of(run)));
    expect(reports.map((exit) => (exit.kind === 'exited' ? exit.exitCode : exit.kind))).toEqual(
      runs.map((_, i) => i),
    );
    const ran = await readFile(join(stateDir, 'work', 'wc-abcdefgh', 'ran'), 'utf8');
    expect(ran.trim().split('\n').sort()).toEqual(runs.map((_, i) => String(i)));
  },
);
