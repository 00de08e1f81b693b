const FLAG = '--dagPath=';
const SHELLS = /(^|\/)(ba|da|k|z)?sh$/;

/** What a command says about its physical DAG. `known` is false where only the running shell can tell the path. */
export interface DagPath {
  readonly path: string;
  readonly known: boolean;
}

/**
 * The file that `--dagPath=<file>` names in a command, or null. The flag is a word in any of the command's strings: the
 * usual `[/bin/sh, -c, '<command line>']` has it within one, quoted as a shell has it.
 */
export function findDagPath(command: readonly string[]): DagPath | null {
  const script = SHELLS.test(command[0] ?? '') ? command.findIndex((word) => /^-[a-z]*c$/.test(word)) + 1 : 0;
  for (const [index, text] of command.entries()) {
    if (!text.includes(FLAG)) continue;
    if (index !== script && text.startsWith(FLAG)) return { path: text.slice(FLAG.length), known: true };
    const found = wordsOf(text).find(({ text: word }) => word.startsWith(FLAG));
    if (found !== undefined) return { path: found.text.slice(FLAG.length), known: !found.expands };
  }
  return null;
}

interface Word {
  readonly text: string;
  /** True where the shell would put something else in place of a part: a variable, a command's output, a pattern. */
  readonly expands: boolean;
}

/** A quoted part, an escaped character, a blank or an operator, or other text: what a shell's words consist of. */
const PART = /'([^']*)'|"((?:[^"\\]|\\[^])*)"|\\([^])|([\s;&|<>()]+)|([^'"\\\s;&|<>()]+|['"\\])/g;

/** The words of a command line, unquoted as a shell would, as far as that can be told without running it. */
function wordsOf(line: string): Word[] {
  const words: Word[] = [];
  let text = '';
  let expands = false;
  const end = (): void => {
    if (text !== '') words.push({ text, expands });
    text = '';
    expands = false;
  };
  for (const [, single, double, escaped, blank, bare] of line.matchAll(PART)) {
    if (blank !== undefined) end();
    text += single ?? double?.replace(/\\([$`"\\\n])/g, '$1') ?? escaped ?? bare ?? '';
    expands ||= /(^|[^\\])[$`]/.test(double ?? '') || /[$`*?[]/.test(bare ?? '');
  }
  end();
  return words;
}
