import { setTimeout as delay } from 'node:timers/promises';
import { NotFoundError, OutcomeUnknownError, ProtocolError, RefusedError } from '../model/errors.ts';
import { PlanInvalidError } from '../model/diagnostic.ts';
import type { MasterClient } from '../model/master-client.ts';
import { CallFailedError } from './connection.ts';
import { parseStage, parseTask, parseTaskDetail } from './conversion.ts';
import type { ClientOptions } from './options.ts';
import { monotonicMs } from './monotonic.ts';
import { ExceptionType, RemoteException, type TaskMethod } from './remote-exception.ts';
import { backoffMs } from './retry.ts';
import { Transport } from './transport.ts';
import { asBoolean, asMap, asMaps, asNames, asPath } from './values.ts';

/** A client of the master at an address. It connects when it is first asked something, and again when the connection is gone. */
export function createMasterClient(options: ClientOptions): MasterClient {
  const transport = new Transport(options);

  const read = async <T>(
    method: TaskMethod,
    args: string[],
    parse: (value: unknown, method: string) => T,
  ): Promise<T> => parse(await retried(transport, method, args), method);

  const stage: MasterClient['stage'] = async (stageId) => {
    const map = await read('getStageInfo', [stageId], asMap);
    if (Object.keys(map).length === 0) throw noStage(stageId);
    return parseStage(map);
  };
  const task: MasterClient['task'] = async (taskName) => {
    const map = await read('getTaskInfo', [taskName], asMap);
    if (Object.keys(map).length === 0) throw noTask(taskName);
    return parseTaskDetail(map);
  };

  /** The existing master answers an unknown name with an internal error: `exists` tells the two apart. */
  const named = async (
    method: TaskMethod,
    name: string,
    exists: (name: string) => Promise<unknown>,
  ): Promise<unknown> => {
    try {
      return await transport.call(method, [name]);
    } catch (error) {
      if (!isInternalError(error) && !(error instanceof CallFailedError)) throw refusal(error);
      await exists(name);
      return retried(transport, method, [name]);
    }
  };

  /** Sends a change once, and finds out what became of it when no answer came. */
  const change = async (method: TaskMethod, stageId: string, suspends: boolean): Promise<boolean> => {
    try {
      return asBoolean(await transport.call(method, [stageId], 'fresh'), method);
    } catch (error) {
      if (isInternalError(error)) await stage(stageId);
      if (!(error instanceof CallFailedError)) throw refusal(error);
      if (!error.sent) throw error;
      const { status, statusSource } = await stage(stageId).catch(() => ({
        status: '',
        statusSource: 'times',
      }));
      // A stage that is not suspended need not have been continued by us.
      if (suspends && statusSource === 'master' && status === 'SUSPEND') return true;
      throw new OutcomeUnknownError(
        `${method} of ${stageId} was sent, and no answer came: ${error.message}`,
        {
          hint: `see \`clic stage ${stageId} -o json\`, then try again`,
          cause: error,
        },
      );
    }
  };

  const stageIds: MasterClient['stageIds'] = async (taskName) =>
    asNames(await named('getStageIdOfTask', taskName, task), 'getStageIdOfTask');

  return {
    task,
    stage,
    stageIds,
    async submitPlan(planName, planDagPath) {
      try {
        await transport.call('submitPlan', [planName, planDagPath], 'fresh');
      } catch (error) {
        if (error instanceof RemoteException && error.type === ExceptionType.PLAN_INVALID) {
          throw new PlanInvalidError(error.message, [], { hint: 'nothing was stored', cause: error });
        }
        if (error instanceof ProtocolError || (error instanceof CallFailedError && error.sent)) {
          throw new OutcomeUnknownError(
            `${planName} was sent, and it can't be told whether it was stored: ${error.message}`,
            {
              hint: 'look for it with `clic list` before you submit it again',
              cause: error,
            },
          );
        }
        throw refusal(error);
      }
    },
    listTasks: async () => (await read('listAllTask', [], asMaps)).map(parseTask),
    async stagesOf(taskName) {
      const ids = await stageIds(taskName);
      const stages = [];
      // One after the other, as the existing shell does: its master answers no two calls of a connection at once.
      for (const id of ids) stages.push(await stage(id));
      return stages;
    },
    suspendStage: (stageId) => change('suspendStage', stageId, true),
    continueStage: (stageId) => change('continueStage', stageId, false),
    resultPath: async (stageId) => asPath(await named('getStageResult', stageId, stage), 'getStageResult'),
    close: () => transport.end(),
  };
}

/** A read, tried again after a lost connection or an internal error of the master, while the deadline allows it. */
async function retried(transport: Transport, method: TaskMethod, args: string[]): Promise<unknown> {
  const deadline = transport.deadline();
  for (let retry = 1; ; retry += 1) {
    try {
      return await transport.call(method, args, 'any', deadline);
    } catch (error) {
      const again = error instanceof CallFailedError || isInternalError(error);
      const wait = backoffMs(retry, Math.random());
      const late = retry > transport.options.readRetries || monotonicMs() + wait >= deadline;
      if (!again || late || transport.ended.aborted) throw refusal(error);
      await delay(wait, undefined, { signal: transport.ended }).catch(() => undefined);
    }
  }
}

function isInternalError(error: unknown): boolean {
  return error instanceof RemoteException && error.type === ExceptionType.INTERNAL_ERROR;
}

/** The error that users see for what a call threw. */
function refusal(error: unknown): unknown {
  if (!(error instanceof RemoteException)) return error;
  if (error.type === ExceptionType.UNKNOWN_METHOD) {
    return new ProtocolError(`this master does not know ${error.method}: ${error.message}`, { cause: error });
  }
  return new RefusedError(`the master failed at ${error.method}: ${error.message}`, {
    hint: 'its log says more; trying again may help when it is busy storing a submission',
    cause: error,
  });
}

function noTask(name: string): NotFoundError {
  return new NotFoundError(`no task is named ${JSON.stringify(name)}`, {
    hint: '`clic list` shows the tasks',
  });
}

function noStage(id: string): NotFoundError {
  return new NotFoundError(`no stage has the id ${JSON.stringify(id)}`, {
    hint: '`clic stages <taskName>` shows the stages of a task',
  });
}
