import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { birthOf } from '../../../src/master/executor/process/claim.ts';
import { groupGone, signalGroup } from '../../../src/master/executor/process/group.ts';

test('a group is gone when its last process is, and not before', async () => {
  // The shell, which leads the group, leaves at once; what it started stays until it is killed.
  const leader = spawn('/bin/sh', ['-c', 'sleep 1000 >&2 & echo $!'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  leader.stdout.on('data', (chunk) => (output += String(chunk)));
  await once(leader, 'close');
  const group = leader.pid!;
  onTestFinished(() => void signalGroup(group, 'SIGKILL'));
  const member = Number(output);
  let gone = false;
  const waiting = groupGone(group, 10_000).then(() => (gone = true));
  for (let i = 0; i < 20; i++) await birthOf(member, process.platform);
  expect(gone).toBe(false);
  expect(signalGroup(group, 'SIGKILL')).toBe(true);
  await waiting;
  expect(await birthOf(member, process.platform)).toBe(null);
});

test('nothing can be sent to a group that is not there', async () => {
  const child = spawn('/bin/true', { detached: true });
  await once(child, 'exit');
  expect(signalGroup(child.pid!, 'SIGTERM')).toBe(false);
});

test.runIf(process.platform === 'linux' && process.getuid?.() === 0)(
  'a group of another user is not taken for gone',
  async () => {
    const child = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore', uid: 12_345 });
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child, 'spawn');
    process.seteuid?.(54_321);
    try {
      expect(signalGroup(child.pid!, 0)).toBe(true);
      expect(await groupGone(child.pid!, 0)).toBe(false);
    } finally {
      process.seteuid?.(0);
    }
  },
);
