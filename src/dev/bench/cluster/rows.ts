import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listOf, objectOf, textOf } from '../../../master/kubernetes/json.ts';
import {
  benchFolder,
  type BenchMaster,
  startBenchMasterIn,
  submitMany,
  untilCompleted,
} from '../bench-master.ts';
import type { Figure } from '../measure.ts';
import { countingProxy } from './counting-proxy.ts';
import { bareLoop } from './bare-loop.ts';
import { deleteJobs, type FakeCluster, follow, mastersOptions } from './fake-cluster.ts';

const STAGES_OF_A_PLAN = 100;
const JOBS = 2_000;
const RUNNING_AT_ONCE = 1_000;
const RUNS = '100ms';
const CHAIN = 100;
const IDLE_MS = 30_000;
/** The unit of the times in /proc (man 5 proc, sysconf(_SC_CLK_TCK) on Linux). */
const TICKS_PER_SECOND = 100;

/** Stages per second through the API server, against a bare loop that creates the same Jobs and watches them end. */
export async function* throughputRow(root: string, cluster: FakeCluster): AsyncGenerator<Figure> {
  const bare = JOBS / (await bareLoop(cluster, { jobs: JOBS, atOnce: RUNNING_AT_ONCE, runs: RUNS }));
  yield { what: `a bare loop: Jobs created and seen to end, of ${JOBS}`, measured: `${bare.toFixed(1)} /s` };
  const { master, plans } = await startMaster(root, cluster, RUNS, JOBS / STAGES_OF_A_PLAN);
  const { seconds } = await submitMany(master, plans, 4);
  const rate = JOBS / (seconds + (await untilCompleted(master)));
  await master.close();
  yield { what: 'clic-master: stages completed', measured: `${rate.toFixed(1)} /s` };
  yield {
    what: 'of the bare loop',
    measured: `${(rate / bare).toFixed(2)} x`,
    goal: 'goal: at least 0.8 x',
  };
}

/** From when a watch shows that a parent's pod has ended, until one shows the Job of its child. */
export async function* gapRow(root: string, cluster: FakeCluster): AsyncGenerator<Figure> {
  const { master } = await startMaster(root, cluster, RUNS, 0);
  const plan = join(master.folder, 'chain.yaml');
  writeFileSync(
    plan,
    planText(CHAIN, (index) => (index === 0 ? [] : [index - 1])),
  );
  const ended = new Map<number, number>();
  const created = new Map<number, number>();
  const note = (times: Map<number, number>, name: string | null): void => {
    const number = Number(/-(\d+)$/.exec(name ?? '')?.[1]);
    if (!times.has(number)) times.set(number, performance.now());
  };
  const following = [
    follow(cluster, `/apis/batch/v1/namespaces/${cluster.namespace}/jobs`, (job) => {
      note(created, textOf(objectOf(job['metadata'])['name']));
    }),
    follow(cluster, `/api/v1/namespaces/${cluster.namespace}/pods`, (pod) => {
      if (objectOf(pod['status'])['phase'] !== 'Succeeded') return;
      note(ended, textOf(objectOf(objectOf(pod['metadata'])['labels'])['batch.kubernetes.io/job-name']));
    }),
  ];
  await submitMany(master, [plan], 1);
  await untilCompleted(master);
  await Promise.all(following.map((one) => one.close()));
  await master.close();
  const gaps = [...ended]
    .flatMap(([parent, at]) => {
      const child = created.get(parent + 1);
      return child === undefined ? [] : [child - at];
    })
    .sort((a, b) => a - b);
  const at = (share: number): string =>
    `${(gaps[Math.min(gaps.length - 1, Math.floor(gaps.length * share))] ?? NaN).toFixed(0)} ms`;
  yield {
    what: `a parent's end to its child's Job, p50 of ${gaps.length}`,
    measured: at(0.5),
    goal: 'goal: at most 50 ms',
  };
  yield { what: "a parent's end to its child's Job, p99", measured: at(0.99), goal: 'goal: at most 250 ms' };
}

/** What a master costs whose Jobs just run. */
export async function* idleRow(root: string, cluster: FakeCluster): AsyncGenerator<Figure> {
  const { master, plans } = await startMaster(root, cluster, '3600s', RUNNING_AT_ONCE / STAGES_OF_A_PLAN);
  await submitMany(master, plans, 1);
  await untilRunning(cluster, RUNNING_AT_ONCE);
  const before = cpuSeconds(master.pid);
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  const share = (cpuSeconds(master.pid) - before) / (IDLE_MS / 1000);
  await master.close();
  yield {
    what: `CPU of the master while ${RUNNING_AT_ONCE.toLocaleString('en')} Jobs run`,
    measured: `${(100 * share).toFixed(1)} %`,
    goal: 'goal: at most 3 % of a core',
  };
  await deleteJobs(cluster);
}

/** What a stage costs the API server. */
export async function* requestsRow(root: string, cluster: FakeCluster): AsyncGenerator<Figure> {
  const folder = benchFolder();
  const proxy = await countingProxy(cluster.access, folder);
  const { master, plans } = await startMaster(
    root,
    { ...cluster, kubeconfig: proxy.kubeconfig },
    RUNS,
    5,
    folder,
  );
  const begun = proxy.requests();
  await submitMany(master, plans, 1);
  await untilCompleted(master);
  const count = proxy.requests() - begun;
  await master.close();
  await proxy.close();
  yield {
    what: 'requests for each stage, watches aside',
    measured: (count / (5 * STAGES_OF_A_PLAN)).toFixed(2),
    goal: 'goal: at most 3',
  };
}

async function startMaster(
  root: string,
  cluster: Pick<FakeCluster, 'kubeconfig' | 'namespace'>,
  runs: string,
  count: number,
  folder = benchFolder(),
): Promise<{ readonly master: BenchMaster; readonly plans: readonly string[] }> {
  const plans = Array.from({ length: count }, (_, number) => {
    const path = join(folder, `plan-${number}.yaml`);
    writeFileSync(
      path,
      planText(STAGES_OF_A_PLAN, () => []),
    );
    return path;
  });
  const options = [...mastersOptions(cluster, folder, runs), '--max-running', String(RUNNING_AT_ONCE)];
  return { master: await startBenchMasterIn(folder, root, ...options), plans };
}

function planText(stages: number, dependenciesOf: (index: number) => readonly number[]): string {
  const tasks = Array.from(
    { length: stages },
    (_, index) =>
      `          - {name: s${index}, template: fake-stage, dependencies: [${dependenciesOf(index)
        .map((parent) => `s${parent}`)
        .join(', ')}]}\n`,
  );
  return `spec:
  entrypoint: main
  templates:
    - name: main
      dag:
        tasks:
${tasks.join('')}    - name: fake-stage
      container: {image: fake, command: ['true']}
`;
}

async function untilRunning({ api, namespace }: FakeCluster, count: number): Promise<void> {
  const query = { fieldSelector: 'status.phase=Running' };
  for (;;) {
    const list = await api.request({ path: `/api/v1/namespaces/${namespace}/pods`, query });
    if (listOf(list['items']).length >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

function cpuSeconds(pid: number): number {
  // After the name of the program, which is in brackets: the 12th and 13th field from there are utime and stime.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
