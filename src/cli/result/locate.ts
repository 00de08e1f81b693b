import { NotFoundError, ResultNotReadyError } from '../../model/errors.ts';
import type { MasterClient } from '../../model/master-client.ts';

/**
 * The path of a stage's result. A master tells only that it has none: the stage itself says why.
 * @throws ResultNotReadyError the stage has not completed
 * @throws NotFoundError there is no such stage, or it will never have a result
 */
export async function locateResult(client: MasterClient, stageId: string): Promise<string> {
  const path = await client.resultPath(stageId);
  if (path !== null && path !== '') return path;
  const { status } = await client.stage(stageId);
  if (status === 'COMPLETED') {
    throw new NotFoundError(`${stageId} has no result: it has completed, and its plan names no output path`);
  }
  if (status === 'FAILED') {
    throw new NotFoundError(`${stageId} has no result: it has failed`, {
      hint: `\`clic stage ${stageId} -o json\` says more`,
    });
  }
  throw new ResultNotReadyError(`${stageId} has not completed (${status}), so its result can't be read yet`, {
    hint: `\`clic stage ${stageId} --wide\` shows how far it is`,
  });
}
