/** What could move the cursor, hide text or turn it around: control characters, bidirectional overrides, line separators. */
const UNSAFE = /[\0-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** The text with its control characters shown as escapes, so that no name that a master sends can drive a terminal. */
export function printable(text: string): string {
  return text.replace(UNSAFE, escape);
}

/** Like `printable`, and keeps line breaks. */
export function printableLines(text: string): string {
  return text.replace(UNSAFE, (character) => (character === '\n' ? character : escape(character)));
}

function escape(character: string): string {
  const code = character.charCodeAt(0);
  return SHORT[character] ?? (code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`);
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, '0');
}

/** JSON text whose strings hold no such character raw; JSON itself only asks for those below 0x20. */
export function safeJson(value: unknown, indent?: number): string {
  return escapeQuoted(JSON.stringify(value, null, indent));
}

/**
 * Escapes what `UNSAFE` has beyond JSON's own escapes, and what no YAML document may hold (YAML 1.2, section 5.1), in a
 * text where it can only stand within double quotes.
 */
export function escapeQuoted(text: string): string {
  return text.replace(
    /[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/g,
    (character) => `\\u${hex(character.charCodeAt(0), 4)}`,
  );
}
