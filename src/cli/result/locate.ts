import { NotFoundError, RefusedError, ResultNotReadyError } from '../../model/errors.ts';
import type { MasterClient } from '../../model/master-client.ts';
import { failedTaskOf } from '../stage-fate.ts';

/**
 * The path of a stage's result. A master tells only that it has none: the stage itself says why.
 * @throws ResultNotReadyError the stage has not completed, and may still do so
 * @throws RefusedError it will never run: its task has failed
 * @throws NotFoundError there is no such stage, or it will never have a result
 */
export async function locateResult(client: MasterClient, stageId: string): Promise<string> {
  const path = await client.resultPath(stageId);
  if (path !== null && path !== '') return path;
  const stage = await client.stage(stageId);
  const { status } = stage;
  if (status === 'COMPLETED') {
    throw new NotFoundError(`${stageId} has no result: it has completed, and its plan names no output path`);
  }
  if (status === 'FAILED') {
    throw new NotFoundError(`${stageId} has no result: it has failed`, {
      hint: `\`clic stage ${stageId} -o json\` says more`,
    });
  }
  const failed = await failedTaskOf(client, stage);
  if (failed !== null) {
    throw new RefusedError(
      `${stageId} has no result, and never will: its task ${failed} has failed, so it will not run`,
      { hint: `\`clic stages ${failed} --wide\` shows which stage failed` },
    );
  }
  throw new ResultNotReadyError(`${stageId} has not completed (${status}), so its result can't be read yet`, {
    hint: `\`clic stage ${stageId} --wide\` shows how far it is`,
  });
}
