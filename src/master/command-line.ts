import { parseArgs } from 'node:util';
import type { OptionTable } from '../config/option.ts';
import { UsageError } from '../model/errors.ts';
import { nearest } from '../plan/suggest.ts';

const VERBS = ['config', 'help', 'completion', 'version'] as const;
/** What clic-master is asked to do: without a word, to serve. */
type MasterVerb = (typeof VERBS)[number] | 'serve';

export interface MasterCommandLine {
  readonly verb: MasterVerb;
  /** What goes to the configuration, by flag. */
  readonly flags: ReadonlyMap<string, string>;
  /** The shell whose completion is asked for. */
  readonly shell: 'bash' | 'zsh' | null;
  readonly isJson: boolean;
}

const HINT = '`clic-master help` shows how it is used';

/** The verbs, and what each does, for help and completion. */
export const MASTER_VERBS: readonly (readonly [usage: string, describe: string])[] = [
  ['config [-o json]', 'show the values in force, and where each came from'],
  ['completion <bash|zsh>', 'print a script that completes options and their values'],
  ['help', 'print this'],
  ['version', 'print the version'],
];

/**
 * Reads the command line of clic-master. Of an option that is given more than once the last counts; names of `--pass-env` add up.
 * @throws UsageError
 */
export function readMasterCommandLine(argv: readonly string[], table: OptionTable): MasterCommandLine {
  const isFlag = new Map(Object.values(table).map(({ flag, type }) => [flag, type.name === 'boolean']));
  const { tokens } = parseArgs({
    args: [...argv],
    options: {
      ...Object.fromEntries(
        [...isFlag].map(([flag, isBoolean]) => [flag, { type: isBoolean ? 'boolean' : 'string' }] as const),
      ),
      config: { type: 'string' },
      output: { type: 'string', short: 'o' },
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean', short: 'V' },
    },
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const flags = new Map<string, string>();
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, rawName, value, inlineValue } = token;
    const positive = name.replace(/^no-/, '');
    if (name === 'help' || name === 'version') return { verb: name, flags, shell: null, isJson: false };
    if (isFlag.get(name) === true) flags.set(name, value ?? 'true');
    else if (name !== positive && isFlag.get(positive) === true) flags.set(positive, 'false');
    else if (isFlag.has(name) || name === 'config' || name === 'output') {
      // A value may be negative, and never looks like an option otherwise.
      if (value === undefined || (!inlineValue && /^-\D/.test(value)))
        throw new UsageError(`${rawName} needs a value`, { hint: HINT });
      const before = name === 'pass-env' ? flags.get(name) : undefined;
      flags.set(name, before === undefined ? value : `${before},${value}`);
    } else throw unknown(rawName, [...isFlag.keys(), 'config', 'output', 'help', 'version']);
  }
  return commandLine(words, flags);
}

function commandLine(words: readonly string[], flags: Map<string, string>): MasterCommandLine {
  const [word, ...more] = words;
  const verb = VERBS.find((known) => known === word) ?? 'serve';
  if (word !== undefined && verb === 'serve') throw tooMany(word);
  const shell = verb === 'completion' ? more.shift() : undefined;
  if (more[0] !== undefined) throw tooMany(more[0]);
  if (verb === 'completion' && shell !== 'bash' && shell !== 'zsh') {
    throw new UsageError(
      shell === undefined
        ? 'the shell is missing: clic-master completion bash, or zsh'
        : `there is no completion for ${JSON.stringify(shell)}, only for bash and zsh`,
    );
  }
  const output = flags.get('output')?.toLowerCase();
  flags.delete('output');
  if (output !== undefined && verb !== 'config') {
    throw new UsageError('--output is an option of clic-master config', { hint: HINT });
  }
  if (output !== undefined && output !== 'json' && output !== 'table') {
    throw new UsageError(`--output ${JSON.stringify(output)} is not one of table, json`, { hint: HINT });
  }
  return {
    verb,
    flags,
    shell: shell === 'bash' || shell === 'zsh' ? shell : null,
    isJson: output === 'json',
  };
}

function tooMany(word: string): UsageError {
  return new UsageError(
    `${JSON.stringify(word)} is neither an option nor a command of clic-master, or one word too many`,
    {
      hint: HINT,
    },
  );
}

function unknown(rawName: string, names: readonly string[]): UsageError {
  const near = nearest(rawName.replace(/^-+/, ''), names);
  return new UsageError(
    `${rawName} is not an option of clic-master${near === undefined ? '' : `; did you mean --${near}?`}`,
    { hint: HINT },
  );
}
