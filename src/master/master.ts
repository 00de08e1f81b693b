import { randomInt } from 'node:crypto';
import { loadPlan } from '../plan/load.ts';
import { PlanCache } from '../plan/plan-cache.ts';
import { startMasterServer, type MasterServer } from '../rpc/server.ts';
import type { TlsOptions } from '../rpc/options.ts';
import type { Services } from '../rpc/services.ts';
import { errorMessage } from '../model/errors.ts';
import { TASK_SUFFIX_LENGTH } from '../model/names.ts';
import { ProcessExecutor } from './executor/process.ts';
import { thriftServices } from './front/thrift.ts';
import type { Log } from './log.ts';
import type { MasterOptions } from './options.ts';
import { systemClock } from './scheduler/clock.ts';
import { MasterLoop } from './scheduler/loop.ts';
import { OutputChecker } from './outputs.ts';
import { logHappening } from './service/journal.ts';
import { MasterService } from './service/service.ts';
import { openStateDir } from './state-dir.ts';
import { openStore } from './store/open.ts';
import type { Store } from './store/store.ts';

/** A master that runs in this process. */
export interface Master {
  readonly host: string;
  readonly port: number;
  /** Answers what was asked, stops the stages, stores which of them are to be run again, and lets go of everything. */
  close(): Promise<void>;
}

export interface MasterDependencies {
  readonly log: Log;
  readonly env: NodeJS.ProcessEnv;
  readonly tls: TlsOptions | null;
  /** The state can't be written any more: the process has to end. */
  readonly onFatal: (error: unknown) => void;
}

/** How long the look for the results of one stage may take, in milliseconds. */
const OUTPUTS_WITHIN_MS = 5000;

/**
 * Takes the port, opens the store, takes up what was running, and serves. Nothing is made where the port can't be had.
 * @throws ConfigError the state directory or the port can't be used
 * @throws StoreCorruptError the state can't be read
 */
export async function startMaster(options: MasterOptions, deps: MasterDependencies): Promise<Master> {
  const { log } = deps;
  let service: MasterService | null = null;
  let serve: (services: Services) => void = () => undefined;
  let giveUp: (reason: unknown) => void = () => undefined;
  const server: MasterServer = await startMasterServer(
    new Promise<Services>((resolve, reject) => {
      serve = resolve;
      giveUp = reject;
    }),
    {
      host: options.host,
      port: options.port,
      tls: deps.tls,
      limits: options.limits.messages,
      connections: options.limits.connections,
      maxBufferedBytes: options.limits.maxBufferedBytes,
      onTrouble: (message, error) =>
        log.debug(message, error === undefined ? {} : { reason: errorMessage(error) }),
      onSessionClosed: (id) => service?.sessionClosed(id),
    },
  );
  try {
    const executor = new ProcessExecutor({
      stateDir: options.stateDir,
      masterEnv: deps.env,
      passEnv: options.passEnv,
      graceMs: options.stopGraceMs,
      maxLogBytes: options.maxLogBytes,
      maxTotalLogBytes: options.maxTotalLogBytes,
    });
    await openStateDir(options.stateDir);
    const store = await openStore(options.store, options.stateDir, (text) => log.info(text));
    const outputs = new OutputChecker({
      timeoutMs: OUTPUTS_WITHIN_MS,
      webhdfs: options.webhdfs,
      hdfsUser: options.hdfsUser,
    });
    const loop = await openLoop(options, deps, { executor, store, outputs });
    const cache = new PlanCache();
    service = new MasterService({
      loop,
      store,
      loadPlan: (file, { planName }) =>
        loadPlan(file, {
          planName,
          maxBytes: options.limits.maxPlanBytes,
          executor: options.executor,
          passedEnv: options.passEnv,
          cache,
        }),
      executor,
      submissionLimits: options.limits.submissions,
      onRefused: (message) => log.info(message),
      now: () => Date.now(),
    });
    const { tasks, active } = loop.state;
    if (active.size > 0) log.info(`going on with ${active.size} unfinished task(s)`, { tasks: active.size });
    executor
      .sweep((taskName) => tasks.has(taskName))
      .catch((error: unknown) => log.warn('folders of tasks that are gone were left behind', error));
    loop.start(executor.masterAddress({ host: options.host, port: server.port }));
    serve(thriftServices(service));
    const close = async (): Promise<void> => {
      await server.close();
      await loop.close();
      await outputs.close();
    };
    return { host: server.host, port: server.port, close };
  } catch (error) {
    giveUp(error);
    await server.close(0);
    throw error;
  }
}

/** Opens a loop over the store, which owns it from then on. */
async function openLoop(
  options: MasterOptions,
  { log, onFatal }: MasterDependencies,
  { executor, store, outputs }: { executor: ProcessExecutor; store: Store; outputs: OutputChecker },
): Promise<MasterLoop> {
  const onWarning = (error: unknown): void => log.warn('something was left behind', error);
  try {
    return await MasterLoop.open(
      {
        store,
        executor,
        missingOutput: (places) => outputs.missing(places),
        clock: systemClock,
        randomSuffix,
        onFatal,
        onWarning,
        onHappening: (happening) => logHappening(log, happening),
      },
      options,
    );
  } catch (error) {
    await store.close();
    throw error;
  }
}

function randomSuffix(): string {
  return Array.from({ length: TASK_SUFFIX_LENGTH }, () => String.fromCharCode(97 + randomInt(26))).join('');
}
