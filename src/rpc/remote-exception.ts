import { RefusedError } from '../model/errors.ts';

/** A TApplicationException's `type`, as defined by Thrift. */
export const ExceptionType = {
  UNKNOWN_METHOD: 1,
  INVALID_MESSAGE_TYPE: 2,
  MISSING_RESULT: 5,
  INTERNAL_ERROR: 6,
  PROTOCOL_ERROR: 7,
  /**
   * INVALID_TRANSFORM: only THeaderProtocol ever raises it, so over the binary protocol it is free to mean
   * "the plan is invalid, and was not stored", which no declared exception can say.
   */
  PLAN_INVALID: 8,
  /**
   * INVALID_PROTOCOL: THeaderProtocol's as well. It means "refused with reason, and nothing was done"; the message is
   * written by `refusalText`.
   */
  REFUSED: 9,
} as const;

/** The methods of the TaskService, as the IDL names them. */
export type TaskMethod =
  | 'submitPlan'
  | 'listAllTask'
  | 'getTaskInfo'
  | 'getStageInfo'
  | 'getStageIdOfTask'
  | 'suspendStage'
  | 'continueStage'
  | 'getStageResult';

/** The master answered with a TApplicationException. */
export class RemoteException extends Error {
  override readonly name = 'RemoteException';
  readonly method: TaskMethod;
  readonly type: number;

  constructor(method: TaskMethod, type: number, message: string) {
    super(message);
    this.method = method;
    this.type = type;
  }
}

/** What a refusal says on the wire: the message on a line, and what to do next, if anything, on the one that follows. */
export function refusalText({ message, hint }: RefusedError): string {
  return hint === undefined ? message : `${message.replaceAll('\n', ' ')}\n${hint}`;
}

/** Reads what `refusalText` has written. */
export function refusedError(exception: RemoteException): RefusedError {
  const [message = '', ...hint] = exception.message.split('\n');
  return new RefusedError(message, {
    hint: hint.length === 0 ? undefined : hint.join(' '),
    cause: exception,
  });
}
