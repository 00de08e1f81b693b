import { jobManifest, type JobSettings } from '../../../master/executor/kubernetes/job-manifest.ts';
import { podTemplate } from '../../../master/executor/kubernetes/pod-template.ts';
import { objectOf, textOf } from '../../../master/kubernetes/json.ts';
import { deleteJobs, type FakeCluster, fakePodTemplate, follow } from './fake-cluster.ts';

const REQUESTS_AT_ONCE = 16;

/** So many Jobs, of which some may run at once, each for so long. */
export interface Load {
  readonly jobs: number;
  readonly atOnce: number;
  readonly runs: string;
}

/** Creates as many Jobs as are allowed to run at once, and another for each that has ended. Answers the seconds it took. */
export async function bareLoop(cluster: FakeCluster, { jobs, atOnce, runs }: Load): Promise<number> {
  const { api, namespace } = cluster;
  const settings: JobSettings = {
    instance: 'bare',
    template: podTemplate(fakePodTemplate(runs)),
    graceMs: 5000,
  };
  const path = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  let [created, underWay] = [0, 0];
  const ended = new Set<string>();
  let done: () => void = () => undefined;
  const allEnded = new Promise<void>((resolve) => {
    done = resolve;
  });
  const failures: unknown[] = [];
  const createMore = (): void => {
    while (underWay < REQUESTS_AT_ONCE && created < jobs && created - ended.size < atOnce) {
      created += 1;
      underWay += 1;
      const name = `bare-${created}`;
      const run = { stageId: name, taskName: 'bare', stageName: name, attempt: 1, planDir: '/' };
      const body = jobManifest(
        { ...run, image: 'fake', command: ['true'], entryWords: 1, pod: null, env: {} },
        settings,
      );
      api
        .request({ method: 'POST', path, body })
        .catch((error: unknown) => failures.push(error))
        .finally(() => {
          underWay -= 1;
          createMore();
        });
    }
    if (failures.length > 0) done();
  };
  const begun = performance.now();
  const reflector = follow(cluster, `/api/v1/namespaces/${namespace}/pods`, (pod) => {
    const name = textOf(objectOf(objectOf(pod['metadata'])['labels'])['batch.kubernetes.io/job-name']);
    if (name === null || objectOf(pod['status'])['phase'] !== 'Succeeded') return;
    ended.add(name);
    if (ended.size === jobs) done();
    else createMore();
  });
  createMore();
  await allEnded;
  const seconds = (performance.now() - begun) / 1000;
  await reflector.close();
  await deleteJobs(cluster);
  if (failures.length > 0) throw failures[0];
  return seconds;
}
