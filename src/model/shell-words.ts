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

/**
 * A quoted part, a line that goes on in the next (which stands for nothing), an escaped character, blanks and operators,
 * or other text: what a shell's words consist of (POSIX, Shell Command Language, 2.2 and 2.3).
 */
const PART =
  /'([^']*)'|"((?:[^"\\]|\\[^])*)"|(\\\n)|\\([^])|(\n|[ \t;&|<>()]+)|([^'"\\ \t\n;&|<>()]+|['"\\])/y;
/** Where a word could begin: to the end of the line. */
const COMMENT = /#[^\n]*/y;

/** The words of a line, as far as they can be told without running it. */
export function shellWords(line: string): ShellWord[] {
  const words: ShellWord[] = [];
  const documents: HereDocument[] = [];
  let [text, expands, isName, awaitsDelimiter] = ['', false, true, ''];
  let start: number | null = null;
  const end = (at: number): void => {
    if (start === null) return;
    if (awaitsDelimiter !== '') documents.push({ delimiter: text, isIndented: awaitsDelimiter === '<<-' });
    words.push({ text, expands, isName, start, end: at });
    [text, expands, isName, awaitsDelimiter, start] = ['', false, false, '', null];
  };
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(line);
    at += match?.[0].length ?? 0;
    return match;
  };
  while (at < line.length) {
    if (start === null) take(COMMENT);
    const begin = at;
    const part = take(PART);
    if (part === null) break;
    const [, single, double, continuation, escaped, between, bare] = part;
    if (continuation !== undefined) continue;
    if (between !== undefined) {
      end(begin);
      isName ||= /[;&|()\n]/.test(between);
      if (/(?<!<)<<[ \t]*$/.test(between)) awaitsDelimiter = '<<';
      if (awaitsDelimiter !== '' && line[at] === '-' && between.endsWith('<')) {
        awaitsDelimiter = '<<-';
        at += 1;
      }
      if (between === '\n') at = documentsEnd(line, at, documents.splice(0));
      continue;
    }
    start ??= begin;
    text += single ?? unquoted(double) ?? escaped ?? bare ?? '';
    expands ||= /[$`]/.test(double?.replace(/\\[^]/g, '') ?? '') || /[$`*?[]/.test(bare ?? '');
  }
  end(line.length);
  return words;
}

function unquoted(double: string | undefined): string | undefined {
  return double?.replace(/\\([$`"\\\n])/g, (_, escaped: string) => (escaped === '\n' ? '' : escaped));
}

/** Lines behind a command that are its input, up to one that says its delimiter: `<<EOF`, or indented, `<<-EOF`. */
interface HereDocument {
  readonly delimiter: string;
  readonly isIndented: boolean;
}

/** The offset behind the documents that begin at this one. One that never ends is none: `<<` may be a part of a sum. */
function documentsEnd(line: string, begin: number, documents: readonly HereDocument[]): number {
  let at = begin;
  for (const { delimiter, isIndented } of documents) {
    let next = at;
    for (const text of line.slice(at).split('\n')) {
      next += text.length + 1;
      if ((isIndented ? text.replace(/^\t+/, '') : text) !== delimiter) continue;
      at = Math.min(next, line.length);
      break;
    }
  }
  return at;
}
