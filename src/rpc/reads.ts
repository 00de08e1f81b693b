import { ProtocolError, RefusedError } from '../model/errors.ts';
import { CallFailedError } from './connect-problem.ts';
import type { Ending } from './ending.ts';
import { monotonicMs } from './monotonic.ts';
import { ExceptionType, RemoteException, refusedError, type TaskMethod } from './remote-exception.ts';
import { backoffMs } from './retry.ts';
import type { Transport } from './transport.ts';

/**
 * A read, tried again after a lost connection or an internal error of the master, while the deadline (of monotonicMs) allows it.
 * @throws UnreachableError, ProtocolError, RefusedError
 */
export async function retried(
  transport: Transport,
  method: TaskMethod,
  args: readonly (string | number)[],
  deadline: number,
): Promise<unknown> {
  for (let retry = 1; ; retry += 1) {
    try {
      return await transport.call(method, args, deadline);
    } catch (error) {
      const again = error instanceof CallFailedError || isInternalError(error);
      const wait = backoffMs(retry, Math.random());
      const late = retry > transport.options.readRetries || monotonicMs() + wait >= deadline;
      if (!again || late || transport.ended.isOver) throw refusal(error);
      await pause(wait, transport.ended);
    }
  }
}

/** Resolves after so many milliseconds, or when it has ended. */
function pause(ms: number, ended: Ending): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      ended.off(done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    ended.on(done);
  });
}

export function isInternalError(error: unknown): boolean {
  return error instanceof RemoteException && error.type === ExceptionType.INTERNAL_ERROR;
}

/** The error that users see for what a call threw. */
export function refusal(error: unknown): unknown {
  if (!(error instanceof RemoteException)) return error;
  if (error.type === ExceptionType.UNKNOWN_METHOD) {
    return new ProtocolError(`this master does not know ${error.method}: ${error.message}`, { cause: error });
  }
  if (error.type === ExceptionType.REFUSED) return refusedError(error);
  if (error.type === ExceptionType.PROTOCOL_ERROR) {
    return new RefusedError(`the master refused ${error.method}: ${error.message}`, { cause: error });
  }
  return new RefusedError(`the master failed at ${error.method}: ${error.message}`, {
    hint: 'its log says more; trying again may help when it is busy storing a submission',
    cause: error,
  });
}
