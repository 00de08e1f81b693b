import { availableParallelism, homedir } from 'node:os';
import { version } from '../../package.json';
import { loadMasterConfig, type MasterConfig } from '../config/load-master.ts';
import { masterOptions } from '../config/master-options.ts';
import { ClicError, ConfigError, UsageError, errorMessage } from '../model/errors.ts';
import { readMasterCommandLine } from './command-line.ts';
import { bashCompletion, zshCompletion } from './completion.ts';
import { configNotes } from './config-notes.ts';
import { masterHelp } from './help.ts';
import { createLog } from './log.ts';
import { checkedOptions } from './options.ts';
import { serve } from './serve.ts';
import { showConfig } from './show-config.ts';

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
