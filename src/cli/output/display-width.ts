/** Characters that take no column: combining marks, format characters, the later parts of Hangul syllables. */
const ZERO = /^[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]$/u;
/** Characters that take two columns: East Asian wide and fullwidth ones, and emoji. */
const WIDE =
  /^(?:[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1aff0}-\u{1b2ff}\u{1f200}-\u{1f265}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation})$/u;
const ASCII = /^[ -~]*$/;

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
  return ZERO.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
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
