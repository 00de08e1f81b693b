/** One option as the help shows it. */
export interface HelpEntry {
  /** With its dashes, and its short form before it. */
  readonly flag: string;
  /** What kind of value it takes; null when it takes none. */
  readonly takes: string | null;
  readonly describe: string;
  readonly default: string | null;
}

/** Wider lines are hard to read. */
const WIDTH_MAX = 100;
/** The columns that a description must have beside its option. Where there are fewer, it stands below. */
const DESCRIPTION_MIN = 32;
const BELOW = 8;

/** A heading and its options, their descriptions below each other. @param columns the width of the terminal, or null */
export function optionsHelp(heading: string, entries: readonly HelpEntry[], columns: number | null): string {
  const width = Math.min(columns ?? WIDTH_MAX, WIDTH_MAX);
  const lefts = entries.map(({ flag, takes }) => `  ${flag}${takes === null ? '' : ` <${takes}>`}`);
  const beside = Math.max(...lefts.map(({ length }) => length)) + 2;
  const indent = width - beside < DESCRIPTION_MIN ? BELOW : beside;
  const blocks = entries.map((entry, i) => {
    const left = lefts[i] ?? '';
    const words = [
      ...entry.describe.split(' '),
      ...(entry.default === null ? [] : [`[default: ${entry.default}]`]),
    ];
    const text = wrapped(words, width - indent).join(`\n${' '.repeat(indent)}`);
    return indent === beside ? `${left.padEnd(beside)}${text}` : `${left}\n${' '.repeat(indent)}${text}`;
  });
  return `${heading}:\n${blocks.join('\n')}\n`;
}

/** Paragraphs, each a line in the text, broken at spaces. @param columns the width of the terminal, or null */
export function paragraphs(text: string, columns: number | null): string {
  const width = Math.min(columns ?? WIDTH_MAX, WIDTH_MAX);
  return `${text
    .split('\n')
    .map((line) => wrapped(line.split(' '), width).join('\n'))
    .join('\n')}\n`;
}

/** Lines of at most so many characters; a word that is longer has a line of its own. */
function wrapped(words: readonly string[], width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
