/** Characters that take no column: combining marks, format characters, the later parts of Hangul syllables. */
const zero = lazy(() => /^[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]$/u);
/** Characters that take two columns: East Asian wide and fullwidth ones, and emoji. */
const wide = lazy(
  () =>
    /^[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]$/u,
);
const ASCII = /^[\x20-\x7e]*$/;

/** Collecting the characters of a property takes a third of a millisecond, and most texts are plain. */
function lazy(pattern: () => RegExp): () => RegExp {
  let made: RegExp | null = null;
  return () => (made ??= pattern());
}

/** True when each character is one column and none is a control character. */
export function isPlain(text: string): boolean {
  return ASCII.test(text);
}

/** How many columns of a terminal the text takes. Expects no control characters. */
export function displayWidth(text: string): number {
  if (isPlain(text)) return text.length;
  let width = 0;
  for (const character of text) {
    width += widthOf(character);
  }
  return width;
}

function widthOf(character: string): number {
  return zero().test(character) ? 0 : wide().test(character) ? 2 : 1;
}

/** The text followed by as many spaces as it is narrower than `width`. Expects no control characters. */
export function padded(text: string, width: number): string {
  return isPlain(text) ? text.padEnd(width) : text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

/**
 * The text, or as much of its two ends as fits beside a `…` in its middle: ends tell names and paths apart. Characters that
 * take no column stay with the one before them. Expects no control characters.
 */
export function elided(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  if (width < 1) return '';
  const pieces = clusters(text);
  const room = width - 1;
  const head = fitting(pieces, Math.ceil(room / 2));
  const tail = fitting(pieces.toReversed(), room - displayWidth(head.join(''))).reverse();
  return `${head.join('')}…${tail.join('')}`;
}

/** Each character with the marks that follow it. */
function clusters(text: string): string[] {
  const pieces: string[] = [];
  for (const character of text) {
    const isMark = pieces.length > 0 && widthOf(character) === 0;
    pieces.push(isMark ? `${pieces.pop() ?? ''}${character}` : character);
  }
  return pieces;
}

/** As many of the first pieces as take no more than `width` columns. */
function fitting(pieces: readonly string[], width: number): string[] {
  let used = 0;
  const end = pieces.findIndex((piece) => (used += displayWidth(piece)) > width);
  return pieces.slice(0, end === -1 ? pieces.length : end);
}

/**
 * How many rows of a terminal of so many columns a line takes: at least one, and one more each time that it wraps. A character
 * of two columns that would be cut at the edge goes to the next row whole. Expects no control characters.
 */
export function displayRows(text: string, columns: number): number {
  if (isPlain(text)) return Math.max(1, Math.ceil(text.length / columns));
  let rows = 1;
  let used = 0;
  for (const character of text) {
    const width = widthOf(character);
    if (used + width > columns) {
      rows += 1;
      used = 0;
    }
    used += width;
  }
  return rows;
}

/** Text as lines of at most `width` columns, broken between words; a longer word has a line of its own. All but the first, which begins as the text does, are indented. */
export function wrap(text: string, width: number, indent = 0): string[] {
  const margin = ' '.repeat(indent);
  const lines: string[] = [];
  let line = /^ */.exec(text)?.[0] ?? '';
  for (const word of text.trimStart().split(' ')) {
    const longer = line.trim() === '' ? line + word : `${line} ${word}`;
    if (line.trim() !== '' && displayWidth(longer) > width) {
      lines.push(line);
      line = margin + word;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}
