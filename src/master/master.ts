import { type MasterServer, startMasterServer } from '../rpc/server.ts';
import type { ServerOptions, TlsOptions } from '../rpc/options.ts';
import type { Services } from '../rpc/services.ts';
import { ClicError, errorMessage, systemErrorCode } from '../model/errors.ts';
import { Closers } from './closers.ts';
import { openExecutor } from './executor/open.ts';
import { thriftServices } from './front/thrift.ts';
import { LimitLog } from './limit-log.ts';
import type { Observer } from './http/observer.ts';
import type { Log } from './log.ts';
import { openLoop } from './open-loop.ts';
import type { MasterOptions } from './options.ts';
import { PlanLoader } from './plans/plan-loader.ts';
import { MasterService } from './service/service.ts';
import { StoreCorruptError } from './state/corrupt.ts';

/** How long reading and checking a plan may take, in milliseconds: less than clients wait for an answer, more than a large one takes. */
const PLAN_WITHIN_MS = 25_000;

/** A master that runs in this process. */
export interface Master {
  readonly host: string;
  readonly port: number;
  /** It leads no more: from now on it serves nobody, stores nothing, and leaves programs running when it is closed. */
  giveUp(reason: unknown): void;
  /** Answers what was asked, stops the stages, stores which are to be run again, and lets go of everything: see `MasterLoop.close`. */
  close(): Promise<void>;
}

export interface MasterDependencies {
  readonly log: Log;
  readonly env: NodeJS.ProcessEnv;
  readonly tls: TlsOptions | null;
  readonly observer: Observer;
  /** The master can't go on: the process has to end, and programs go on. */
  readonly onFatal: (error: unknown) => void;
}

/**
 * Takes the port, opens the store, takes up what was running, and serves. Nothing is made where the port can't be had.
 * @throws ConfigError the state directory or the port can't be used
 * @throws StoreCorruptError the state can't be read
 */
export async function startMaster(options: MasterOptions, deps: MasterDependencies): Promise<Master> {
  const { log, observer } = deps;
  const opened = new Closers();
  const limits = new LimitLog(log);
  opened.add(() => limits.close());
  let service: MasterService | null = null;
  let serve: (services: Services) => void = () => undefined;
  let giveUp: (reason: unknown) => void = () => undefined;
  const services = new Promise<Services>((resolve, reject) => {
    serve = resolve;
    giveUp = reject;
  });
  const serverOptions: ServerOptions = {
    host: options.host,
    port: options.port,
    tls: deps.tls,
    limits: options.limits.messages,
    connections: options.limits.connections,
    maxBufferedBytes: options.limits.maxBufferedBytes,
    onTrouble: (message, error) => logTrouble(log, message, error),
    onLimit: (message, error) => {
      limits.hit(message, error);
      observer.meter.count('clic_master_limit_hits_total', {});
    },
    onSessionClosed: (id) => service?.sessionClosed(id),
  };
  const server = await startMasterServer(services, serverOptions);
  opened.add(() => server.close(0));
  try {
    const reports = deps.tls === null ? server : await startReportServer(services, serverOptions);
    opened.add(() => reports.close(0));
    const executor = await openExecutor(options, {
      listening: server,
      env: deps.env,
      onWarning: ({ message, cause }) => log.warn(message, cause),
      onNotice: (text) => log.info(text),
    });
    opened.add(() => executor.leave());
    const { loop, store } = await openLoop(options, deps, executor, opened);
    const plans = new PlanLoader(
      {
        maxBytes: options.limits.maxPlanBytes,
        executor: options.executor,
        passedEnv: options.passEnv,
      },
      { timeoutMs: PLAN_WITHIN_MS, onWarning: (message) => log.warn(message) },
    );
    opened.add(() => plans.close());
    service = new MasterService({
      loop,
      store,
      loadPlan: (file, planName) => plans.load(file, planName),
      executor,
      submissionLimits: options.limits.submissions,
      onRefused: (what, message) => {
        log.info(message);
        observer.meter.count('clic_master_refusals_total', { what });
      },
      now: () => Date.now(),
    });
    const { tasks, active } = loop.state;
    if (active.size > 0) log.info(`going on with ${active.size} unfinished task(s)`, { tasks: active.size });
    // A store that has just begun to remember knows nothing of whose the folders are.
    if (options.store !== 'memory') {
      executor
        .sweep((taskName) => tasks.has(taskName))
        .catch((error: unknown) => log.warn('folders of tasks that are gone were left behind', error));
    }
    loop.start({
      clients: executor.masterAddress(server),
      reports: executor.masterAddress(reports),
    });
    serve(thriftServices(service));
    // What is being asked is answered before anything else is closed.
    opened.add(async () => {
      await Promise.all([server.close(), reports.close()]);
    });
    const { host, port } = server;
    return { host, port, giveUp: (reason) => loop.giveUp(reason), close: () => opened.close() };
  } catch (error) {
    giveUp(error);
    await opened.close();
    throw error;
  }
}

/** Takes reports, and nothing else, without TLS, which executors don't speak: from programs of this machine alone. */
function startReportServer(services: Promise<Services>, options: ServerOptions): Promise<MasterServer> {
  return startMasterServer(
    services.then(({ SchedulerService }) => ({ TaskService: null, SchedulerService })),
    { ...options, host: '127.0.0.1', port: 0, tls: null, onSessionClosed: () => undefined },
  );
}

/** What a client did wrong is for those who look closely; what nobody has foreseen is for everybody. */
function logTrouble(log: Log, message: string, error: unknown): void {
  const isForeseen = error instanceof ClicError || systemErrorCode(error) !== undefined;
  if (error === undefined || error === null) log.debug(message);
  else if (isForeseen && !(error instanceof StoreCorruptError))
    log.debug(message, { reason: errorMessage(error) });
  else log.warn(message, error);
}
