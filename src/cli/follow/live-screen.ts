import type { Sink } from '../io.ts';
import { displayRows } from '../output/display-width.ts';

/**
 * Draws lines on a terminal over those that it drew before, row by row: terminals that clear all below the first row of the
 * screen keep what they clear in their scrollback. The lines must fit on the terminal, with one row to spare.
 */
export class LiveScreen {
  readonly #sink: Sink;
  #drawn: readonly string[] = [];
  #columns = 0;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /** @param size that of the terminal now; where its width has changed, so has the place of what was drawn before */
  async draw(
    lines: readonly string[],
    size: { readonly columns: number; readonly rows: number },
  ): Promise<void> {
    const { columns, rows } = size;
    if (columns === this.#columns && lines.join('\n') === this.#drawn.join('\n')) return;
    // Terminals wrap what they show anew when they are resized; what scrolled off then is out of reach.
    const before = Math.min(rowsOf(this.#drawn, columns), Math.max(0, rows - 1));
    this.#drawn = lines;
    this.#columns = columns;
    await this.#sink.write(redraw(lines, before, columns));
  }

  /** What is written by others next stays; the view is drawn anew below it. */
  forget(): void {
    this.#drawn = [];
    this.#columns = 0;
  }
}

const ERASE_ROW = '\x1b[K';

/** The lines in the place of the `before` rows above the cursor, which stands at the beginning of a row. */
function redraw(lines: readonly string[], before: number, columns: number): string {
  let left = before;
  let text = before === 0 ? '' : `${up(before)}\r`;
  for (const line of lines) {
    const height = rowsOf([line], columns);
    // Below what was drawn before, there is nothing to erase.
    text += `${eraseRows(Math.max(1, Math.min(height, left)))}${line}\n`;
    left = Math.max(0, left - height);
  }
  return left === 0 ? text : `${text}${eraseRows(left)}`;
}

/** Empties the row of the cursor and those below it. The cursor stays where it is, at the beginning of a row. */
function eraseRows(count: number): string {
  return `${ERASE_ROW}${`\x1b[1B${ERASE_ROW}`.repeat(count - 1)}${up(count - 1)}`;
}

function up(rows: number): string {
  return rows === 0 ? '' : `\x1b[${rows}A`;
}

/** How many rows the lines take on a terminal of so many columns. Their colors take none. */
export function rowsOf(lines: readonly string[], columns: number): number {
  return lines.reduce((sum, line) => sum + displayRows(line.replace(/\x1b\[\d*m/g, ''), columns), 0);
}
