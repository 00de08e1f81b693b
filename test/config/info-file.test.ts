import { describe, expect, test } from 'vitest';
import { parseInfoFile } from '../../src/config/info-file.ts';

function values(text: string): Record<string, string> {
  return Object.fromEntries(parseInfoFile(text, 'f').map(({ key, value }) => [key, value]));
}

describe('the form that Java shells source', () => {
  test.each([
    ['plain', 'ip=10.0.0.1\nport=7777\n'],
    ['with comments', '# master\nip=10.0.0.1 # the host\n  # more\nport=7777\t#port\n'],
    ['with Chinese comments', '# 主节点的地址\nip=10.0.0.1 # 地址\nport=7777 # 端口：默认\n'],
    ['in double quotes', 'ip="10.0.0.1"\nport="7777" # quoted\n'],
    ['in single quotes', "ip='10.0.0.1'\nport='7777'\n"],
    ['exported', 'export ip=10.0.0.1\nexport  port=7777\n'],
    ['with CRLF', 'ip=10.0.0.1\r\n\r\nport=7777\r\n'],
    ['with a BOM', '\uFEFFip=10.0.0.1\nport=7777\n'],
    ['with a BOM before a comment', '\uFEFF# x\nip=10.0.0.1\nport=7777'],
    ['with spaces', '  ip = 10.0.0.1\n\tport =7777  \n'],
    ['with a comment right after a semicolon', 'ip="10.0.0.1";#x\nport=7777;#x\n'],
    ['with a semicolon at the end', 'ip=10.0.0.1;\nport=7777 ; # x\n'],
  ])('%s', (_, text) => {
    expect(values(text)).toEqual({ ip: '10.0.0.1', port: '7777' });
  });

  test('comments in another encoding do no harm', () => {
    const gbk = Buffer.from([0x23, 0xd6, 0xf7, 0xbb, 0xfa, 0x0a]);
    expect(values(gbk.toString('utf8') + 'ip=a\n')).toEqual({ ip: 'a' });
  });
});

test('nothing is executed or expanded', () => {
  expect(values('ip=$(hostname)\nport=`id`\nhost="$HOME"\n')).toEqual({
    ip: '$(hostname)',
    port: '`id`',
    host: '$HOME',
  });
});

test('a # inside a word is part of it, as for bash', () => {
  expect(values('a=x#y\nb="x # y"\nc=\n')).toEqual({ a: 'x#y', b: 'x # y', c: '' });
});

test('values stay text, whatever they look like', () => {
  expect(values(`a='{"x":1}'\nb=true\nc='null'\nd='1'\ne="a\\b"\n`)).toEqual({
    a: '{"x":1}',
    b: 'true',
    c: 'null',
    d: '1',
    e: 'a\\b',
  });
});

test('a key that every object has is no key', () => {
  const entries = parseInfoFile('__proto__=x\nconstructor=y\n', 'f');
  expect(entries.map(({ key, value }) => [key, value])).toEqual([
    ['__proto__', 'x'],
    ['constructor', 'y'],
  ]);
});

test('each entry knows its line', () => {
  expect(parseInfoFile('# a\n\nip=x\r\nport=1', 'f').map(({ line }) => line)).toEqual([3, 4]);
});

test.each([
  ['[master]\nip=x', 'dir/f:1: sections are not supported: "[master]"'],
  ['ip=x\nport 7777', 'dir/f:2: this is no key=value: "port 7777"'],
  ['ip=a b', 'dir/f:1: ip: "a b" is more than one word'],
  ['ip=a; port=7777', 'dir/f:1: ip: "a; port=7777" is more than one word'],
  ['ip="a', 'dir/f:1: ip: the closing " is missing'],
  ["ip='a' b", "dir/f:1: ip: there is text after the closing ':  b"],
  ['=x', 'dir/f:1: this is no key=value: "=x"'],
  ['if [ -z "$x" ]; then', 'dir/f:1: this is no key=value: "if [ -z \\"$x\\" ]; then"'],
])('%j is refused, with file and line', (text, message) => {
  expect(() => parseInfoFile(text, 'dir/f')).toThrow(expect.objectContaining({ code: 'CONFIG', message }));
});

// Each of these took from seconds to minutes.
test.each([
  ['blanks within a value', `ip=x${' '.repeat(100_000)}x`],
  ['blanks after a quoted value', `ip="x"${' '.repeat(100_000)}x`],
  ['comments in comments, and a separator that ends no line', `ip=x${' #'.repeat(100_000)}\u2028x`],
  ['semicolons', `ip=x${' ;'.repeat(100_000)}`],
  ['blanks around no key', `export${' '.repeat(100_000)}`],
])('a line with a hundred thousand %s is read or refused at once', (_, line) => {
  const start = performance.now();
  try {
    parseInfoFile(line, 'f');
  } catch (error) {
    expect(error).toMatchObject({ code: 'CONFIG' });
  }
  expect(performance.now() - start).toBeLessThan(2000);
});
