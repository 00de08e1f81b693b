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
  /'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|(\\\n)|\\([\s\S])|(\n|[ \t;&|<>()]+)|([^'"\\ \t\n;&|<>()]+|['"\\])/y;
/** Where a word could begin: to the end of the line. */
const COMMENT = /#[^\n]*/y;

/** The words of a line, as far as they can be told without running it. */
export function shellWords(line: string): ShellWord[] {
  const words: ShellWord[] = [];
  const documents = new HereDocuments(line);
  let [text, expands, isName, awaitsDelimiter] = ['', false, true, ''];
  let start: number | null = null;
  const end = (at: number): void => {
    if (start === null) return;
    if (awaitsDelimiter !== '') documents.expect(text, awaitsDelimiter === '<<-');
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
      if (between === '\n') at = documents.endAfter(at);
      continue;
    }
    start ??= begin;
    text += single ?? unquoted(double) ?? escaped ?? bare ?? '';
    expands ||= /[$`]/.test(double?.replace(/\\[\s\S]/g, '') ?? '') || /[$`*?[]/.test(bare ?? '');
  }
  end(line.length);
  return words;
}

function unquoted(double: string | undefined): string | undefined {
  return double?.replace(/\\([$`"\\\n])/g, (_, escaped: string) => (escaped === '\n' ? '' : escaped));
}

/**
 * The here-documents of a line: after the command, lines that are its input, up to one that says the delimiter (`<<EOF`,
 * or indented, `<<-EOF`). Finding all of them takes time linear in the line.
 */
class HereDocuments {
  readonly #line: string;
  #expected: { readonly delimiter: string; readonly isIndented: boolean }[] = [];
  #ends: { readonly plain: LineEnds; readonly indented: LineEnds } | null = null;

  constructor(line: string) {
    this.#line = line;
  }

  /** Notes one that begins in the next line. */
  expect(delimiter: string, isIndented: boolean): void {
    this.#expected.push({ delimiter, isIndented });
  }

  /** The offset after those that begin at this one. One that never ends is none: `<<` may be a part of a sum. */
  endAfter(begin: number): number {
    let at = begin;
    for (const { delimiter, isIndented } of this.#expected) {
      this.#ends ??= {
        plain: new LineEnds(this.#line, (text) => text),
        indented: new LineEnds(this.#line, (text) => text.replace(/^\t+/, '')),
      };
      at = this.#ends[isIndented ? 'indented' : 'plain'].next(delimiter, at) ?? at;
    }
    this.#expected = [];
    return at;
  }
}

/** Where the lines of a text end, by what they say. To be asked with ascending offsets. */
class LineEnds {
  readonly #ends = new Map<string, { readonly offsets: number[]; next: number }>();

  constructor(text: string, trim: (line: string) => string) {
    let end = 0;
    for (const line of text.split('\n')) {
      end += line.length + 1;
      const said = trim(line);
      const same = this.#ends.get(said);
      const offset = Math.min(end, text.length);
      if (same === undefined) this.#ends.set(said, { offsets: [offset], next: 0 });
      else same.offsets.push(offset);
    }
  }

  /** The end of the first line that says this and ends after `from`; null where there is none. */
  next(said: string, from: number): number | null {
    const same = this.#ends.get(said);
    if (same === undefined) return null;
    while ((same.offsets[same.next] ?? Infinity) <= from) same.next += 1;
    return same.offsets[same.next] ?? null;
  }
}
