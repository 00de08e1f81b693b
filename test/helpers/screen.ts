import { displayWidth } from '../../src/cli/output/display-width.ts';

/**
 * What a terminal would show: characters, line breaks, and the few sequences of `clic`'s live view. Lines wrap at the edge, when
 * the next character comes; what does not fit on the screen scrolls off its top.
 */
export class Screen {
  readonly #columns: number;
  readonly #rows: number;
  #lines: string[] = [''];
  #row = 0;
  #used = 0;
  /** Rows that have scrolled off. */
  scrolled = 0;

  constructor(columns: number, rows: number) {
    this.#columns = columns;
    this.#rows = rows;
  }

  /** The rows from the top, without the empty ones at the end. */
  get text(): string[] {
    return this.#lines.slice(0, this.#lines.findLastIndex((line) => line !== '') + 1);
  }

  write(text: string): void {
    for (const [piece, sequence] of text.matchAll(/\x1b\[(\d*[A-Za-z])|[\s\S]/gu)) {
      if (sequence === undefined) this.#put(piece);
      else this.#obey(sequence);
    }
  }

  #obey(sequence: string): void {
    if (sequence.endsWith('m')) return;
    if (sequence === 'K') this.#lines[this.#row] = (this.#lines[this.#row] ?? '').slice(0, this.#used);
    else if (sequence.endsWith('B')) this.#down(Number.parseInt(sequence));
    else if (sequence.endsWith('A')) this.#row = Math.max(0, this.#row - Number.parseInt(sequence));
    else throw new Error(`a sequence that this screen does not know: ${sequence}`);
  }

  #down(rows: number): void {
    this.#row = Math.min(this.#rows - 1, this.#row + rows);
    while (this.#lines.length <= this.#row) this.#lines.push('');
  }

  #put(character: string): void {
    if (character === '\r') this.#used = 0;
    else if (character === '\n') this.#newLine();
    else {
      const width = displayWidth(character);
      if (this.#used + width > this.#columns) this.#newLine();
      this.#lines[this.#row] = `${this.#lines[this.#row] ?? ''}${character}`;
      this.#used += width;
    }
  }

  #newLine(): void {
    this.#used = 0;
    this.#row += 1;
    if (this.#row === this.#rows) {
      this.#lines.shift();
      this.#row -= 1;
      this.scrolled += 1;
    }
    this.#lines[this.#row] ??= '';
  }
}
