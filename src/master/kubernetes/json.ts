/** An object whose fields are looked at one by one: what the API server, a file or a plan has sent. */
export type Json = Readonly<Record<string, unknown>>;

const NOTHING: Json = {};

/** The value as an object; an empty one where it is none. */
export function objectOf(value: unknown): Json {
  return isJson(value) ? value : NOTHING;
}

/** The value as a list; an empty one where it is none. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value as a text; null where it is none, or empty. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** The value as a whole number; null where it is none. */
export function integerOf(value: unknown): number | null {
  return Number.isSafeInteger(value) ? Number(value) : null;
}

/** A time of RFC 3339 in milliseconds since 1970; null where it is none. */
export function timeOf(value: unknown): number | null {
  const time = typeof value === 'string' ? Date.parse(value) : NaN;
  return Number.isNaN(time) ? null : time;
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
