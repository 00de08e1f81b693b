const NAME_MAX = 64;

/**
 * What looking for suggestions may still cost, in characters compared. The work grows with wrong names times right ones:
 * the first misspellings get their suggestion, and ten thousand of them cost no more.
 */
export class Effort {
  left: number;

  constructor(limit = 2_000_000) {
    this.left = limit;
  }
}

/** The name that a misspelt one was meant to be; undefined where none is near, or where the effort is used up. */
export function nearest(
  name: string,
  candidates: Iterable<string>,
  effort = new Effort(),
): string | undefined {
  if (name.length > NAME_MAX) return undefined;
  const written = name.toLowerCase();
  let best: string | undefined;
  let within = Math.max(1, Math.floor(name.length / 3));
  for (const candidate of candidates) {
    effort.left -= 1;
    if (effort.left < 0) return undefined;
    if (candidate === name || Math.abs(candidate.length - name.length) > within) continue;
    const distance = editDistance(written, candidate.toLowerCase(), within, effort);
    if (distance > within) continue;
    [best, within] = [candidate, distance - 1];
    if (within < 0) break;
  }
  return best;
}

/** Insertions, deletions, replacements and swaps of neighbors that turn `a` into `b`; Infinity for more than `within`. */
function editDistance(a: string, b: string, within: number, effort: Effort): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    effort.left -= b.length;
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(above, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let cost = Math.min(replaced, at(above, j) + 1, at(row, j - 1) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, at(before, j - 2) + 1);
      }
      row.push(cost);
      least = Math.min(least, cost);
    }
    // A swap can continue from the row before, at one more.
    if (least > within && Math.min(...above) >= within) return Infinity;
    [before, above] = [above, row];
  }
  return at(above, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
