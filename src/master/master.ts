import { randomInt } from 'node:crypto';
import { loadPlan } from '../plan/load.ts';
import { CONNECTION_LIMITS, SERVER_LIMITS, startMasterServer, type MasterServer } from '../rpc/server.ts';
import type { TlsOptions } from '../rpc/options.ts';
import { TASK_SUFFIX_LENGTH } from '../model/names.ts';
import { ProcessExecutor } from './executor/process.ts';
import type { Log } from './log.ts';
import type { MasterOptions } from './options.ts';
import { systemClock } from './scheduler/clock.ts';
import { MasterLoop } from './scheduler/loop.ts';
import { MasterService } from './service.ts';
import { openStore } from './store/open.ts';

/** Room for tens of thousands of stages. Reading a plan keeps everything else waiting. */
const MAX_PLAN_BYTES = 4 * 1024 * 1024;

/** A master that runs in this process. */
export interface Master {
  readonly host: string;
  readonly port: number;
  /** Answers what was asked, stops the stages, stores that they are to be run again, and lets go of everything. */
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
 * Opens the store, takes up what was running, and serves.
 * @throws ConfigError the state directory or the port can't be used
 * @throws StoreCorruptError the state can't be read
 */
export async function startMaster(options: MasterOptions, deps: MasterDependencies): Promise<Master> {
  const { log } = deps;
  // Released last to first, also when the start fails half-way.
  const release: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const end of release.splice(0).reverse()) await end();
  };
  try {
    const store = await openStore(options.store, options.stateDir);
    const executor = new ProcessExecutor({
      stateDir: options.stateDir,
      masterEnv: deps.env,
      passEnv: options.passEnv,
      graceMs: options.stopGraceMs,
    });
    const loop = await MasterLoop.open(
      {
        store,
        executor,
        clock: systemClock,
        randomSuffix,
        onFatal: deps.onFatal,
        onWarning: (error) => log.warn('something was left behind', error),
      },
      options,
    ).catch(async (error: unknown) => {
      await store.close();
      throw error;
    });
    release.push(() => loop.close());
    const service = new MasterService({
      loop,
      loadPlan: (file, { planName }) => loadPlan(file, { planName, maxBytes: MAX_PLAN_BYTES }),
      workDirOf: (taskName) => executor.workDirOf(taskName),
      logPathOf: (taskName, stageId, attempt) => executor.logPathOf(taskName, stageId, attempt),
    });
    const server: MasterServer = await startMasterServer(service, {
      host: options.host,
      port: options.port,
      tls: deps.tls,
      limits: SERVER_LIMITS,
      connections: CONNECTION_LIMITS,
      onTrouble: (message, error) => log.debug(message, error),
      onSessionClosed: (id) => service.sessionClosed(id),
    });
    release.push(() => server.close());
    const unfinished = [...loop.records.tasks.values()].filter((task) => task.completeTime === null).length;
    if (unfinished > 0) log.info(`going on with ${unfinished} unfinished task(s)`);
    loop.start({ host: hostForStages(options.host), port: server.port });
    return { host: server.host, port: server.port, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Where stages, which run on this machine, reach a master that listens on `host`. */
function hostForStages(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}

function randomSuffix(): string {
  return Array.from({ length: TASK_SUFFIX_LENGTH }, () => String.fromCharCode(97 + randomInt(26))).join('');
}
