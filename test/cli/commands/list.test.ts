import { expect, test, vi } from 'vitest';
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

test('the end of daylight saving time does not reorder a list', async () => {
  vi.stubEnv('TZ', 'Europe/Berlin');
  // 02:50 in summer comes half an hour before 02:20 in winter.
  const summer = Date.UTC(2026, 9, 25, 0, 50);
  const winter = Date.UTC(2026, 9, 25, 1, 20);
  const later = aTask({ name: 'winter', submitTime: '2026-10-25T02:20:00', submitAt: winter });
  const sooner = aTask({ name: 'summer', submitTime: '2026-10-25T02:50:00', submitAt: summer });
  const { stdout } = await runCli(['list', '-o', 'csv'], {
    client: { listTasks: () => Promise.resolve([later, sooner]) },
  });
  vi.unstubAllEnvs();
  expect(stdout.split('\n').slice(1, 3)).toEqual([
    'summer,2026-10-25T02:50:00.000+02:00,,,NEW,,',
    'winter,2026-10-25T02:20:00.000+01:00,,,NEW,,',
  ]);
});

test('the master is told how many tasks are wanted, unless only those of a status are', async () => {
  const asked: unknown[] = [];
  const counting = {
    listTasks: (options: unknown) => {
      asked.push(options);
      return Promise.resolve(tasks);
    },
  };
  const limited = await runCli(['list', '--limit', '2', '-o', 'name'], { client: counting });
  await runCli(['list', '--limit', '2', '--status', 'RUNNING'], { client: counting });
  await runCli(['list'], { client: counting });
  expect(asked).toEqual([{ limit: 2 }, {}, {}]);
  expect(limited.stdout).toBe('a\nc\n');
});
