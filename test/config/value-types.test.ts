import { describe, expect, test } from 'vitest';
import {
  boolean,
  bytes,
  duration,
  host,
  integer,
  oneOf,
  port,
  user,
  webAddress,
} from '../../src/config/value-types.ts';

describe('a host', () => {
  test.each([
    'localhost',
    '127.0.0.1',
    'clic-master-svc',
    'clic-master-svc.argo.svc.cluster.local',
    'clic_master',
    'host.',
    '::1',
    'fe80::1%eth0',
    '2001:db8::10',
  ])('can be %s', (text) => {
    expect(host.parse(text)).toBe(text);
  });

  test('can be an address in brackets, which are left out', () => {
    expect(host.parse('[::1]')).toBe('::1');
  });

  test.each([
    '$(hostname)',
    '`hostname`',
    '$MASTER',
    'a b',
    'a;b',
    'http://master',
    'master:7777',
    '127.0.0.256',
    '1.2.3',
    '1.2.3.4.5',
    '-master',
    'a'.repeat(254),
    '::1::2',
    '[::1',
    '主机',
  ])('can not be %s', (text) => {
    expect(host.parse(text)).toBeUndefined();
  });
});

test.each([
  ['5s', 5_000],
  ['500ms', 500],
  ['2m', 120_000],
  ['1h', 3_600_000],
  ['30', 30_000],
  ['1.5s', 1_500],
  ['1 S', 1_000],
])('the time %s is %d ms', (text, ms) => {
  expect(duration.parse(text)).toBe(ms);
});

test.each(['0', '0s', '-1', 's', '5d', '5 s s', '1e3', 'Infinity', '600h', '0.0001ms', ''])(
  'the time %j is refused',
  (text) => {
    expect(duration.parse(text)).toBeUndefined();
  },
);

test.each([
  ['1024', 1024],
  ['64MiB', 67_108_864],
  ['64M', 67_108_864],
  ['64mb', 64_000_000],
  ['1k', 1024],
  ['0.5KiB', 512],
  ['7b', 7],
])('the size %s is %d bytes', (text, size) => {
  expect(bytes.parse(text)).toBe(size);
});

test.each(['0', '-1', '3GiB', '64 parsecs', 'MiB', '0x10'])('the size %j is refused', (text) => {
  expect(bytes.parse(text)).toBeUndefined();
});

test.each([
  ['1', 1],
  ['65535', 65_535],
  ['0', undefined],
  ['65536', undefined],
  ['7777x', undefined],
  ['7_777', undefined],
  ['1e3', undefined],
  ['+1', undefined],
])('the port %j reads as %j', (text, expected) => {
  expect(port.parse(text)).toBe(expected);
});

test('a number that is too long to be exact is refused', () => {
  expect(integer(0, Number.MAX_SAFE_INTEGER).parse('9'.repeat(16))).toBeUndefined();
});

test('booleans have several words, in any case', () => {
  expect(['true', 'YES', 'on', '1'].map((text) => boolean.parse(text))).toEqual([true, true, true, true]);
  expect(['false', 'No', 'off', '0'].map((text) => boolean.parse(text))).toEqual([
    false,
    false,
    false,
    false,
  ]);
  expect(boolean.parse('maybe')).toBeUndefined();
});

test('a word is taken in any case, and no other word', () => {
  const format = oneOf('table', 'json');
  expect(format.parse('JSON')).toBe('json');
  expect(format.parse('xml')).toBeUndefined();
});

test('a web address is http or https, and loses the slash at its end', () => {
  expect(webAddress.parse('http://httpfs:14000/')).toBe('http://httpfs:14000');
  expect(webAddress.parse('https://gateway/webhdfs')).toBe('https://gateway/webhdfs');
  expect(['httpfs:14000', 'ftp://x', 'http://x?y', ''].map((text) => webAddress.parse(text))).toEqual(
    Array.from({ length: 4 }),
  );
});

test('a user name goes into an address, so it holds nothing that means something there', () => {
  expect(user.parse('hadoop')).toBe('hadoop');
  expect(user.parse('a&op=DELETE')).toBeUndefined();
});
