import { version } from '../../package.json';
import { ClicError, errorMessage } from '../model/errors.ts';
import type { TlsOptions } from '../rpc/options.ts';
import { Closers } from './closers.ts';
import { Ending } from './ending.ts';
import { openObserver, type Observer } from './http/observer.ts';
import { electionOf } from './leader/election.ts';
import { LeadershipLostError } from './leader/leader.ts';
import { openLeadership } from './leader/open.ts';
import type { Log } from './log.ts';
import { startMaster } from './master.ts';
import { isLoopback, type MasterOptions } from './options.ts';
import { StoreFencedError } from './store/store.ts';
import { readTls } from './tls.ts';

/** What ended a master that nobody has stopped. */
class FatalError extends ClicError {
  readonly code = 'FATAL';
}

/**
 * The life of a process: it answers probes, waits until it leads, serves as the master, and is stopped by a signal.
 * @throws FatalError the master can't go on, or leads no more; programs go on
 * @throws ConfigError, StoreCorruptError it can't start
 */
export async function serve(options: MasterOptions, log: Log): Promise<void> {
  // Whoever reads the address or the log may go away; the master stays.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  const ending = new Ending();
  const opened = new Closers();
  try {
    const tls = await readTls(options);
    warnOfStrangers(options, tls, log);
    const observer = await openObserver(options, log);
    opened.add(() => observer.close());
    const life = { log, ending, opened };
    if (await lead(options, life, observer)) await serveAsMaster(options, tls, observer, life);
    observer.health.stops();
    const reason = await ending.reason;
    if ('signal' in reason) log.info(`${reason.signal}: stopping`);
  } finally {
    await opened.close();
  }
  log.info('stopped');
  const reason = await ending.reason;
  if ('error' in reason) throw fatal(reason.error, options);
}

interface Life {
  readonly log: Log;
  readonly ending: Ending;
  /** What was opened, to be closed when it ends. */
  readonly opened: Closers;
}

/** False where the process was stopped before it led. */
async function lead(
  options: MasterOptions,
  { log, ending, opened }: Life,
  { health }: Observer,
): Promise<boolean> {
  const leadership = await openLeadership(electionOf(options, process.env), {
    env: process.env,
    log,
    health,
  });
  const term = await leadership.acquire(ending.told).catch((error: unknown) => {
    if (ending.told.aborted) return null;
    throw error;
  });
  if (term === null) return false;
  opened.add(() => term.release());
  term.onLost((error) => ending.fail(error));
  health.leads(term);
  return true;
}

/** Until there is a reason to end. What is opened is the first to be closed. */
async function serveAsMaster(
  options: MasterOptions,
  tls: TlsOptions | null,
  observer: Observer,
  { log, ending, opened }: Life,
): Promise<void> {
  const master = await startMaster(options, {
    log,
    env: process.env,
    tls,
    observer,
    onFatal: (error) => {
      log.warn("the master can't go on", error);
      ending.fail(error);
    },
  });
  opened.add(() => master.close());
  ending.hasStarted();
  observer.health.serves();
  const address = master.host.includes(':')
    ? `[${master.host}]:${master.port}`
    : `${master.host}:${master.port}`;
  log.info(`clic-master ${version}: ${address}, state in ${options.stateDir}`);
  // Data for scripts: with --port 0 this is the only place that tells the port.
  process.stdout.write(`clic-master is listening on ${address}\n`);
  const reason = await ending.reason;
  if ('error' in reason) master.giveUp(reason.error);
}

function warnOfStrangers({ host, executor }: MasterOptions, tls: TlsOptions | null, log: Log): void {
  if (isLoopback(host)) return;
  const who = tls?.ca === undefined ? 'everyone who reaches it' : 'everyone with a certificate of --tls-ca';
  const where = executor === 'kubernetes' ? 'as Jobs of its cluster' : 'on this machine';
  log.warn(`listening on ${host}: ${who} can run programs ${where}`);
}

function fatal(error: unknown, { store }: MasterOptions): FatalError {
  const next =
    error instanceof LeadershipLostError || error instanceof StoreFencedError
      ? 'the process that leads now takes it up'
      : 'the next start over this state directory takes it up';
  return new FatalError(`the master can't go on: ${errorMessage(error)}`, {
    cause: error,
    ...(store === 'memory' ? {} : { hint: `what runs goes on, and ${next}` }),
  });
}
