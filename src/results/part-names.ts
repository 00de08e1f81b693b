/**
 * Whether an entry of a result's directory belongs to the result. Names with a leading `_` or `.` (`_SUCCESS`, `_temporary`,
 * `.part-00000.crc`) are about it, not of it; `_c0=1` is a partition, by a column that Spark has named.
 */
export function isPartOfResult({
  name,
  isFile,
}: {
  readonly name: string;
  readonly isFile: boolean;
}): boolean {
  return !/^[_.]/.test(name) || (!isFile && /^_[^=]*=/.test(name));
}

/** Sorted by name: `d=2` comes before `d=10`. */
export function naturalOrder<T>(entries: readonly T[], nameOf: (entry: T) => string): T[] {
  return entries
    .map((entry) => ({ entry, pieces: nameOf(entry).match(/\d+|\D+/g) ?? [] }))
    .sort((a, b) => comparePieces(a.pieces, b.pieces))
    .map(({ entry }) => entry);
}

/** By bytes, but runs of digits by their value: Spark pads numbers to five digits, and `part-100000` comes after `part-99999`. */
function comparePieces(left: readonly string[], right: readonly string[]): number {
  for (const [index, piece] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    const difference = /^\d/.test(piece) && /^\d/.test(other) ? compareNumbers(piece, other) : 0;
    if (difference !== 0) return difference;
    if (piece !== other) return Buffer.compare(Buffer.from(piece), Buffer.from(other));
  }
  return left.length - right.length;
}

function compareNumbers(a: string, b: string): number {
  const left = a.replace(/^0+/, '');
  const right = b.replace(/^0+/, '');
  if (left.length !== right.length) return left.length - right.length;
  return left < right ? -1 : Number(left > right);
}
