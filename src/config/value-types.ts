/** How the text of an option becomes a value. */
export interface ValueType<T> {
  readonly name: string;
  /** Completes "expected …". */
  readonly expects: string;
  /** The words that may be given, where that is a closed list: for help and completion. */
  readonly choices?: readonly string[];
  /** undefined when the text is no such value. */
  parse(text: string): T | undefined;
  /** The value as it would be given, where that is not just its text. */
  show?(value: T): string;
  /** The word for null, where there is one. */
  readonly none?: string;
  /** It may hold a password: what is not valid is not repeated. */
  readonly isSecret?: true;
}

/** A value as it would be given; empty where there is none. */
export function showValue<T>(type: ValueType<T>, value: T): string {
  if (value === null || value === undefined) return type.none ?? '';
  return type.show?.(value) ?? String(value);
}

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;
const HOST_NAME = /^(?=.{1,253}$)\w(?:[-\w.]*\w)?\.?$/;

export const host: ValueType<string> = {
  name: 'host',
  expects: 'a host name or an IP address, without a port',
  parse(text) {
    const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
    // An address in brackets is checked by the parser of URLs; only the zone of a link-local one is not part of them.
    if (bare.includes(':')) {
      return URL.canParse(`http://[${bare.replace(/%[\w.-]+$/, '')}]/`) ? bare : undefined;
    }
    if (/^[\d.]+$/.test(text)) return IPV4.test(text) ? text : undefined;
    return HOST_NAME.test(text) ? text : undefined;
  },
};

export const hostName: ValueType<string> = {
  name: 'name',
  expects: 'a host name',
  parse: (text) => (HOST_NAME.test(text) ? text : undefined),
};

/** A whole number from `min` to `max`. */
export function integer(min: number, max: number): ValueType<number> {
  return {
    name: 'number',
    expects: `a whole number from ${min} to ${max}`,
    parse: (text) => (/^\d{1,15}$/.test(text) ? inRange(Number(text), min, max) : undefined),
  };
}

export const port: ValueType<number> = { ...integer(1, 65_535), name: 'port' };

/** A port to listen on, 0 for a free one; null where nothing is to listen. */
export const portOrOff: ValueType<number | null> = {
  ...integer(0, 65_535),
  name: 'port',
  expects: 'a whole number from 0 to 65535, or off',
  parse: (text) => (text.toLowerCase() === 'off' ? null : integer(0, 65_535).parse(text)),
  none: 'off',
};

const MILLISECONDS = new Map([
  ['', 1000],
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
]);
/** The longest time that a timer of Node can wait: almost 25 days. */
const LONGEST_MS = 2 ** 31 - 1;

/** In milliseconds. */
export const duration: ValueType<number> = {
  name: 'duration',
  expects: 'a time such as 500ms, 5s, 2m or 1h (a bare number is seconds), more than 0 and less than 24 days',
  parse: (text) => round(scaled(text, MILLISECONDS), 1, LONGEST_MS),
  show: (ms) => (ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`),
};

/** In milliseconds; a number alone is refused, as it could mean either. */
export const delay: ValueType<number> = {
  ...duration,
  expects: 'a time with its unit, such as 500ms, 5s, 2m or 1h, less than 24 days',
  parse: (text) => (/^[\d.]+$/.test(text) ? undefined : round(scaled(text, MILLISECONDS), 0, LONGEST_MS)),
};

const BYTES = new Map([
  ['', 1],
  ['b', 1],
  ['kb', 1e3],
  ['mb', 1e6],
  ['gb', 1e9],
  ['tb', 1e12],
  ...(['k', 'm', 'g', 't'] as const).flatMap((letter, i): [string, number][] => [
    [letter, 1024 ** (i + 1)],
    [`${letter}ib`, 1024 ** (i + 1)],
  ]),
]);

/** In bytes. */
export const bytes: ValueType<number> = {
  name: 'bytes',
  expects: 'a size such as 64MiB or 1000000 (bytes), from 1 byte to 2 GiB',
  parse: (text) => round(scaled(text, BYTES), 1, 2 ** 31 - 1),
  show: (count) => {
    const unit = [...BYTES].findLast(([name, factor]) => name.endsWith('ib') && count % factor === 0);
    return unit === undefined ? String(count) : `${count / unit[1]}${unit[0][0]?.toUpperCase() ?? ''}iB`;
  },
};

/** In bytes, as much as disks have. */
export const diskBytes: ValueType<number> = {
  ...bytes,
  expects: 'a size such as 256MiB, 4GiB or 1TiB, from 1 byte to 1024 TiB',
  parse: (text) => round(scaled(text, BYTES), 1, 2 ** 50),
};

export const boolean: ValueType<boolean> = {
  name: 'boolean',
  expects: 'true or false (or yes, no, on, off, 1, 0)',
  choices: ['true', 'false'],
  parse(text) {
    const word = text.toLowerCase();
    if (['true', 'yes', 'on', '1'].includes(word)) return true;
    return ['false', 'no', 'off', '0'].includes(word) ? false : undefined;
  },
};

export const path: ValueType<string> = {
  name: 'path',
  expects: 'the path of a file',
  parse: (text) => (text.includes('\0') ? undefined : text),
};

/** Names of environment variables, as shells allow them. */
export const variableNames: ValueType<readonly string[]> = {
  name: 'names',
  expects: 'names of variables, with commas between them',
  parse(text) {
    const names = text.split(/[,\s]+/).filter((name) => name !== '');
    return names.every((name) => /^[A-Z_]\w*$/i.test(name)) ? names : undefined;
  },
  show: (names) => names.join(','),
};

/** A label of Kubernetes, which names a namespace, or tells objects apart. */
export const label: ValueType<string> = {
  name: 'name',
  expects: "a name of at most 63 of a-z, 0-9 and '-', with a letter or digit at both ends",
  parse: (text) => (/^(?=.{1,63}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/.test(text) ? text : undefined),
};

/** A host, maybe with a port. */
export const hostAndPort: ValueType<string> = {
  name: 'address',
  expects: 'a host name or an IP address, with a port where that is another one: HOST[:PORT]',
  parse(text) {
    const [, before = text, number] = /^(.+):(\d{1,5})$/.exec(text.endsWith(']') ? '' : text) ?? [];
    if (number !== undefined && port.parse(number) === undefined) return undefined;
    return host.parse(before) === undefined ? undefined : text;
  },
};

export const user: ValueType<string> = {
  name: 'name',
  expects: 'a user name of letters, digits and ".", "_", "-", "@"',
  parse: (text) => (/^[\w.@-]{1,255}$/.test(text) ? text : undefined),
};

/** The base of a web address, without a slash at its end. */
export const webAddress: ValueType<string> = {
  name: 'URL',
  expects: 'an address such as http://httpfs:14000',
  parse(text) {
    if (!URL.canParse(text)) return undefined;
    const url = new URL(text);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
    if (url.search !== '' || url.hash !== '') return undefined;
    let end = text.length;
    while (text[end - 1] === '/') end -= 1;
    return text.slice(0, end);
  },
};

/** One of a few words, in any case. */
export function oneOf<const T extends string>(...words: readonly T[]): ValueType<T> {
  return {
    name: 'word',
    expects: `one of ${words.join(', ')}`,
    choices: words,
    parse: (text) => words.find((word) => word === text.toLowerCase()),
  };
}

function scaled(text: string, units: ReadonlyMap<string, number>): number | undefined {
  const [, digits, unit = ''] = /^(\d{1,15}(?:\.\d{1,6})?)\s*([a-z]*)$/i.exec(text) ?? [];
  const factor = units.get(unit.toLowerCase());
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}

function round(value: number | undefined, min: number, max: number): number | undefined {
  return value === undefined ? undefined : inRange(Math.round(value), min, max);
}

function inRange(value: number, min: number, max: number): number | undefined {
  return value >= min && value <= max ? value : undefined;
}
