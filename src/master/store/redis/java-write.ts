import { platformOf } from '../../../model/names.ts';
import { withExecutorArguments } from '../../../model/stage-command.ts';
import {
  NEW_STAGE,
  type PlanOutline,
  type StageSpec,
  type StageState,
  type TaskRecord,
} from '../../state/records.ts';
import { stageIdsOf } from '../../state/submission.ts';
import { javaDate } from './java-dates.ts';

/*
 * What the Java master reads with Gson: a field that is absent is null, one that it does not know is skipped, and so ours are
 * in `clic`.
 */

/** A plan, and which stages wait for each of its stages. */
export interface WholePlan {
  readonly outline: PlanOutline;
  readonly specs: readonly StageSpec[];
  readonly children: readonly (readonly number[])[];
}

/** Where the Java master runs stages, and where these report. */
const NAMESPACE = 'argo';
const REPORT_TO = ['--masterHost=clic-master-svc', '--masterPort=7777'];

/** The value of a task's key. */
export function taskJson(task: TaskRecord, outline: PlanOutline): string {
  return JSON.stringify({
    planName: task.name,
    submitTime: javaDate(task.submitTime),
    startTime: optionalDate(task.startTime),
    completeTime: optionalDate(task.completeTime),
    taskStatus: task.status,
    stageIdList: stageIdsOf(task.name, outline),
    clic: task,
  });
}

/** The value of a stage's key. @param state null: it is new */
export function stageJson(
  ids: readonly string[],
  index: number,
  plan: WholePlan,
  state: StageState | null,
): string {
  const stage = plan.outline.stages[index];
  const spec = plan.specs[index];
  const id = ids[index];
  if (stage === undefined || spec === undefined || id === undefined)
    throw new RangeError(`the plan has no stage ${index}`);
  const { status, attempt, startTime, completeTime } = state ?? NEW_STAGE;
  const idsOf = (indexes: readonly number[]): string[] => indexes.flatMap((at) => ids[at] ?? []);
  return JSON.stringify({
    stageId: id,
    platformName: platformOf(stage.template),
    // It tells which attempt runs to who finds the stage without the field `clic`.
    retryCounts: Math.max(attempt - 1, 0),
    parentStageIds: idsOf(stage.dependencies),
    childStageIds: idsOf(plan.children[index] ?? []),
    jobInfo: jobOf(id, stage.template, spec),
    startTime: optionalDate(startTime),
    completeTime: optionalDate(completeTime),
    // The Java master knows no failed stage. One that is held back starts nothing, and is run again by `continueStage`.
    stageStatus: status === 'FAILED' ? 'SUSPEND' : status,
    outputDataPath: spec.outputPath ?? undefined,
    clic: state ?? undefined,
  });
}

/** Which stages wait for each. */
export function childrenOf({ stages }: PlanOutline): number[][] {
  const children: number[][] = stages.map(() => []);
  for (const [index, { dependencies }] of stages.entries())
    for (const parent of dependencies) children[parent]?.push(index);
  return children;
}

/** The Job as the Java master makes it: no more of a pod than what its reader is known to take. */
function jobOf(id: string, template: string, { image, command, entryWords, env, pod }: StageSpec) {
  const words = withExecutorArguments(command, [`--stageId=${id}`, ...REPORT_TO]);
  const variables = Object.entries(env).map(([name, value]) => ({ name, value }));
  return {
    metadata: { name: id, namespace: NAMESPACE },
    spec: {
      template: {
        spec: {
          containers: [
            {
              args: words.slice(entryWords),
              command: words.slice(0, entryWords),
              env: variables.length > 0 ? variables : undefined,
              image: image ?? undefined,
              imagePullPolicy: pod?.container.imagePullPolicy ?? 'IfNotPresent',
              name: template,
              volumeMounts: [{ mountPath: '/data', name: 'nfs-volume' }],
            },
          ],
          restartPolicy: 'Never',
          volumes: [{ name: 'nfs-volume', persistentVolumeClaim: { claimName: 'pvc-nfs' } }],
        },
      },
    },
  };
}

function optionalDate(ms: number | null): string | undefined {
  return ms === null ? undefined : javaDate(ms);
}
