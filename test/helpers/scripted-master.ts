import { NotFoundError } from '../../src/model/errors.ts';
import type { MasterClient } from '../../src/model/master-client.ts';
import type { StageInfo, TaskDetail } from '../../src/model/views.ts';
import { aStage, aTaskDetail } from './views.ts';

/** What a master answers at one moment, or the error that asking it ends with. */
export type Scene = { readonly task: TaskDetail; readonly stages: readonly StageInfo[] } | Error;

/** A task of two stages whose statuses are given. */
export function scene(task: string, first: string, second: string, changes: Partial<StageInfo> = {}): Scene {
  const detail = aTaskDetail({ status: task });
  const [a = '', b = ''] = detail.stageIds;
  const common = { statusSource: 'master', ...changes } as const;
  return {
    task: detail,
    stages: [aStage({ ...common, id: a, status: first }), aStage({ ...common, id: b, status: second })],
  };
}

/** A master that shows one scene after the other, each time that the task is asked for, and then stays at the last. */
export function scriptedMaster(
  scenes: readonly Scene[],
): Partial<MasterClient> & { readonly asked: () => number } {
  let at = -1;
  const current = (): Scene => scenes[Math.min(Math.max(at, 0), scenes.length - 1)]!;
  return {
    asked: () => at + 1,
    task: () => {
      at += 1;
      const now = current();
      return now instanceof Error ? Promise.reject(now) : Promise.resolve(now.task);
    },
    stage: (id) => {
      const now = current();
      const stage = now instanceof Error ? undefined : now.stages.find((candidate) => candidate.id === id);
      return stage === undefined
        ? Promise.reject(new NotFoundError(`no stage ${id}`))
        : Promise.resolve(stage);
    },
  };
}
