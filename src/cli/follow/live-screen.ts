import type { Sink } from '../io.ts';
import { displayRows } from '../output/display-width.ts';

/** Draws lines on a terminal over those that it drew before. The lines must fit on the terminal, with one row to spare. */
export class LiveScreen {
  readonly #sink: Sink;
  #drawn: readonly string[] = [];
  #columns = 0;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /** @param columns the width of the terminal now; where it has changed, so has the place of what was drawn before */
  async draw(lines: readonly string[], columns: number): Promise<void> {
    const text = lines.join('\n');
    if (columns === this.#columns && text === this.#drawn.join('\n')) return;
    // Terminals wrap what they show anew when they are resized.
    const rows = rowsOf(this.#drawn, columns);
    // Up to the first line, then clear from there to the end of the screen.
    const back = rows === 0 ? '' : `\x1b[${rows}A\r\x1b[0J`;
    this.#drawn = lines;
    this.#columns = columns;
    await this.#sink.write(lines.length === 0 ? back : `${back}${text}\n`);
  }

  /** What is written by others next stays; the view is drawn anew below it. */
  forget(): void {
    this.#drawn = [];
    this.#columns = 0;
  }
}

/** How many rows the lines take on a terminal of so many columns. Their colors take none. */
export function rowsOf(lines: readonly string[], columns: number): number {
  return lines.reduce((sum, line) => sum + displayRows(line.replace(/\x1b\[\d*m/g, ''), columns), 0);
}
