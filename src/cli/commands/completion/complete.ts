import { FORMATS } from '../../../config/options.ts';
import { optionsOf, type CommandOption, type CommandSpec } from '../../command.ts';
import { readCommandLine } from '../../command-line/read.ts';
import type { Deps } from '../../context.ts';
import type { Io } from '../../io.ts';
import { gatherNames } from './live-names.ts';

interface Candidate {
  readonly word: string;
  /** What zsh shows beside it. */
  readonly describe?: string;
}

/**
 * What the last of the words can become, a line each, or null where that is a path, which a shell completes by itself; the
 * words before it are those that were typed after `clic`.
 */
export async function completeWords(
  line: readonly string[],
  commands: readonly CommandSpec[],
  io: Io,
  deps: Deps,
): Promise<string[] | null> {
  const { typed, current, before } = assignmentSplit(line);
  const candidates = await candidatesFor(typed, current, commands, io, deps);
  const isDescribed = /zsh$/.test(io.env['SHELL'] ?? '');
  return (
    candidates
      ?.filter(({ word }) => word.startsWith(current))
      .map(({ word, describe }) =>
        isDescribed && describe !== undefined
          ? `${before}${word.replaceAll(':', '\\:')}:${describe}`
          : before + word,
      ) ?? null
  );
}

async function candidatesFor(
  typed: readonly string[],
  current: string,
  commands: readonly CommandSpec[],
  io: Io,
  deps: Deps,
): Promise<readonly Candidate[] | null> {
  const { command, problem, open, words, flags } = readCommandLine(typed, commands);
  if (command === null && problem !== null) return [];
  const options = command === null ? optionsOf({ formats: FORMATS }) : optionsOf(command);
  if (open !== null) return choices(options[open]?.choices ?? options[open]?.proposes);
  if (command === null) {
    if (current.startsWith('--')) return optionCandidates(options);
    if (current.startsWith('-')) return legacyCandidates(commands);
    return commands.map(({ verb, describe }) => ({ word: verb, describe }));
  }
  if (current.startsWith('-')) return optionCandidates(options);
  const last = command.positionals.at(-1);
  const positional = command.positionals[words.length] ?? (last?.variadic === true ? last : undefined);
  if (positional === undefined) return [];
  if (positional.completes === undefined) return choices(positional.choices);
  const names = await gatherNames(positional.completes, current, flags, io, deps);
  return choices(names);
}

/** null where a path is wanted. */
function choices(words: readonly string[] | undefined): Candidate[] | null {
  return words?.map((word) => ({ word })) ?? null;
}

function optionCandidates(options: Readonly<Record<string, CommandOption>>): Candidate[] {
  return Object.entries(options).flatMap(([name, { alias, describe }]) => [
    { word: `--${name}`, describe },
    ...(alias === undefined ? [] : [{ word: `-${alias}`, describe }]),
  ]);
}

function legacyCandidates(commands: readonly CommandSpec[]): Candidate[] {
  return commands.flatMap(({ legacy, describe }) =>
    legacy === undefined ? [] : [{ word: legacy, describe }],
  );
}

/**
 * The words before the one that is being completed, and that one. `--output=js` completes `js`: zsh has it as one word, of
 * which `before` has to be repeated; bash as three.
 */
function assignmentSplit(line: readonly string[]): { typed: string[]; current: string; before: string } {
  const words = line.filter((word, i) => word !== '=' || i === line.length - 1);
  const current = words.at(-1) ?? '';
  const typed = words.slice(0, -1);
  const [, flag, value] = /^(--[\w-]+)=(.*)$/.exec(current) ?? [];
  if (flag !== undefined && value !== undefined) {
    return { typed: [...typed, flag], current: value, before: `${flag}=` };
  }
  return { typed, current: current === '=' ? '' : current, before: '' };
}
