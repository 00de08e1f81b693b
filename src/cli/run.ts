import type { Config } from '../config/options.ts';
import { InterruptedError, UsageError } from '../model/errors.ts';
import type { Arguments } from './arguments.ts';
import { useColor } from './color.ts';
import type { CommandSpec } from './command.ts';
import { splitCommandLine } from './command-line.ts';
import { commandOf } from './commands/index.ts';
import { COMPLETE_FILES, COMPLETION_FLAG } from './completion/script.ts';
import { Context } from './context.ts';
import type { Deps } from './deps.ts';
import { exitCodeOf } from './exit-codes.ts';
import { ClosedPipeError, lenient, type Io } from './io.ts';
import { LEGACY_WORDS, legacyVerb } from './legacy.ts';
import { orAborted } from './or-aborted.ts';
import { parseWords } from './parse.ts';
import { renderError, wantsJson } from './report.ts';
import { suggestCommand } from './suggest-command.ts';

/**
 * Runs one command line and resolves to the exit status. Never rejects: what goes wrong is told on stderr.
 * @param argv the words behind the program's name
 */
export async function run(argv: readonly string[], io: Io, deps: Deps): Promise<number> {
  let set: Config | null = null;
  try {
    if (argv[0] === COMPLETION_FLAG) return await complete(argv.slice(1), io, deps);
    const { verb, verbWord, words, before } = splitCommandLine(argv);
    if (verb === null && argv.length > 0) {
      throw new UsageError('no command is given, only options', { hint: '`clic help` lists the commands' });
    }
    const spec = commandOf(verb ?? 'help');
    if (spec === undefined) throw unknownCommand(verbWord);
    const parsed = await parseWords(spec, spec.verb === 'help' ? words.map(asTopic) : words, before);
    if (parsed.help) return await showHelp(spec, io);
    const context = new Context(io, deps, parsed.args, parsed.flags);
    try {
      return await runCommand(spec, parsed.args, context);
    } finally {
      set = context.configured;
      await context.close();
    }
  } catch (error) {
    if (error instanceof ClosedPipeError) return 0;
    await tell(error, argv, set, io);
    return exitCodeOf(error);
  }
}

async function runCommand(spec: CommandSpec, args: Arguments, context: Context): Promise<number> {
  const { signal } = context;
  signal.throwIfAborted();
  const work = spec.load().then((command) => command.run(args, context));
  return spec.handlesSignals === true ? work : orAborted(signal, work);
}

async function complete(words: readonly string[], io: Io, deps: Deps): Promise<number> {
  const { completeWords } = await import('./on-demand.ts');
  const candidates = await completeWords(words, io, deps);
  for (const candidate of candidates ?? []) await io.stdout.write(`${candidate}\n`);
  return candidates === null ? COMPLETE_FILES : 0;
}

/** `clic help -task` is about a command, and -task no option. */
function asTopic(word: string): string {
  return LEGACY_WORDS.includes(word) ? (legacyVerb(word) ?? word) : word;
}

/** `clic <verb> --help`. */
async function showHelp(spec: CommandSpec, io: Io): Promise<number> {
  const { commandHelp, mainHelp } = await import('./on-demand.ts');
  const { columns } = io.stdout;
  await io.stdout.write(spec.verb === 'help' ? await mainHelp(columns) : await commandHelp(spec, columns));
  return 0;
}

function unknownCommand(word: string): UsageError {
  const near = suggestCommand(word);
  return new UsageError(
    `${JSON.stringify(word)} is not a command of clic${near === null ? '' : `; did you mean ${near}?`}`,
    { hint: '`clic help` lists the commands' },
  );
}

async function tell(error: unknown, argv: readonly string[], set: Config | null, io: Io): Promise<void> {
  const stderr = lenient(io.stderr);
  // A terminal shows ^C where the cursor is: the message goes on a line of its own.
  if (error instanceof InterruptedError && stderr.isTty) await stderr.write('\n');
  await stderr.write(
    renderError(error, {
      json: wantsJson(argv, set?.output ?? io.env['CLIC_OUTPUT']),
      color: useColor(set?.color ?? 'auto', io.env, stderr),
      debug: (io.env['CLIC_DEBUG'] ?? '') !== '',
    }),
  );
}
