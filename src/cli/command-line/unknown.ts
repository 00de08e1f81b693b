import { UsageError } from '../../model/errors.ts';
import { nearest as nearestName } from '../../plan/suggest.ts';
import type { CommandSpec } from '../command.ts';

const hint = '`clic help` lists the commands';

/** For a line of options only. */
export function noCommand(): UsageError {
  return new UsageError('no command is given, only options', { hint });
}

/** For a first word that is no command. */
export function unknownCommand(word: string, commands: readonly CommandSpec[]): UsageError {
  return new UsageError(`${JSON.stringify(word)} is not a command of clic${meant(word, commands)}`, { hint });
}

/** For an option before the verb that no command has. */
export function unknownOption(word: string, commands: readonly CommandSpec[]): UsageError {
  return new UsageError(
    `${JSON.stringify(word)} is neither a command nor an option of clic${meant(word, commands)}`,
    { hint },
  );
}

/** The command that a word was meant to be: a one-dash form where the word has a dash or `_`, or else a verb. */
function meant(word: string, commands: readonly CommandSpec[]): string {
  const near = nearest(word, commands);
  return near === null ? '' : `; did you mean ${near}?`;
}

function nearest(word: string, commands: readonly CommandSpec[]): string | null {
  const name = word.replace(/^-+/, '').replace(/=[\s\S]*/, '');
  const verbs = commands.map(({ verb }) => verb);
  const legacy = commands.flatMap((command) =>
    command.legacy === undefined ? [] : [command.legacy.slice(1)],
  );
  if (legacy.includes(name)) return `-${name}`;
  if (verbs.includes(name)) return name;
  const wantsLegacy = word.startsWith('-') || name.includes('_');
  const nearLegacy = nearestName(name, legacy);
  if (wantsLegacy && nearLegacy !== undefined) return `-${nearLegacy}`;
  return nearestName(name, verbs) ?? null;
}
