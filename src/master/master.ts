import { randomInt } from 'node:crypto';
import { loadPlan } from '../plan/load.ts';
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
import { MasterService } from './service.ts';
import { openStateDir } from './state-dir.ts';
import { openStore } from './store/open.ts';

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
    });
    const loop = await openLoop(options, deps, executor);
    service = new MasterService({
      loop,
      loadPlan: (file, { planName }) =>
        loadPlan(file, {
          planName,
          maxBytes: options.limits.maxPlanBytes,
          executor: options.executor,
          passedEnv: options.passEnv,
        }),
      executor,
      submissionLimits: options.limits.submissions,
    });
    const unfinished = [...loop.records.tasks.values()].filter((task) => task.completeTime === null).length;
    if (unfinished > 0) log.info(`going on with ${unfinished} unfinished task(s)`);
    loop.start(executor.masterAddress({ host: options.host, port: server.port }));
    serve(thriftServices(service));
    const close = async (): Promise<void> => {
      await server.close();
      await loop.close();
    };
    return { host: server.host, port: server.port, close };
  } catch (error) {
    giveUp(error);
    await server.close(0);
    throw error;
  }
}

/** Opens the state directory, the store and a loop over it, which owns it from then on. */
async function openLoop(
  options: MasterOptions,
  { log, onFatal }: MasterDependencies,
  executor: ProcessExecutor,
): Promise<MasterLoop> {
  await openStateDir(options.stateDir);
  const store = await openStore(options.store, options.stateDir);
  const onWarning = (error: unknown): void => log.warn('something was left behind', error);
  try {
    return await MasterLoop.open(
      { store, executor, clock: systemClock, randomSuffix, onFatal, onWarning },
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
