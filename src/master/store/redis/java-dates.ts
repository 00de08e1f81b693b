const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const GSON_DATE =
  /^(?<month>[A-Z][a-z]{2}) (?<day>\d{1,2}), (?<year>\d{4}),? (?<hour>\d{1,2}):(?<minute>\d{2}):(?<second>\d{2})[ \u00a0\u202f](?<half>AM|PM)$/;
const ISO_DATE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}(?::?\d{2})?)$/;

/**
 * A date as Gson of the Java master writes it, in the zone of this machine, or in ISO 8601, in milliseconds since 1970; null for
 * anything else. Gson writes `Nov 24, 2026, 8:22:25 PM`; with Java 8 the second comma is missing, and from Java 20 on a narrow
 * no-break space stands before AM and PM.
 */
export function parseJavaDate(text: string): number | null {
  if (ISO_DATE.test(text)) {
    const ms = Date.parse(text);
    return Number.isNaN(ms) ? null : ms;
  }
  const parts = GSON_DATE.exec(text)?.groups;
  if (parts === undefined) return null;
  const month = MONTHS.indexOf(parts['month'] ?? '');
  if (month < 0) return null;
  const hour = (Number(parts['hour']) % 12) + (parts['half'] === 'PM' ? 12 : 0);
  const number = (name: string): number => Number(parts[name]);
  return new Date(number('year'), month, number('day'), hour, number('minute'), number('second')).getTime();
}

/** ISO 8601, which the Java master reads as well. */
export function javaDate(ms: number): string {
  return new Date(ms).toISOString();
}
