import { describe, expect, test } from 'vitest';
import { createLog, type Log, type LogFormat, type LogLevel } from '../../src/master/log.ts';
import { ConfigError } from '../../src/model/errors.ts';

function logged(format: LogFormat, level: LogLevel, events: (log: Log) => void): string {
  let text = '';
  const stream = { write: (chunk: string | Uint8Array) => ((text += String(chunk)), true) };
  events(createLog(stream, { level, format }, () => new Date('2026-11-23T06:24:07.123Z')));
  return text;
}

test('text has time, level and message, and what the event is about after them', () => {
  const text = logged('text', 'debug', (log) => {
    log.info('a stage has failed', {
      task: 'words-abcdefgh',
      attempt: 2,
      reason: 'exit status 3',
      stage: null,
    });
    log.debug('a transition');
    log.warn('the folder stays', new ConfigError('it is not empty'), { task: 'words-abcdefgh' });
  });
  expect(text).toBe(
    '2026-11-23T06:24:07.123Z INFO  a stage has failed task=words-abcdefgh attempt=2 reason="exit status 3"\n' +
      '2026-11-23T06:24:07.123Z DEBUG a transition\n' +
      '2026-11-23T06:24:07.123Z WARN  the folder stays: it is not empty task=words-abcdefgh\n',
  );
});

test('json is one object a line with the same, numbers as numbers', () => {
  const text = logged('json', 'info', (log) => {
    log.info('a stage has failed', { task: 'words-abcdefgh', attempt: 2, reason: undefined });
    log.warn('the folder stays', new ConfigError('it is not empty'));
  });
  expect(
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual([
    {
      time: '2026-11-23T06:24:07.123Z',
      level: 'info',
      message: 'a stage has failed',
      task: 'words-abcdefgh',
      attempt: 2,
    },
    {
      time: '2026-11-23T06:24:07.123Z',
      level: 'warn',
      message: 'the folder stays',
      error: 'it is not empty',
    },
  ]);
});

test('what is below the level is not logged', () => {
  const all = (log: Log): void => {
    log.debug('d');
    log.info('i');
    log.warn('w');
  };
  const levels = (level: LogLevel) => logged('text', level, all).match(/[A-Z]{4,5}/g);
  expect(levels('debug')).toEqual(['DEBUG', 'INFO', 'WARN']);
  expect(levels('info')).toEqual(['INFO', 'WARN']);
  expect(levels('warn')).toEqual(['WARN']);
});

describe.each(['text', 'json'] as const)('in %s', (format) => {
  test('an event is one line without control characters, whatever a client has put into it', () => {
    const evil = 'a\nb\r\x1b[2J\x85\u202e\u2028end';
    const text = logged(format, 'info', (log) => log.warn(evil, new ConfigError(evil), { task: evil }));
    expect(text.slice(0, -1)).not.toMatch(/[\p{Cc}\u202e\u2028]/u);
    expect(text.match(/end/g)).toHaveLength(3);
  });

  test('an event of any length has a line of bounded length that is whole', () => {
    const long = '😀'.repeat(100_000);
    const text = logged(format, 'info', (log) =>
      log.warn(`x${long}`, new ConfigError(long), { reason: long }),
    );
    expect(text.length).toBeLessThan(10_000);
    expect(Buffer.from(text).toString()).toBe(text);
    if (format === 'json') expect(JSON.parse(text)).toMatchObject({ level: 'warn' });
  });

  test('an error that nobody has foreseen comes with its stack', () => {
    const text = logged(format, 'info', (log) => log.warn('internal', new TypeError('x is not a function')));
    expect(text).toMatch(/TypeError: x is not a function.*log\.test\.ts/);
  });
});

test('the cause of an error is told once, also where its message ends with it', () => {
  const cause = new Error('connect ECONNREFUSED');
  const text = logged('text', 'warn', (log) => {
    log.warn('no answer', new ConfigError('the server is away', { cause }));
    log.warn('no answer', new ConfigError('/api: connect ECONNREFUSED', { cause }));
  });
  expect(text).toBe(
    '2026-11-23T06:24:07.123Z WARN  no answer: the server is away (connect ECONNREFUSED)\n' +
      '2026-11-23T06:24:07.123Z WARN  no answer: /api: connect ECONNREFUSED\n',
  );
});
