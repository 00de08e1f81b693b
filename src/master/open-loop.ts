import { randomInt } from 'node:crypto';
import { TASK_SUFFIX_LENGTH } from '../model/names.ts';
import type { Closers } from './closers.ts';
import { DiskGuard } from './disk.ts';
import type { Executor } from './executor/executor.ts';
import type { Observer } from './http/observer.ts';
import type { Log } from './log.ts';
import type { MasterOptions } from './options.ts';
import { OutputChecker } from './outputs.ts';
import { systemClock } from './scheduler/clock.ts';
import { MasterLoop } from './scheduler/loop.ts';
import { logHappening } from './service/journal.ts';
import { openStateDir } from './state-dir.ts';
import { openStore } from './store/open.ts';
import type { Store } from './store/store.ts';

interface LoopOwner {
  readonly log: Log;
  readonly observer: Observer;
  /** The loop can't go on. */
  readonly onFatal: (error: unknown) => void;
}

/** How long the look for the results of one stage may take, in milliseconds. */
const OUTPUTS_WITHIN_MS = 5000;

/**
 * Opens the state, and a loop over it that starts nothing while its disk, which has the logs of stages too, is short. What
 * was opened is added to `opened`, also where this fails.
 * @throws ConfigError the state directory can't be used
 * @throws StoreCorruptError the state can't be read
 */
export async function openLoop(
  options: MasterOptions,
  { log, observer, onFatal }: LoopOwner,
  executor: Executor,
  opened: Closers,
): Promise<{ loop: MasterLoop; store: Store }> {
  const { stateDir } = options;
  await openStateDir(stateDir);
  let hold: (shortage: string | null) => void = () => undefined;
  // What happens before there is a loop.
  let away: string | null = null;
  let setAway = (problem: string | null): void => void (away = problem);
  let giveUp = (reason: unknown): void => onFatal(reason);
  const disk = new DiskGuard({
    folder: stateDir,
    minFreeBytes: options.minFreeBytes,
    // Only a database can use what is kept for it.
    ...(options.store === 'level' ? {} : { reserveBytes: 0 }),
    onChange: (shortage) => {
      if (shortage === null) log.info('there is room on the disk again: plans are taken, and stages started');
      else log.warn(`no plan is taken and no stage started: ${shortage}`);
      hold(shortage);
    },
  });
  opened.add(() => disk.close());
  const looking = disk.start();
  const store = observer.watch(
    await openStore(options.store, stateDir, {
      redis: options.redis,
      onNotice: (text) => log.info(text),
      onDiskFull: () => disk.releaseReserve(),
      onWaiting: (problem) => {
        observer.health.storeWaits(problem);
        if (problem === null) log.info('the state is written again');
        else log.warn(`${problem}; what changes it waits until that is over`);
        // A full disk is looked for before it is full.
        if (options.store === 'redis') setAway(problem);
      },
      onFenced: (reason) => giveUp(reason),
    }),
  );
  opened.add(() => store.close());
  const outputs = new OutputChecker({
    timeoutMs: OUTPUTS_WITHIN_MS,
    webhdfs: options.webhdfs,
    hdfsUser: options.hdfsUser,
    onWarning: ({ message, cause }) => log.warn(message, cause),
  });
  opened.add(() => outputs.close());
  const loop = await MasterLoop.open(
    {
      store,
      executor,
      missingOutput: (places) => outputs.missing(places),
      isShort: async () => (await disk.check()) !== null,
      clock: systemClock,
      randomSuffix,
      onFatal,
      onWarning: (error) => log.warn('something was left behind', error),
      onHappening: (happening) => {
        logHappening(log, happening);
        observer.happened(happening);
        // A disk that has become full may be why: what is run again need not fail for it.
        if (happening.kind === 'failed') void disk.check();
      },
    },
    options,
  );
  opened.add(() => loop.close());
  observer.follow(loop.state);
  await looking;
  hold = (shortage) => loop.hold(shortage);
  setAway = (problem) => loop.setAway(problem);
  giveUp = (reason) => loop.giveUp(reason);
  setAway(away);
  hold(await disk.check());
  return { loop, store };
}

function randomSuffix(): string {
  return Array.from({ length: TASK_SUFFIX_LENGTH }, () => String.fromCharCode(97 + randomInt(26))).join('');
}
