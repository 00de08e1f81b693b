import { NotFoundError, RefusedError, ResultNotReadyError } from '../../model/errors.ts';
import type { MasterClient } from '../../model/master-client.ts';
import { failedTaskOf, noStage, orUnexplained } from '../stage-fate.ts';

/**
 * The path of a stage's result. A master tells only that it has none: the stage itself says why, and where that can't be found
 * out, the stage has not completed.
 * @throws ResultNotReadyError the stage has not completed, and may still do so
 * @throws RefusedError it will never run: its task has failed
 * @throws NotFoundError there is no such stage, or it will never have a result
 */
export async function locateResult(client: MasterClient, stageId: string): Promise<string> {
  const unknown = async (error: unknown): Promise<never> => {
    throw await noStage(client, stageId, error);
  };
  const path = await client.resultPath(stageId).catch(unknown);
  if (path !== null && path !== '') return path;
  const stage = await orUnexplained(
    () => client.stage(stageId).catch(unknown),
    (error) => error instanceof NotFoundError,
  );
  if (stage === null) {
    throw new ResultNotReadyError(
      `${stageId} has no result yet; the master does not say how far the stage is`,
      {
        hint: `\`clic stage ${stageId}\` asks it again`,
      },
    );
  }
  const { status } = stage;
  if (status === 'COMPLETED') {
    throw new NotFoundError(`${stageId} has no result: it has completed, and its plan names no output path`);
  }
  if (status === 'FAILED') {
    throw new NotFoundError(`${stageId} has no result: it has failed`, {
      hint: `\`clic stage ${stageId} -o json\` says more`,
    });
  }
  const failed = await orUnexplained(() => failedTaskOf(client, stage));
  if (failed !== null) {
    throw new RefusedError(
      `${stageId} has no result, and never will: its task ${failed} has failed, so it will not run`,
      { hint: `\`clic task ${failed}\` shows which stage failed` },
    );
  }
  if (status === 'SKIPPED') {
    throw new RefusedError(
      `${stageId} has no result, and never will: its task has failed, so it will not run`,
    );
  }
  throw new ResultNotReadyError(`${stageId} has not completed (${status}), so its result can't be read yet`, {
    hint: `\`clic stage ${stageId}\` shows how far it is`,
  });
}
