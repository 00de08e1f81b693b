import { NotFoundError, OutcomeUnknownError, ProtocolError, UnreachableError } from '../model/errors.ts';
import { PlanInvalidError } from '../model/diagnostic.ts';
import type { MasterClient } from '../model/master-client.ts';
import type { StageInfo, TaskDetail } from '../model/views.ts';
import { CallFailedError } from './connect-problem.ts';
import { parseStage, parseTask, parseTaskDetail } from './conversion.ts';
import type { ClientOptions } from './options.ts';
import { monotonicMs } from './monotonic.ts';
import { isInternalError, refusal, retried } from './reads.ts';
import { ExceptionType, RemoteException, type TaskMethod } from './remote-exception.ts';
import { Transport } from './transport.ts';
import { asBoolean, asMap, asMaps, asNames, asPath } from './values.ts';

/**
 * A client of the master at an address. It connects when it is first asked something, and again when the connection is gone.
 * Each call has one deadline, which its retries and whatever else it has to ask share.
 */
export function createMasterClient(options: ClientOptions): MasterClient {
  const transport = new Transport(options);
  const deadlineNow = (): number => monotonicMs() + options.callTimeoutMs;

  const stage = async (stageId: string, deadline: number): Promise<StageInfo> => {
    const map = asMap(await retried(transport, 'getStageInfo', [stageId], deadline), 'getStageInfo');
    if (Object.keys(map).length === 0) throw noStage(stageId);
    return parseStage(map);
  };
  const task = async (taskName: string, deadline: number): Promise<TaskDetail> => {
    const map = asMap(await retried(transport, 'getTaskInfo', [taskName], deadline), 'getTaskInfo');
    if (Object.keys(map).length === 0) throw noTask(taskName);
    return parseTaskDetail(map);
  };

  /** @throws NotFoundError the master knows no such stage; any other trouble is passed over */
  const refuseUnknown = async (stageId: string, deadline: number): Promise<void> => {
    await stage(stageId, deadline).catch((error: unknown) => {
      if (error instanceof NotFoundError) throw error;
    });
  };

  /** A Java master answers an unknown name with an internal error: `exists` tells the two apart. */
  const named = async (
    method: TaskMethod,
    name: string,
    exists: (name: string, deadline: number) => Promise<unknown>,
    deadline: number,
  ): Promise<unknown> => {
    try {
      return await transport.call(method, [name], deadline);
    } catch (error) {
      const again = isInternalError(error) || error instanceof CallFailedError;
      if (!again || monotonicMs() >= deadline) throw refusal(error);
      await exists(name, deadline);
      return retried(transport, method, [name], deadline);
    }
  };
  const stageIds = async (taskName: string, deadline: number): Promise<string[]> =>
    asNames(await named('getStageIdOfTask', taskName, task, deadline), 'getStageIdOfTask');

  /** Sends a change once, and finds out what became of it when no answer came, or none that can be read. */
  const change = async (method: TaskMethod, stageId: string, suspends: boolean): Promise<boolean> => {
    const deadline = deadlineNow();
    try {
      return asBoolean(await transport.call(method, [stageId], deadline, 'fresh'), method);
    } catch (error) {
      if (isInternalError(error)) await refuseUnknown(stageId, deadline);
      if (!mayHaveArrived(error)) throw refusal(error);
      const seen = await stage(stageId, deadline).catch(() => null);
      // A stage that is not suspended need not have been continued by us.
      if (suspends && seen?.statusSource === 'master' && seen.status === 'SUSPEND') return true;
      throw new OutcomeUnknownError(
        `${method} of ${stageId} was sent, and it can't be told what became of it: ${error.message}`,
        { hint: `see \`clic stage ${stageId} -o json\`, then try again`, cause: error },
      );
    }
  };

  return {
    task: (taskName) => task(taskName, deadlineNow()),
    stage: (stageId) => stage(stageId, deadlineNow()),
    stageIds: (taskName) => stageIds(taskName, deadlineNow()),
    async submitPlan(planName, planDagPath) {
      try {
        await transport.call('submitPlan', [planName, planDagPath], deadlineNow(), 'fresh');
      } catch (error) {
        if (error instanceof RemoteException && error.type === ExceptionType.PLAN_INVALID) {
          throw new PlanInvalidError(error.message, [], { hint: 'nothing was stored', cause: error });
        }
        if (!mayHaveArrived(error)) throw refusal(error);
        throw new OutcomeUnknownError(
          `${planName} was sent, and it can't be told whether it was stored: ${error.message}`,
          { hint: 'look for it with `clic list` before you submit it again', cause: error },
        );
      }
    },
    async listTasks({ limit } = {}) {
      const maps = await retried(transport, 'listAllTask', limit === undefined ? [] : [limit], deadlineNow());
      return asMaps(maps, 'listAllTask').map(parseTask);
    },
    async stagesOf(taskName) {
      const deadline = deadlineNow();
      const ids = await stageIds(taskName, deadline);
      const stages = [];
      // One after the other, as the Java shell does: its master answers no two calls of a connection at once.
      for (const [done, id] of ids.entries()) {
        const next = stage(id, deadline).catch((error: unknown) => {
          // A timer may be a millisecond early.
          if (!(error instanceof CallFailedError) || monotonicMs() < deadline - 1) throw error;
          throw stagesTooLate(`${done} of ${ids.length} stages of ${taskName}`, options, error);
        });
        stages.push(await next);
      }
      return stages;
    },
    suspendStage: (stageId) => change('suspendStage', stageId, true),
    continueStage: (stageId) => change('continueStage', stageId, false),
    resultPath: async (stageId) =>
      asPath(await named('getStageResult', stageId, stage, deadlineNow()), 'getStageResult'),
    close: () => transport.ended.end(),
  };
}

/** Whether a request that was sent once may have been carried out, although no answer says so. */
function mayHaveArrived(error: unknown): error is CallFailedError | ProtocolError {
  return error instanceof ProtocolError || (error instanceof CallFailedError && error.sent);
}

/** The reads of a task's stages share one deadline, which has passed between them. */
function stagesTooLate(
  read: string,
  { host, port, callTimeoutMs }: ClientOptions,
  cause: CallFailedError,
): UnreachableError {
  return new UnreachableError(
    `clic-master at ${host}:${port} showed no more than ${read} within ${callTimeoutMs} ms`,
    { hint: 'they share the time of one call: raise --call-timeout', cause },
  );
}

function noTask(name: string): NotFoundError {
  return new NotFoundError(`no task is named ${JSON.stringify(name)}`, {
    hint: '`clic list` shows the tasks',
  });
}

function noStage(id: string): NotFoundError {
  const slash = id.indexOf('/');
  if (slash === -1) {
    return new NotFoundError(`no stage has the id ${JSON.stringify(id)}`, {
      hint: '`clic stages <taskName>` shows the stages of a task',
    });
  }
  const taskName = id.slice(0, slash);
  return new NotFoundError(`no stage is named ${JSON.stringify(id)}`, {
    hint: `\`clic stages ${taskName} --wide\` shows the names of its stages; a Java master has no names, only ids`,
  });
}
