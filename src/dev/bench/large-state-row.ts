import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Changes } from '../../master/state/changes.ts';
import { NEW_STAGE, type PlanRecord, type TaskRecord } from '../../master/state/records.ts';
import { planRecord } from '../../master/state/submission.ts';
import { openStateDir } from '../../master/state-dir.ts';
import { openStore } from '../../master/store/open.ts';
import { benchFolder, startBenchMasterIn } from './bench-master.ts';
import { interleaved, type Figure } from './measure.ts';

const FINISHED = 100_000;
const UNFINISHED = 1_000;
const STAGES = 3;
/** Finished tasks are of so many different plans; of the others, each is of its own. */
const PLANS = 100;
const BATCH = 2_000;
const LOOKS = 20;

/** A master with a long past: how it starts, what it holds, and how it lists the latest. */
export async function* largeStateRow(root: string): AsyncGenerator<Figure> {
  const folder = benchFolder();
  await writeState(join(folder, 'state'));
  const master = await startBenchMasterIn(folder, root, '--max-running', '1');
  const state = `${FINISHED.toLocaleString('en')} finished tasks of ${STAGES} stages, ${UNFINISHED.toLocaleString('en')} unfinished`;
  yield { what: state, measured: '' };
  const started = `${(master.startedMs / 1000).toFixed(1)} s`;
  yield { what: 'from its start to its readiness', measured: started, goal: 'goal: at most 10 s' };
  yield { what: 'memory when it is ready (RSS)', measured: rss(master.pid), goal: 'goal: at most 512 MiB' };
  const client = master.client();
  const times: number[] = [];
  for (let look = 0; look < LOOKS; look += 1) {
    const begun = performance.now();
    await client.listTasks({ limit: 20 });
    times.push(performance.now() - begun);
  }
  client.close();
  const median = times.toSorted((a, b) => a - b)[LOOKS / 2] ?? NaN;
  yield {
    what: 'the latest 20 tasks, as answered',
    measured: `${median.toFixed(1)} ms`,
    goal: 'goal: at most 50 ms',
  };
  const args = [join(root, 'bin/clic'), 'list', '--limit', '20'];
  const env = { CLIC_MASTER_HOST: '127.0.0.1', CLIC_MASTER_PORT: String(master.port) };
  const whole = (await interleaved([{ name: 'list', args, env }], LOOKS)).get('list') ?? NaN;
  yield { what: 'clic list --limit 20, the whole program', measured: `${whole.toFixed(0)} ms` };
  yield { what: 'memory after that (RSS)', measured: rss(master.pid), goal: 'goal: at most 512 MiB' };
  await master.close();
}

function rss(pid: number): string {
  const [, kib] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return `${(Number(kib) / 1024).toFixed(0)} MiB`;
}

async function writeState(stateDir: string): Promise<void> {
  await openStateDir(stateDir);
  const store = await openStore('level', stateDir);
  const plans = Array.from({ length: PLANS }, (_, number) => planOf(number));
  for (let seq = 0; seq < FINISHED + UNFINISHED;) {
    const changes = {
      plans: [...(seq === 0 ? plans : [])],
      tasks: [] as TaskRecord[],
      stages: [] as Changes['stages'][number][],
    };
    for (const end = Math.min(seq + BATCH, FINISHED + UNFINISHED); seq < end; seq += 1) {
      const isFinished = seq < FINISHED;
      const plan = isFinished ? plans[seq % PLANS] : planOf(PLANS + seq);
      if (plan === undefined) continue;
      if (!isFinished) changes.plans.push(plan);
      const task = taskOf(seq, plan, isFinished);
      changes.tasks.push(task);
      if (!isFinished) continue;
      for (let index = 0; index < STAGES; index += 1) {
        const state = {
          ...NEW_STAGE,
          status: 'COMPLETED' as const,
          attempt: 1,
          completeTime: task.completeTime,
        };
        changes.stages.push({ taskName: task.name, index, state });
      }
    }
    await store.write({ ...changes, deletedTasks: [], deletedPlans: [] });
  }
  await store.close();
}

function planOf(number: number): PlanRecord {
  const stage = (index: number) => ({
    name: `s${index}`,
    template: 'shell-stage',
    platform: 'shell',
    dependencies: index === 0 ? [] : [index - 1],
    image: 'busybox:1',
    command: ['/bin/sh', '-c', `sleep 600; # ${number}`],
    entryWords: 3,
    pod: null,
    env: {},
    outputPath: null,
    outputs: [],
    retry: null,
    deadlineMs: null,
  });
  return planRecord({ stages: [0, 1, 2].map(stage), deadlineMs: null, parallelism: null });
}

function taskOf(seq: number, plan: PlanRecord, isFinished: boolean): TaskRecord {
  const letters = Array.from({ length: 8 }, (_, place) =>
    String.fromCharCode(97 + (Math.floor(seq / 26 ** place) % 26)),
  );
  // Within what is kept: the last days.
  const submitTime = Date.now() - (FINISHED + UNFINISHED - seq) * 1000;
  return {
    name: `wordcount-${letters.join('')}`,
    planName: 'wordcount',
    planDir: '/data/plans',
    planId: plan.id,
    seq,
    submitTime,
    startTime: isFinished ? submitTime : null,
    completeTime: isFinished ? submitTime + 2000 : null,
    status: isFinished ? 'COMPLETED' : 'NEW',
    failure: null,
  };
}
