/** How the Java shell shows a time: `2026-11-23 06:24:07`, or three spaces and a dash where there is none. */
export function wireTime(iso: string | null): string {
  return iso === null ? '   -' : iso.replace('T', ' ');
}

/** Empty where there is none. */
export function wireNumber(value: number | null): string {
  return value === null ? '' : String(value);
}

/** A row of `cells` followed by the first of each list, and below it rows that hold only the rest of the lists. */
export function rowsUnder(cells: readonly string[], lists: readonly (readonly string[])[]): string[][] {
  const height = Math.max(1, ...lists.map((list) => list.length));
  const blank = cells.map(() => '');
  return Array.from({ length: height }, (_, i) => [
    ...(i === 0 ? cells : blank),
    ...lists.map((list) => list[i] ?? ''),
  ]);
}
