const SHELLS = /(?:^|\/)(?:ba|da|a|k|mk|z)?sh$/;
/** Short options in one word, or `-o name` and its like with `+`. */
const OPTIONS = /^[-+][A-Za-z]+$/;
/** Long options of bash that take the next word. */
const WITH_VALUE: readonly string[] = ['--rcfile', '--init-file'];

/**
 * The index of the word that a shell is to run as a line of commands (`sh -c <line>`, `bash -eo pipefail -c <line>`), or
 * null when the command has none: it is another program, or a shell that runs a script. Options may stand before and
 * after the -c; the line is the first word that is none (POSIX, sh, "command_string").
 */
export function shellLineIndex(command: readonly string[]): number | null {
  if (!SHELLS.test(command[0] ?? '')) return null;
  let hasLine = false;
  let at = 1;
  for (let word = command[at]; word !== undefined; word = command[at]) {
    if (word === '-' || word === '--') {
      at += 1;
      break;
    }
    if (OPTIONS.test(word)) {
      hasLine ||= word.startsWith('-') && word.includes('c');
      at += 1 + (word.match(/[oO]/g)?.length ?? 0);
    } else if (word.startsWith('--')) {
      at += WITH_VALUE.includes(word) ? 2 : 1;
    } else {
      break;
    }
  }
  return hasLine && at < command.length ? at : null;
}

/** A word of a line that a shell is given. */
export interface ShellWord {
  /** Unquoted as a shell would. */
  readonly text: string;
  /** True where the shell would put something else in place of a part: a variable, a command's output, a pattern. */
  readonly expands: boolean;
  /** True for the first word of a command: the name of its program. */
  readonly isName: boolean;
  /** Offsets in the line, quotes included. Where the word expands, `end` may lie within it. */
  readonly start: number;
  readonly end: number;
}

/** A quoted part, an escaped character, blanks and operators, or other text: what a shell's words consist of. */
const PART = /'([^']*)'|"((?:[^"\\]|\\[^])*)"|\\([^])|([\s;&|<>()]+)|([^'"\\\s;&|<>()]+|['"\\])/g;

/** The words of a line, as far as they can be told without running it. */
export function shellWords(line: string): ShellWord[] {
  const words: ShellWord[] = [];
  let [text, start, expands, isName] = ['', 0, false, true];
  const end = (at: number): void => {
    if (text === '') return;
    words.push({ text, expands, isName, start, end: at });
    [text, expands, isName] = ['', false, false];
  };
  for (const { index, 1: single, 2: double, 3: escaped, 4: between, 5: bare } of line.matchAll(PART)) {
    if (between !== undefined) {
      end(index);
      isName ||= /[;&|()\n]/.test(between);
      continue;
    }
    if (text === '') start = index;
    text += single ?? double?.replace(/\\([$`"\\\n])/g, '$1') ?? escaped ?? bare ?? '';
    expands ||= /(^|[^\\])[$`]/.test(double ?? '') || /[$`*?[]/.test(bare ?? '');
  }
  end(line.length);
  return words;
}
