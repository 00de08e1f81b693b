import { describe, expect, test } from 'vitest';
import { readMasterCommandLine } from '../../src/master/command-line.ts';
import { checkedOptions } from '../../src/master/options.ts';
import { MASTER_TABLE, masterConfig } from '../config/support.ts';

const read = (...argv: string[]) => readMasterCommandLine(argv, MASTER_TABLE);

test('without a word, clic-master serves', () => {
  expect(read('--port', '0')).toMatchObject({ verb: 'serve', flags: new Map([['port', '0']]) });
});

test('of an option that is given more than once the last counts, and names of variables add up', () => {
  const { flags } = read('--max-depth=1', '--max-depth', '2', '--pass-env', 'A', '--pass-env=B,C');
  expect(Object.fromEntries(flags)).toEqual({ 'max-depth': '2', 'pass-env': 'A,B,C' });
});

test('a flag can be turned off', () => {
  expect(read('--allow-remote').flags.get('allow-remote')).toBe('true');
  expect(read('--no-allow-remote').flags.get('allow-remote')).toBe('false');
  expect(read('--allow-remote=no').flags.get('allow-remote')).toBe('no');
});

test.each([
  ['config', { verb: 'config', isJson: false }],
  ['config -o json --port 1', { verb: 'config', isJson: true, flags: new Map([['port', '1']]) }],
  ['completion zsh', { verb: 'completion', shell: 'zsh' }],
  ['help', { verb: 'help' }],
  ['--port 1 --help', { verb: 'help' }],
  ['-h', { verb: 'help' }],
  ['-V', { verb: 'version' }],
])('clic-master %s', (line, expected) => {
  expect(read(...line.split(' '))).toMatchObject(expected);
});

test.each([
  ['word', '"word" is neither an option nor a command of clic-master, or one word too many'],
  ['--port 1 word', '"word" is neither'],
  ['-- word', '"word" is neither'],
  ['config word', '"word" is neither'],
  ['--max-runing 1', '--max-runing is not an option of clic-master; did you mean --max-running?'],
  ['-x', '-x is not an option of clic-master'],
  ['--port', '--port needs a value'],
  ['--port --allow-remote', '--port needs a value'],
  ['-o json', '--output is an option of clic-master config'],
  ['config -o xml', '--output "xml" is not one of table, json'],
  ['completion', 'the shell is missing'],
  ['completion fish', 'there is no completion for "fish", only for bash and zsh'],
])('clic-master %s is a usage error', (line, message) => {
  expect(() => read(...line.split(' '))).toThrow(
    expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(message) as string }) as Error,
  );
});

describe('options that do not go together are refused', () => {
  test.each([
    [{ host: '0.0.0.0' }, '--host 0.0.0.0 is not a loopback address'],
    [{ 'tls-cert': 'a.pem' }, '--tls-cert and --tls-key go together'],
    [{ 'tls-ca': 'a.pem' }, '--tls-ca, which asks clients for certificates, needs'],
  ])('%j', (flags, message) => {
    expect(() => checkedOptions(masterConfig(flags))).toThrow(message);
  });
});

test('each part of a master gets its options in milliseconds and bytes', () => {
  const config = masterConfig({ 'retry-delay': '2s', 'stop-grace': '5ms', 'max-buffered-bytes': '1GiB' });
  expect(checkedOptions(config)).toMatchObject({
    retryDelayMs: 2_000,
    stopGraceMs: 5,
    completionGraceMs: 30_000,
    retentionMs: 30 * 86_400_000,
    maxLogBytes: 64 * 2 ** 20,
    maxTotalLogBytes: 4 * 2 ** 30,
    minFreeBytes: 256 * 2 ** 20,
    logFormat: 'text',
    limits: { maxBufferedBytes: 2 ** 30, maxPlanBytes: 4 * 2 ** 20 },
  });
});
