import { envLength, shellLineIndex } from './shell-line.ts';
import { shellWords } from './shell-words.ts';

const FLAG = '--dagPath=';

/** What a command says about its physical DAG. `known` is false where only the running shell can tell the path. */
export interface DagPath {
  readonly path: string;
  readonly known: boolean;
}

/** Where the flag stands: within the line that a shell is given, or among the words of the command. */
interface Flag extends DagPath {
  /** Where what is added for the program goes; null: it becomes words at the command's end. */
  readonly place: Place | null;
}

/** At this offset of this word of the command, before or after the line's word that has the flag. */
interface Place {
  readonly word: number;
  readonly offset: number;
  readonly goesBefore: boolean;
}

/**
 * The file that `--dagPath=<file>` names in a command, or null. The flag is a word in any of the command's strings: the
 * usual `[/bin/sh, -c, '<command line>']` has it within one, quoted as a shell has it; `env` may stand before it. A command
 * that has it is one of CLIC's executors.
 */
export function findDagPath(command: readonly string[]): DagPath | null {
  const flag = findFlag(command);
  return flag && { path: flag.path, known: flag.known };
}

/** The command with further arguments for its program where that is one of CLIC's executors; any other as it is. */
export function withExecutorArguments(
  command: readonly string[],
  added: readonly string[],
): readonly string[] {
  const flag = findFlag(command);
  if (flag === null) return command;
  const { place } = flag;
  if (place === null) return [...command, ...added];
  return command.map((word, index) => (index === place.word ? insert(word, place, added) : word));
}

/** The line that the command has a shell run, where that is all it says; null for any other command. */
export function shellLine(command: readonly string[]): string | null {
  const index = shellLineIndex(command);
  return index === command.length - 1 ? (command[index] ?? null) : null;
}

function findFlag(command: readonly string[]): Flag | null {
  if (!command.some(mayHaveFlag)) return null;
  const skipped = envLength(command);
  const line = shellLineIndex(command.slice(skipped));
  for (const [index, text] of command.entries()) {
    const flag = line !== null && index === skipped + line ? flagInLine(text, index) : flagInWord(text);
    if (flag !== null) return flag;
  }
  return null;
}

/** Whether the flag is there once a shell has taken quotes away: most texts need no closer look. */
function mayHaveFlag(text: string): boolean {
  return text.replace(/['"\\\n]+/g, '').includes(FLAG);
}

function flagInLine(line: string, index: number): Flag | null {
  // A program's name is no flag of it.
  const word = shellWords(line).find(({ text, isName }) => !isName && text.startsWith(FLAG));
  if (word === undefined) return null;
  // A backslash that ends the line would take what comes after it along.
  const goesBefore = word.expands || line.slice(word.start, word.end).endsWith('\\');
  const place = { word: index, offset: goesBefore ? word.start : word.end, goesBefore };
  return { path: word.text.slice(FLAG.length), known: !word.expands, place };
}

/** A word of its own, or within a string of several, which the program takes apart. */
function flagInWord(text: string): Flag | null {
  if (text.startsWith(FLAG)) return { path: text.slice(FLAG.length), known: true, place: null };
  const word = shellWords(text).find((one) => one.text.startsWith(FLAG));
  return word === undefined
    ? null
    : { path: word.text.slice(FLAG.length), known: !word.expands, place: null };
}

function insert(line: string, { offset, goesBefore }: Place, added: readonly string[]): string {
  const words = added.join(' ');
  return line.slice(0, offset) + (goesBefore ? `${words} ` : ` ${words}`) + line.slice(offset);
}
