import { PlanInvalidError } from '../model/diagnostic.ts';
import { NotFoundError, ProtocolError, RefusedError, errorMessage } from '../model/errors.ts';
import { invoke } from './calls.ts';
import SchedulerService from './gen/SchedulerService.js';
import TaskService from './gen/TaskService.js';
import base from './gen/base_types.js';
import type { Message } from './message-scanner.ts';
import {
  MessageReader,
  MessageType,
  MessageWriter,
  ReadBuffer,
  WriteBuffer,
  encodeException,
} from './protocol.ts';
import { ExceptionType, refusalText } from './remote-exception.ts';
import type { SchedulerServiceHandler, Services, Session, TaskServiceHandler } from './services.ts';

/** What a request came to: the bytes to send back, and the error behind a refusal, for the log. */
export interface Answer {
  readonly bytes: Buffer;
  readonly error: unknown;
}

type Method = (...args: unknown[]) => unknown;
type Methods = Readonly<Record<string, Method>>;
/** What is generated of a service. */
type Stubs = typeof TaskService | typeof SchedulerService;

/**
 * Answers one request by the generated processor. Never rejects: an unknown method, bad arguments, a handler that throws and a
 * value that can't be written all become a whole EXCEPTION message.
 */
export async function answer(request: Message, services: Services, session: Session): Promise<Answer> {
  const [service, method] = splitName(request.name);
  const refuse = (type: number, message: string, error: unknown): Answer => ({
    bytes: encodeException(method, request.seqid, type, message),
    error,
  });
  if (request.type !== MessageType.CALL) {
    return refuse(ExceptionType.INVALID_MESSAGE_TYPE, `message type ${request.type} is not a call`, null);
  }
  const served = SERVICES.get(service);
  const methods = served?.methods(services, session) ?? {};
  const run = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (served === undefined || run === undefined) {
    return refuse(ExceptionType.UNKNOWN_METHOD, `there is no method ${JSON.stringify(request.name)}`, null);
  }
  try {
    return { bytes: await process(request, served.stubs, method, run), error: null };
  } catch (error) {
    if (error instanceof PlanInvalidError) return refuse(ExceptionType.PLAN_INVALID, error.message, error);
    if (error instanceof RefusedError) return refuse(ExceptionType.REFUSED, refusalText(error), error);
    if (error instanceof ProtocolError) return refuse(ExceptionType.PROTOCOL_ERROR, error.message, error);
    // The words of a Java master, whose clients tell nothing else from an unknown name.
    return refuse(ExceptionType.INTERNAL_ERROR, `Internal error processing ${method}`, error);
  }
}

/** What refuses a request of which no more than its header could be read. */
export function refusal({ name, seqid }: Pick<Message, 'name' | 'seqid'>, message: string): Buffer {
  return encodeException(splitName(name)[1], seqid, ExceptionType.PROTOCOL_ERROR, message);
}

/** `Service:method`, split; a plain name has no service. */
function splitName(name: string): [service: string, method: string] {
  const colon = name.indexOf(':');
  return colon === -1 ? ['', name] : [name.slice(0, colon), name.slice(colon + 1)];
}

/** Lets the generated processor decode the arguments, call the method and write the reply. */
async function process(request: Message, stubs: Stubs, method: string, run: Method): Promise<Buffer> {
  const input = new ReadBuffer(request.bytes);
  const reader = new MessageReader(input);
  reader.readMessageBegin();
  // The processor tells a failure from a result by a type that is not ours: it is kept from it.
  const failures: unknown[] = [];
  const handler = {
    [method]: withArity(arityOf(stubs, method), async (args) => {
      try {
        if (!input.exhausted) {
          throw new ProtocolError(`the arguments of ${method} are not of the declared types`);
        }
        return await run(...args);
      } catch (error) {
        failures.push(error);
        return null;
      }
    }),
  };
  let flushed: () => void = () => undefined;
  const done = new Promise<void>((resolve) => {
    flushed = resolve;
  });
  const output = new WriteBuffer(flushed);
  const writer = new ReplyWriter(output);
  try {
    invoke(new stubs.Processor(handler), `process_${method}`, [request.seqid, reader, writer]);
  } catch (error) {
    throw new ProtocolError(`the arguments of ${method} can't be decoded: ${errorMessage(error)}`, {
      cause: error,
    });
  }
  await done;
  if (failures.length > 0) throw failures[0];
  if (writer.lastType !== MessageType.REPLY) throw new TypeError(`the result of ${method} can't be written`);
  return output.written;
}

/** Starts over with each message, since a processor that fails half-way writes an exception after half a reply. */
class ReplyWriter extends MessageWriter {
  readonly #output: WriteBuffer;
  lastType = 0;

  constructor(output: WriteBuffer) {
    super(output);
    this.#output = output;
  }

  flush(): void {
    this.#output.flush();
  }

  override writeMessageBegin(name: string, type: number, seqid: number): void {
    this.#output.reset();
    this.lastType = type;
    // The library warns when a message was begun and not ended.
    this._seqid = null;
    super.writeMessageBegin(name, type, seqid);
  }
}

/** How many parameters the IDL gives a method: the generated client's method has as many. */
function arityOf(stubs: Stubs, method: string): number {
  const member: unknown = Reflect.get(stubs.Client.prototype, method);
  if (typeof member !== 'function') throw new TypeError(`the generated client has no ${method}`);
  return member.length;
}

/**
 * The generated processor passes its arguments only to a function of as many parameters as the IDL gives the method.
 */
function withArity(arity: number, handle: (args: unknown[]) => Promise<unknown>): Method {
  return Object.defineProperty((...args: unknown[]) => handle(args), 'length', { value: arity });
}

const SERVICES = new Map<
  string,
  { methods: (services: Services, session: Session) => Methods; stubs: Stubs }
>([
  [
    'TaskService',
    {
      methods: ({ TaskService: service }: Services, session: Session) =>
        service === null ? {} : taskMethods(service, session),
      stubs: TaskService,
    },
  ],
  [
    'SchedulerService',
    {
      methods: (services: Services) => schedulerMethods(services.SchedulerService),
      stubs: SchedulerService,
    },
  ],
]);

function taskMethods(service: TaskServiceHandler, session: Session): Methods {
  return {
    submitPlan: (planName: unknown, planDagPath: unknown) =>
      service.submitPlan(text(planName, 'planName'), text(planDagPath, 'planDagPath'), session),
    // Generated Java clients can't leave a number out: what is not above 0 is none.
    listAllTask: (limit: unknown) =>
      service.listAllTask(typeof limit === 'number' && limit > 0 ? limit : null, session),
    getTaskInfo: (planName: unknown) => service.getTaskInfo(text(planName, 'planName'), session),
    getStageInfo: (stageId: unknown) => service.getStageInfo(text(stageId, 'stageId')),
    getStageIdOfTask: (planName: unknown) => service.getStageIdOfTask(text(planName, 'planName')),
    suspendStage: (stageId: unknown) => service.suspendStage(text(stageId, 'stageId')),
    continueStage: (stageId: unknown) => service.continueStage(text(stageId, 'stageId')),
    getStageResult: (stageId: unknown) => service.getStageResult(text(stageId, 'stageId')),
  };
}

function schedulerMethods(service: SchedulerServiceHandler): Methods {
  const { SUCCESS, PARAMETER_ERROR } = base.ResultCode;
  const report = async (stageId: unknown, post: (stageId: string) => unknown): Promise<object> => {
    try {
      await post(text(stageId, 'stageId'));
      return new base.ServiceBaseResult({ resultCode: SUCCESS });
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
      return new base.ServiceBaseResult({ resultCode: PARAMETER_ERROR, message: error.message });
    }
  };
  return {
    postStageStarted: (stageId: unknown) => report(stageId, (id) => service.postStageStarted(id)),
    postDataPrepared: (stageId: unknown) => report(stageId, (id) => service.postDataPrepared(id)),
    postStageCompleted: (stageId: unknown) => report(stageId, (id) => service.postStageCompleted(id)),
  };
}

function text(value: unknown, name: string): string {
  if (typeof value !== 'string') throw new ProtocolError(`the argument ${name} is missing`);
  return value;
}
