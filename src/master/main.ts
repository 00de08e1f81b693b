import { availableParallelism, homedir } from 'node:os';
import { version } from '../../package.json';
import { loadMasterConfig, type MasterConfig } from '../config/load-master.ts';
import { masterOptions } from '../config/master-options.ts';
import { ClicError, ConfigError, UsageError, errorMessage } from '../model/errors.ts';
import { readMasterCommandLine } from './command-line.ts';
import { bashCompletion, zshCompletion } from './completion.ts';
import { configNotes } from './config-notes.ts';
import { masterHelp } from './help.ts';
import { createLog, type Log } from './log.ts';
import { startMaster } from './master.ts';
import { checkedOptions, isLoopback, type MasterOptions } from './options.ts';
import { showConfig } from './show-config.ts';
import { readTls } from './tls.ts';

/** How long a start that was told to stop may still take, in milliseconds. */
const STARTED_WITHIN_MS = 2000;
const WHAT_GOES_ON = 'what runs goes on, and the next start over this state directory takes it up';

/** What ended a master that nobody has stopped. */
class FatalError extends ClicError {
  readonly code = 'FATAL';
}

void main();

/** Runs until a signal comes or the master can't go on. Sets the exit code: 0, 1 failed, 2 usage or configuration. */
async function main(): Promise<void> {
  try {
    await obey(process.argv.slice(2));
  } catch (error) {
    const advice = error instanceof ClicError ? error.hint : 'set CLIC_DEBUG=1 to see where it happened';
    const hint = advice === undefined ? '' : `\nhint: ${advice}`;
    const isTraced = (process.env['CLIC_DEBUG'] ?? '') !== '' && error instanceof Error;
    const trace = isTraced ? `\n${error.stack ?? ''}` : '';
    process.stderr.write(`clic-master: ${errorMessage(error)}${hint}${trace}\n`);
    process.exitCode = error instanceof UsageError || error instanceof ConfigError ? 2 : 1;
  }
}

async function obey(argv: readonly string[]): Promise<void> {
  const { env, stdout } = process;
  const table = masterOptions({ env, home: homedir(), processors: availableParallelism() });
  const line = readMasterCommandLine(argv, table);
  const read = (): MasterConfig =>
    loadMasterConfig(table, line.flags, env, { cwd: process.cwd(), home: homedir(), dataDir: '/data' });
  switch (line.verb) {
    case 'help':
      stdout.write(masterHelp(table, stdout.isTTY ? stdout.columns : null));
      break;
    case 'version':
      stdout.write(`${version}\n`);
      break;
    case 'completion':
      stdout.write(line.shell === 'zsh' ? zshCompletion(table) : bashCompletion(table));
      break;
    case 'config': {
      const config = read();
      stdout.write(showConfig(table, config, line.isJson));
      for (const note of configNotes(table, config, env)) process.stderr.write(`clic-master: ${note}\n`);
      break;
    }
    case 'serve': {
      const config = read();
      const options = checkedOptions(config);
      const log = createLog(process.stderr, { level: options.logLevel, format: options.logFormat });
      for (const note of configNotes(table, config, env)) log.warn(note);
      await serve(options, log);
    }
  }
}

async function serve(options: MasterOptions, log: Log): Promise<void> {
  let stop: (reason: { signal: string } | { error: unknown }) => void = () => undefined;
  const stopped = new Promise<{ signal: string } | { error: unknown }>((resolve) => {
    stop = resolve;
  });
  let limit: NodeJS.Timeout | undefined;
  let isStarting = true;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stop({ signal });
      // A start that hangs, on a disk that does not answer, say, ends as if nobody had listened to the signal.
      if (isStarting) limit = setTimeout(() => process.kill(process.pid, signal), STARTED_WITHIN_MS).unref();
    });
  }
  // Whoever reads the address or the log may go away; the master stays.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);

  const tls = await readTls(options);
  if (!isLoopback(options.host)) {
    const who = tls?.ca === undefined ? 'everyone who reaches it' : 'everyone with a certificate of --tls-ca';
    log.warn(`listening on ${options.host}: ${who} can run programs on this machine`);
  }
  const master = await startMaster(options, {
    log,
    env: process.env,
    tls,
    onFatal: (error) => {
      log.warn("the master can't go on", error);
      stop({ error });
    },
  });
  isStarting = false;
  clearTimeout(limit);
  log.info(
    `clic-master ${version}: ${formatAddress(master.host, master.port)}, state in ${options.stateDir}`,
  );
  // Data for scripts: with --port 0 this is the only place that tells the port.
  process.stdout.write(`clic-master is listening on ${formatAddress(master.host, master.port)}\n`);

  const reason = await stopped;
  if ('signal' in reason) log.info(`${reason.signal}: stopping`);
  await master.close();
  log.info('stopped');
  if ('error' in reason)
    throw new FatalError(`the master can't go on: ${errorMessage(reason.error)}`, {
      cause: reason.error,
      ...(options.store === 'memory' ? {} : { hint: WHAT_GOES_ON }),
    });
}

function formatAddress(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
