import { ClicError, ConfigError, UsageError, errorMessage } from '../model/errors.ts';
import { createLog, type Log } from './log.ts';
import { startMaster } from './master.ts';
import { isLoopback, parseMasterOptions, type MasterOptions } from './options.ts';
import { readTls } from './tls.ts';

/** How long a start that was told to stop may still take, in milliseconds. */
const STARTED_WITHIN_MS = 2000;

void main();

/** Runs until a signal comes or the state can't be written any more. Sets the exit code: 0, 1 failed, 2 usage or configuration. */
async function main(): Promise<void> {
  try {
    const columns = process.stdout.isTTY ? process.stdout.columns : null;
    const options = await parseMasterOptions(process.argv.slice(2), process.env, columns);
    if ('print' in options) process.stdout.write(options.print);
    else
      await serve(options, createLog(process.stderr, { level: options.logLevel, format: options.logFormat }));
  } catch (error) {
    const hint = error instanceof ClicError && error.hint !== undefined ? `\nhint: ${error.hint}` : '';
    process.stderr.write(`clic-master: ${errorMessage(error)}${hint}\n`);
    process.exitCode = error instanceof UsageError || error instanceof ConfigError ? 2 : 1;
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
    onFatal: (error) => stop({ error }),
  });
  isStarting = false;
  clearTimeout(limit);
  // Data for scripts: with --port 0 this is the only place that tells the port.
  process.stdout.write(`clic-master is listening on ${formatAddress(master.host, master.port)}\n`);

  const reason = await stopped;
  if ('signal' in reason) log.info(`${reason.signal}: stopping`);
  else log.warn('the state can not be written', reason.error);
  await master.close();
  if ('error' in reason)
    throw new Error("the state can't be written, so nothing more is acknowledged", { cause: reason.error });
}

function formatAddress(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
