const QUOTED_MAX = 80;

/** A name or value out of a file, in double quotes, cut where it is far too long for a message. */
export function quote(text: string): string {
  return `"${text.length > QUOTED_MAX ? `${text.slice(0, QUOTED_MAX)}…` : text}"`;
}
