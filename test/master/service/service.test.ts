import { beforeEach, describe, expect, it } from 'vitest';
import { type Diagnostic, PlanInvalidError } from '../../../src/model/diagnostic.ts';
import { NotFoundError } from '../../../src/model/errors.ts';
import type { Plan } from '../../../src/model/plan.ts';
import { MasterService, type ServiceDependencies } from '../../../src/master/service/service.ts';
import { planRecord } from '../../../src/master/state/submission.ts';
import { Bench, settled } from '../scheduler/support/bench.ts';
import { chain, id, planOf } from '../scheduler/support/plans.ts';

const HERE = { id: 1 };
const ELSEWHERE = { id: 2 };
const UNKNOWN_STAGE: Diagnostic = {
  severity: 'error',
  rule: 'unknown-template',
  message: 'there is no template "x"',
  file: '/plans/p.yml',
  line: 3,
  column: 7,
};

let bench: Bench;
let asked: unknown[];
let load: ServiceDependencies['loadPlan'];
let service: MasterService;
let refused: string[];

beforeEach(async () => {
  bench = await new Bench().start();
  asked = [];
  refused = [];
  loads(chain(2));
  service = serviceOf(bench);
});

function serviceOf(on: Bench): MasterService {
  return new MasterService({
    loop: on.loop,
    loadPlan: (file, planName) => {
      asked.push([file, planName]);
      return load(file, planName);
    },
    executor: on.executor,
    store: on.store,
    onRefused: (_, message) => refused.push(message),
    now: () => on.clock.now(),
  });
}

function loads(plan: Plan | null, errors: Diagnostic[] = []): void {
  load = () => Promise.resolve({ plan: plan && planRecord(plan), errors });
}

async function refusalOf(planName: string, file: string): Promise<PlanInvalidError> {
  const refusal: unknown = await service.submitPlan(planName, file, HERE).catch((error: unknown) => error);
  if (!(refusal instanceof PlanInvalidError)) throw new Error('it was not refused', { cause: refusal });
  return refusal;
}

describe('submitPlan', () => {
  it('reads the plan for the name that it will have, and makes a task of it', async () => {
    await service.submitPlan('p', '/plans/deep/p.yml', HERE);
    expect(asked).toEqual([['/plans/deep/p.yml', 'p']]);
    expect(bench.store.task('p-aaaaaaaa')).toMatchObject({ planName: 'p', planDir: '/plans/deep' });
    expect(await service.stageIds('p-aaaaaaaa')).toEqual([id(1), id(2)]);
  });

  it.each(['', 'with_underscore', '-dash', 'a/b', 'x'.repeat(60)])(
    'refuses a name that can not name a task, before it reads anything: "%s"',
    async (name) => {
      expect((await refusalOf(name, '/plans/p.yml')).message).toContain(JSON.stringify(name));
      expect(asked).toEqual([]);
    },
  );

  it('lowers the case of a name, as the Java shell announces', async () => {
    await service.submitPlan('WordCount', '/plans/p.yml', HERE);
    expect(bench.store.task('wordcount-aaaaaaaa')).toMatchObject({ planName: 'wordcount' });
  });

  it('refuses a path that is not absolute', async () => {
    const refusal = await refusalOf('p', 'plans/p.yml');
    expect(refusal.message).toContain('"plans/p.yml" is not absolute');
    expect(asked).toEqual([]);
  });

  it('refuses a plan with errors, says all of them, and stores nothing', async () => {
    const second: Diagnostic = {
      ...UNKNOWN_STAGE,
      rule: 'cycle',
      message: 'a needs b needs a',
      line: 9,
      hint: 'cut it',
    };
    loads(null, [UNKNOWN_STAGE, second]);
    const refusal = await refusalOf('p', '/plans/p.yml');
    expect(refusal.message.split('\n')).toEqual([
      "/plans/p.yml can't be run",
      '/plans/p.yml:3:7: error: there is no template "x" [unknown-template]',
      '/plans/p.yml:9:7: error: a needs b needs a [cycle]; cut it',
    ]);
    expect(refusal.diagnostics).toEqual([UNKNOWN_STAGE, second]);
    expect(bench.store.batches).toEqual([]);
  });

  it('refuses a plan with errors even where one could be made of it', async () => {
    loads(chain(1), [UNKNOWN_STAGE]);
    await refusalOf('p', '/plans/p.yml');
    expect(bench.store.batches).toEqual([]);
  });

  it('takes a missing file for an invalid plan, and hands on what is wrong otherwise', async () => {
    load = () => Promise.reject(new NotFoundError('there is no /plans/p.yml', { hint: 'look there' }));
    expect(await refusalOf('p', '/plans/p.yml')).toMatchObject({
      message: 'there is no /plans/p.yml',
      hint: 'look there',
    });
    const failure = new Error('I/O error');
    load = () => Promise.reject(failure);
    await expect(service.submitPlan('p', '/plans/p.yml', HERE)).rejects.toBe(failure);
  });
});

describe('tasks', () => {
  it('are shown with their times and status, and marked for those who submitted them', async () => {
    await service.submitPlan('p', '/plans/p.yml', HERE);
    await service.submitPlan('q', '/plans/p.yml', ELSEWHERE);
    expect([...service.listTasks(HERE, null)]).toEqual([
      {
        name: 'p-aaaaaaaa',
        submitTime: 1000,
        startTime: 1000,
        completeTime: null,
        status: 'RUNNING',
        planName: 'p',
        failure: null,
        submittedHere: true,
      },
      expect.objectContaining({ name: 'q-bbbbbbbb', submittedHere: false }),
    ]);
    expect(await service.task('q-bbbbbbbb', ELSEWHERE)).toMatchObject({
      submittedHere: true,
      stageIds: [id(1, 'q-bbbbbbbb'), id(2, 'q-bbbbbbbb')],
    });
    expect((await service.task('q-bbbbbbbb', HERE))?.submittedHere).toBe(false);
    expect(await service.task('nobody', HERE)).toBeNull();
  });

  it('are listed in the order of their submission, which their times do not tell, and names do not', async () => {
    bench.suffixes = ['zzzzzzzz', 'aaaaaaaa', 'mmmmmmmm'];
    await Promise.all(['p', 'p', 'p'].map((name) => service.submitPlan(name, '/plans/p.yml', HERE)));
    const names = ['p-zzzzzzzz', 'p-aaaaaaaa', 'p-mmmmmmmm'];
    expect(Array.from(service.listTasks(HERE, null), ({ name }) => name)).toEqual(names);
    const { state } = await new Bench(bench.store).open().then(({ loop }) => loop);
    expect([...state.tasks.keys()]).toEqual(names);
  });

  it('are not marked any more when the session has ended, also if that was during the submission', async () => {
    await service.submitPlan('p', '/plans/p.yml', HERE);
    const submission = service.submitPlan('q', '/plans/p.yml', HERE);
    service.sessionClosed(HERE.id);
    await submission;
    expect([...service.listTasks(HERE, null)].map(({ submittedHere }) => submittedHere)).toEqual([
      false,
      false,
    ]);
  });

  it('that are unknown have no stages to name', async () => {
    await expect(service.stageIds('nobody')).rejects.toThrow(NotFoundError);
  });
});

describe('stages', () => {
  it('are shown with their neighbours and what they run', async () => {
    await service.submitPlan('p', '/plans/p.yml', HERE);
    expect(await service.stage(id(1))).toEqual({
      id: id(1),
      name: 's1',
      taskName: 'p-aaaaaaaa',
      platform: 'shell',
      parents: [],
      children: [id(2)],
      startTime: 1000,
      completeTime: null,
      status: 'RUNNING',
      retryCount: 0,
      attempt: 1,
      failure: null,
      log: null,
      waitsFor: null,
      jobInfo: `class V1Job {\n name: ${id(1)}\n image: busybox:1\n args: /bin/true\n}`,
    });
    expect(await service.stage('nobody')).toBeNull();
  });

  it('can be suspended while they wait, and continued', async () => {
    await service.submitPlan('p', '/plans/p.yml', HERE);
    expect(await service.suspendStage(id(1))).toBe(false);
    expect(await service.suspendStage(id(2))).toBe(true);
    expect(await service.stage(id(2))).toMatchObject({ status: 'SUSPEND', waitsFor: 'suspended' });
    expect(await service.continueStage(id(2))).toBe(true);
    expect(await service.continueStage(id(2))).toBe(false);
  });

  it('go on as their programs report', async () => {
    await service.submitPlan('p', '/plans/p.yml', HERE);
    await service.stageStarted(id(1));
    await service.dataPrepared(id(1));
    expect((await service.stage(id(1)))?.status).toBe('PREPARED');
    expect((await service.stage(id(2)))?.status).toBe('RUNNING');
    await service.stageCompleted(id(1));
    await service.stageCompleted(id(1));
    bench.executor.exit(id(1), 0);
    await settled();
    expect((await service.stage(id(1)))?.status).toBe('COMPLETED');
  });

  it('must exist', async () => {
    const calls = [
      'suspendStage',
      'continueStage',
      'stageStarted',
      'dataPrepared',
      'stageCompleted',
    ] as const;
    for (const call of calls) await expect(service[call]('nobody')).rejects.toThrow(NotFoundError);
    await expect(service.resultPath('nobody')).rejects.toThrow(NotFoundError);
  });
});

describe('what people are told of a stage', () => {
  async function view(reference: string) {
    const found = await service.stage(reference);
    if (found === null) throw new Error(`there is no ${reference}`);
    return found;
  }

  it('is what it waits for: its parents, a pause, a free slot, room on the disk', async () => {
    bench = await new Bench().start({ maxRunning: 1, retryDelayMs: 60_000 });
    service = serviceOf(bench);
    loads(planOf([], [], [0, 1]));
    await service.submitPlan('p', '/plans/p.yml', HERE);
    expect((await view(id(2))).waitsFor).toBe('a free slot');
    expect((await view(id(3))).waitsFor).toBe('parents: s1, s2');
    bench.executor.exit(id(1), 1);
    await settled();
    expect(await view(id(1))).toMatchObject({
      status: 'WAITING',
      failure: 'exited with code 1',
      waitsFor: 'retry at 1970-01-01T00:01:01.000Z',
    });
    bench.clock.advance(60_000);
    bench.loop.hold('the disk is full');
    await settled();
    expect((await view(id(1))).waitsFor).toBe('room on the disk: the disk is full');
  });

  it('is the end of another stage, where the plan lets no more run, and Redis, where the state can not be written', async () => {
    bench = await new Bench().start();
    service = serviceOf(bench);
    loads({ ...planOf([], []), parallelism: 1 });
    await service.submitPlan('p', '/plans/p.yml', HERE);
    expect((await view(id(2))).waitsFor).toBe("the end of another stage: the plan's parallelism is 1");
    bench.loop.setAway("the state can't be written: redis://r is away");
    expect((await view(id(2))).waitsFor).toBe("the state can't be written: redis://r is away");
  });

  it('is that it will never run, when its task has failed', async () => {
    bench = await new Bench().start({ maxRetries: 0 });
    service = serviceOf(bench);
    await service.submitPlan('p', '/plans/p.yml', HERE);
    bench.executor.exit(id(1), 1);
    await settled();
    expect(await view(id(2))).toMatchObject({ status: 'SKIPPED', waitsFor: null });
  });

  it('is the log of the attempt that failed, also while the next one runs, and none where nothing was started', async () => {
    await service.submitPlan('p', '/plans/p.yml', HERE);
    bench.executor.exit(id(1), 1);
    await settled();
    const log = `/state/runs/p-aaaaaaaa/${id(1)}/1/log`;
    expect(await view(id(1))).toMatchObject({
      status: 'RUNNING',
      attempt: 2,
      failure: 'exited with code 1',
      log,
    });
    bench.executor.end(id(1), { kind: 'failed-to-start', reason: 'no such folder', isFinal: false });
    await settled();
    expect(await view(id(1))).toMatchObject({ failure: 'could not start: no such folder', log: null });
  });

  it('can be asked for by the name in the plan, while the task runs and when it is over', async () => {
    await service.submitPlan('p', '/plans/p.yml', HERE);
    expect((await view('p-aaaaaaaa/s2')).id).toBe(id(2));
    expect(await service.suspendStage('p-aaaaaaaa/s2')).toBe(true);
    expect(await service.continueStage('p-aaaaaaaa/s2')).toBe(true);
    for (const n of [1, 2]) {
      bench.executor.exit(id(n), 0);
      await settled();
    }
    expect(bench.loop.state.active.size).toBe(0);
    expect(await view('p-aaaaaaaa/s2')).toMatchObject({ id: id(2), status: 'COMPLETED', parents: [id(1)] });
    expect(await view(id(1))).toMatchObject({ name: 's1', status: 'COMPLETED', children: [id(2)] });
    expect(await service.suspendStage(id(1))).toBe(false);
    for (const unknown of ['p-aaaaaaaa/s3', 'p-aaaaaaaa/', '/s1', `${id(1)}0`, 'p-aaaaaaaa-shell-x-1'])
      expect(await service.stage(unknown)).toBeNull();
  });

  it('tells stages apart whose tasks have names that begin alike', async () => {
    bench.suffixes = ['bbbbbbbb', 'cccccccc'];
    await service.submitPlan('p', '/plans/p.yml', HERE);
    await service.submitPlan('p-bbbbbbbb', '/plans/p.yml', HERE);
    expect((await view('p-bbbbbbbb-shell-t-1')).taskName).toBe('p-bbbbbbbb');
    expect((await view('p-bbbbbbbb-cccccccc-shell-t-1')).taskName).toBe('p-bbbbbbbb-cccccccc');
  });
});

describe('reports', () => {
  it('of an attempt that is over change nothing, and are logged', async () => {
    await service.submitPlan('p', '/plans/p.yml', HERE);
    bench.executor.exit(id(1), 1);
    await settled();
    await service.stageCompleted(id(1));
    expect((await service.stage(id(1)))?.status).toBe('RUNNING');
    expect(refused).toEqual([
      `${id(1)}: a report of attempt 1 (completed) does not count: attempt 1 does not run`,
    ]);
    await service.stageCompleted(`${id(1)}.2`);
    expect(bench.store.stage(id(1))?.reportedTime).toBe(1000);
  });
});

describe('resultPath', () => {
  async function resultOf(outputPath: string | null): Promise<string | null> {
    loads({ ...planOf([]), stages: planOf([]).stages.map((stage) => ({ ...stage, outputPath })) });
    await service.submitPlan('p', '/plans/p.yml', HERE);
    expect(await service.resultPath(id(1))).toBeNull();
    bench.executor.exit(id(1), 0);
    await settled();
    return service.resultPath(id(1));
  }

  it.each([
    ['/data/out', '/data/out'],
    ['hdfs://namenode:8020/out', 'hdfs://namenode:8020/out'],
    ['file:/data/out', 'file:/data/out'],
    ['out/part.csv', '/state/work/p-aaaaaaaa/out/part.csv'],
    ['./a:b', '/state/work/p-aaaaaaaa/a:b'],
  ])('of a completed stage with the output %s is %s', async (outputPath, expected) => {
    expect(await resultOf(outputPath)).toBe(expected);
  });

  it('is null where the plan names no output', async () => {
    expect(await resultOf(null)).toBeNull();
  });

  it('is null where the stage has failed', async () => {
    loads({
      ...planOf([]),
      stages: planOf([]).stages.map((stage) => ({ ...stage, outputPath: '/data/out' })),
    });
    await service.submitPlan('p', '/plans/p.yml', HERE);
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      bench.executor.exit(id(1), 1);
      await settled();
    }
    expect((await service.stage(id(1)))?.status).toBe('FAILED');
    const log = `/state/runs/p-aaaaaaaa/${id(1)}/4/log`;
    expect(await service.stage(id(1))).toMatchObject({ failure: 'exited with code 1', log });
    expect(await service.resultPath(id(1))).toBeNull();
  });
});
