import { quote } from './text.ts';

const NAME_MAX = 64;

/**
 * Finds the name that a misspelt one was meant to be.
 *
 * Comparing is work that grows with wrong names times right ones, so a suggester stops looking once it has compared
 * `budget` pairs: the first misspellings get their suggestion, ten thousand of them cost no more.
 */
export class Suggester {
  readonly #candidates: readonly string[];
  #budget: number;

  constructor(candidates: Iterable<string>, budget = 200_000) {
    this.#candidates = [...candidates].filter((name) => name.length <= NAME_MAX);
    this.#budget = budget;
  }

  /** `did you mean "…"?`, or undefined where nothing is near. */
  hint(name: string): string | undefined {
    const near = this.nearest(name);
    return near === undefined ? undefined : `did you mean ${quote(near)}?`;
  }

  nearest(name: string): string | undefined {
    if (name.length > NAME_MAX || this.#budget < this.#candidates.length) return undefined;
    this.#budget -= this.#candidates.length;
    const within = Math.max(1, Math.floor(name.length / 3));
    let best: string | undefined;
    let bestDistance = within + 1;
    for (const candidate of this.#candidates) {
      if (candidate === name || Math.abs(candidate.length - name.length) >= bestDistance) continue;
      const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
      if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
    }
    return best;
  }
}

/** Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(above, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(replaced, at(above, j) + 1, at(row, j - 1) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, at(before, j - 2) + 1);
      }
      row.push(least);
    }
    [before, above] = [above, row];
  }
  return at(above, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
