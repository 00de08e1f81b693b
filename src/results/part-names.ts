/**
 * The part files among the names in a result's directory, in order. Names with a leading `_` or `.` (`_SUCCESS`,
 * `.part-00000.crc`) are about the result, not of it.
 */
export function partsInOrder<T>(entries: readonly T[], nameOf: (entry: T) => string): T[] {
  return entries
    .filter((entry) => !/^[_.]/.test(nameOf(entry)))
    .sort((a, b) => compareNames(nameOf(a), nameOf(b)));
}

/** By bytes, but runs of digits by their value: Spark pads numbers to five digits, and `part-100000` comes after `part-99999`. */
function compareNames(a: string, b: string): number {
  const left = a.match(/\d+|\D+/g) ?? [];
  const right = b.match(/\d+|\D+/g) ?? [];
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
