import { expect, test } from 'vitest';
import { runCli } from '../../helpers/run-cli.ts';
import { aTask } from '../../helpers/views.ts';

const tasks = [
  aTask({ name: 'c', submitTime: '2026-01-03T00:00:00', status: 'FAILED' }),
  aTask({ name: 'b', submitTime: '2026-01-01T00:00:00', status: 'RUNNING' }),
  aTask({ name: 'd', submitTime: '2026-01-02T00:00:00', status: 'COMPLETED' }),
  aTask({ name: 'a', submitTime: '2026-01-02T00:00:00', status: 'RUNNING' }),
];
const client = { listTasks: () => Promise.resolve(tasks) };

async function names(...options: string[]): Promise<string> {
  const { stdout } = await runCli(['list', '-o', 'name', ...options], { client });
  return stdout.split('\n').join('');
}

test('the oldest come first, those of one second as the master lists them', async () => {
  expect(await names()).toBe('bdac');
});

test('--limit leaves the latest', async () => {
  expect(await names('--limit', '2')).toBe('ac');
  expect(await names('--limit', '9')).toBe('bdac');
});

test('--status leaves those of the statuses, in any case', async () => {
  expect(await names('--status', 'running')).toBe('ba');
  expect(await names('--status', 'FAILED,COMPLETED')).toBe('dc');
  expect(await names('--status', 'RUNNING', '--limit', '1')).toBe('a');
});

test('a status that no task has is told', async () => {
  const { exit, stdout, stderr } = await runCli(['list', '--status', 'NEW'], { client });
  expect([exit, stdout, stderr]).toEqual([0, '', 'no task of that status\n']);
});

test.each([
  [['--status', 'RUNING'], '--status: "RUNING" is not valid: expected statuses'],
  [['--limit', '0'], '--limit: "0" is not valid: expected a whole number from 1'],
])('%j is refused before the master is asked', async (options, message) => {
  const { exit, stderr, clients } = await runCli(['list', ...options]);
  expect([exit, clients]).toEqual([2, []]);
  expect(stderr).toContain(message);
});
