import { parse } from 'ini';
import { ConfigError } from '../model/errors.ts';

/** One `key=value` of a master-info.config. */
export interface InfoEntry {
  readonly key: string;
  readonly value: string;
  /** From 1. */
  readonly line: number;
}

const KEY = /^(?:export\s+)?([A-Za-z_][\w.-]*)$/;
const HINT = 'a line is key=value, or a comment that begins with #';

/**
 * Reads the text of a master-info.config, which Java shells source as bash: comments, quotes and `export` mean
 * what they mean there, and nothing is executed or expanded.
 * @throws ConfigError that names file and line
 */
export function parseInfoFile(text: string, file: string): InfoEntry[] {
  const entries: InfoEntry[] = [];
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  for (const [index, raw] of lines.entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const where = `${file}:${index + 1}`;
    const equals = line.indexOf('=');
    const [, key] = KEY.exec(line.slice(0, Math.max(equals, 0)).trimEnd()) ?? [];
    if (key === undefined) {
      const what = line.startsWith('[') ? 'sections are not supported' : 'this is no key=value';
      throw new ConfigError(`${where}: ${what}: ${JSON.stringify(line)}`, { hint: HINT });
    }
    entries.push({
      key,
      value: unquote(line.slice(equals + 1).trimStart(), `${where}: ${key}`),
      line: index + 1,
    });
  }
  return entries;
}

/** The value without its quotes and the comment after it. */
function unquote(text: string, where: string): string {
  const quote = text[0];
  if (quote === '"' || quote === "'") {
    const end = text.indexOf(quote, 1);
    if (end === -1) throw new ConfigError(`${where}: the closing ${quote} is missing`);
    const rest = text.slice(end + 1);
    if (withoutEnd(rest) !== '') {
      throw new ConfigError(`${where}: there is text after the closing ${quote}: ${rest}`);
    }
    const inner = text.slice(1, end);
    // ini reads escapes in quotes as JSON does; for bash most are no escapes.
    return inner.includes('\\') ? inner : (iniValue(text.slice(0, end + 1)) ?? inner);
  }
  const bare = withoutEnd(text);
  if (/;|\s/.test(bare)) {
    throw new ConfigError(`${where}: ${JSON.stringify(bare)} is more than one word`, {
      hint: 'put a value with spaces or ; in quotes, and each setting on its own line',
    });
  }
  // ini would take a # inside a word for a comment; bash does not.
  return iniValue(bare.replaceAll('#', '\\#')) ?? bare;
}

/** The text without a comment, blanks and one semicolon at its end. */
function withoutEnd(text: string): string {
  const comment = text.search(/(?:^|[\s;])#/);
  const kept = (comment === -1 ? text : text.slice(0, comment)).trimEnd();
  return kept.endsWith(';') ? kept.slice(0, -1).trimEnd() : kept;
}

/** ini also reads a quoted 7777 as JSON: text is wanted, so anything that isn't a plain value is left to the caller. */
function iniValue(text: string): string | null {
  const { value } = parse(`value=${text}`);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : null;
}
