import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { birthOf, parseBirth, parseStat } from '../../../src/master/executor/process/claim.ts';

// pid, (name), state, parent, group, session, …, and the start time as the 22nd.
const line = (name: string, state = 'S') =>
  `4711 (${name}) ${state} 1 4700 4700 0 -1 4194304 101 0 0 0 0 0 0 0 20 0 1 0 138516 3133440 383`;

test('a process is known by its machine’s start and its own', () => {
  expect(parseBirth(`the-boot ${line('sh')}`, 'linux')).toBe('the-boot 138516');
});

test('names of programs can’t confuse what is known of a process', () => {
  for (const name of ['a b', ') Z 1 2 3', '(', 'tab\there']) {
    expect(parseStat(line(name))).toEqual({ group: 4700, start: '138516' });
  }
});

test('a zombie was never born', () => {
  expect(parseStat(line('sh', 'Z'))).toBe(null);
  expect(parseBirth(`the-boot ${line('sh', 'Z')}`, 'linux')).toBe(null);
  expect(parseBirth('Z+   Mon Nov 23 06:23:34 2026', 'darwin')).toBe(null);
});

test('spaces make no difference between two births', () => {
  expect(parseBirth('S+   Mon Nov  3 06:23:34 2026\n', 'darwin')).toBe('Mon Nov 3 06:23:34 2026');
  expect(parseBirth('Ss Mon Nov  3 06:23:34 2026', 'darwin')).toBe('Mon Nov 3 06:23:34 2026');
});

test('what is no description of a process is none', () => {
  for (const platform of ['linux', 'darwin'] as const) {
    for (const text of ['', ' ', 'x', '(sh)']) expect(parseBirth(text, platform)).toBe(null);
  }
});

// Both ways work on Linux where it has ps.
const platforms = (['linux', 'darwin'] as const).filter((platform) =>
  platform === 'linux' ? process.platform === 'linux' : existsSync('/bin/ps'),
);

test.each(platforms)(
  'a process that lives has a birth, and none once it has ended (%s)',
  async (platform) => {
    const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
    const exit = once(child, 'exit');
    expect(await birthOf(child.pid!, platform)).toMatch(
      platform === 'linux' ? /^[-0-9a-f]{36} \d+$/ : / \d\d\d\d$/,
    );
    child.kill('SIGKILL');
    await exit;
    expect(await birthOf(child.pid!, platform)).toBe(null);
  },
);
