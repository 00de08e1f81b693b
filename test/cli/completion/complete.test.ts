import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../../src/cli/commands/index.ts';
import { UnreachableError } from '../../../src/model/errors.ts';
import type { MasterClient } from '../../../src/model/master-client.ts';
import { runCli } from '../../helpers/run-cli.ts';
import { aStage, aTask } from '../../helpers/views.ts';

const client: Partial<MasterClient> = {
  listTasks: () =>
    Promise.resolve([
      aTask({ name: 'old-aaaaaaaa', submitTime: '2026-01-01T00:00:00', status: 'COMPLETED' }),
      aTask({ name: 'new-bbbbbbbb', submitTime: '2026-02-01T00:00:00', status: 'RUNNING' }),
      aTask({ name: '$(reboot)', submitTime: '2026-03-01T00:00:00', status: 'RUNNING' }),
    ]),
  stageIds: (name) => Promise.resolve([`${name}-x-1`, `${name}-x-2`]),
  stagesOf: (name) =>
    Promise.resolve([
      aStage({ id: `${name}-x-1`, status: 'SUSPEND', statusSource: 'master' }),
      aStage({ id: `${name}-x-2`, status: 'WAITING', statusSource: 'master' }),
      aStage({ id: `${name}-x-3`, status: 'RUNNING', statusSource: 'master' }),
      aStage({ id: `${name}-x-4`, status: 'WAITING', statusSource: 'times' }),
      aStage({ id: `${name}-x-5`, status: 'COMPLETED', statusSource: 'times' }),
    ]),
};

async function complete(line: string, master: Partial<MasterClient> = client): Promise<string[]> {
  const { exit, stdout, stderr } = await runCli(['--get-yargs-completions', ...line.split(' ').slice(1)], {
    client: master,
  });
  expect([exit, stderr]).toEqual([0, '']);
  return stdout.split('\n').slice(0, -1);
}

describe('what is known without a master', () => {
  test('every verb', async () => {
    expect((await complete('clic ')).sort()).toEqual(COMMANDS.map(({ verb }) => verb).sort());
    expect(await complete('clic sta')).toEqual(['stages', 'stage']);
  });

  test('the one-dash forms', async () => {
    expect(await complete('clic -s')).toEqual(['-submit', '-stage', '-stage_result', '-suspend_stage']);
  });

  test('the options of a verb or of a one-dash form', async () => {
    expect(await complete('clic list --s')).toEqual(['--status']);
    expect(await complete('clic -stage_result x --l')).toEqual(['--lines']);
    // Beginnings that are the short form of an option, too.
    expect(await complete('clic list --o')).toEqual(['--output']);
    expect(await complete('clic list --he')).toEqual(['--help']);
    expect(await complete('clic list -o')).toEqual(['-o']);
    const all = await complete('clic result --');
    expect(all.filter((option) => /^--.$/.test(option))).toEqual([]);
    expect(all).toEqual(
      expect.arrayContaining(['--lines', '--all', '--output-file', '--output', '--master-host']),
    );
  });

  test('the formats', async () => {
    expect(await complete('clic list -o js')).toEqual(['json', 'jsonl']);
    expect(await complete('clic list --output ')).toEqual(['table', 'json', 'jsonl', 'yaml', 'csv', 'name']);
  });

  test('the value of an option after an equals sign, as zsh and as bash cut the words', async () => {
    expect(await complete('clic list --output=js')).toEqual(['--output=json', '--output=jsonl']);
    expect(await complete('clic list --output = js')).toEqual(['json', 'jsonl']);
    expect(await complete('clic list --output =')).toEqual(['table', 'json', 'jsonl', 'yaml', 'csv', 'name']);
    expect(await complete('clic --output=json task n')).toEqual(['new-bbbbbbbb']);
  });

  test('files are left to the shell, however many there are', async () => {
    for (const line of [
      'lint ',
      'lint a.yaml b.yaml ',
      'submit x p',
      'result x --output-file ',
      'list --config ',
    ]) {
      const words = line.split(' ');
      const asked = await runCli(['--get-yargs-completions', ...words], { client });
      expect(asked, line).toMatchObject({ exit: 1, stdout: '', stderr: '' });
    }
  });

  test('files are not proposed where names are wanted', async () => {
    for (const line of [
      'clic task none',
      'clic lis x',
      'clic --nothing ',
      'clic list -o x',
      'clic help none',
    ]) {
      expect(await complete(line), line).toEqual([]);
    }
  });

  test('the words for color', async () => {
    expect(await complete('clic list --color ')).toEqual(['auto', 'always', 'never']);
  });

  test('the statuses of --status, before the verb too the formats, and no path for a time', async () => {
    expect(await complete('clic list --status R')).toEqual(['RUNNING']);
    expect(await complete('clic -o j')).toEqual(['json', 'jsonl']);
    expect(await complete('clic --master-h')).toEqual(['--master-host']);
    expect(await complete('clic wait x --timeout ')).toEqual([]);
  });

  test('nothing after a name that is finished', async () => {
    expect(await complete('clic task new-bbbbbbbb ')).toEqual([]);
  });

  test('words of a closed list', async () => {
    expect(await complete('clic completion ')).toEqual(['bash', 'zsh']);
    expect(await complete('clic help e')).toEqual(['exit-codes']);
  });
});

describe('what the master is asked', () => {
  test('tasks, the latest first, and no name that a shell would run', async () => {
    expect(await complete('clic task ')).toEqual(['new-bbbbbbbb', 'old-aaaaaaaa']);
    expect(await complete('clic -task_stage o')).toEqual(['old-aaaaaaaa']);
  });

  test('stages, only of tasks that they can belong to', async () => {
    const asked: string[] = [];
    const stageIds = (name: string) => {
      asked.push(name);
      return Promise.resolve([`${name}-x-1`]);
    };
    expect(await complete('clic result old-aaaaaaaa-', { ...client, stageIds })).toEqual([
      'old-aaaaaaaa-x-1',
    ]);
    expect(asked).toEqual(['old-aaaaaaaa']);
  });

  test('suspended stages for continue, where the status is known', async () => {
    expect(await complete('clic continue new-')).toEqual(['new-bbbbbbbb-x-1', 'new-bbbbbbbb-x-4']);
  });

  test('waiting stages for suspend', async () => {
    expect(await complete('clic -suspend_stage new-')).toEqual(['new-bbbbbbbb-x-2', 'new-bbbbbbbb-x-4']);
  });

  test('stages by their names in the plan, where the master tells them', async () => {
    const stagesOf = () =>
      Promise.resolve([
        aStage({ id: 's-1', name: 'count', status: 'WAITING', statusSource: 'master' }),
        aStage({ id: 's-2', name: 'clean', status: 'RUNNING', statusSource: 'master' }),
        aStage({ id: 's-3', name: null }),
      ]);
    const master = { ...client, stagesOf };
    expect(await complete('clic stage new-bbbbbbbb/c', master)).toEqual([
      'new-bbbbbbbb/count',
      'new-bbbbbbbb/clean',
    ]);
    expect(await complete('clic suspend new-bbbbbbbb/', master)).toEqual(['new-bbbbbbbb/count']);
  });

  test('at the address that the line so far gives, and without patience', async () => {
    const { clients } = await runCli(['--get-yargs-completions', '--master-port', '1234', 'task', ''], {
      client,
    });
    expect(clients).toMatchObject([
      { port: 1234, connectTimeoutMs: 800, callTimeoutMs: 800, readRetries: 0 },
    ]);
  });

  test('nothing, where the word is one too many', async () => {
    expect(await complete('clic task x y')).toEqual([]);
  });
});

describe('what goes wrong is silent', () => {
  test('no master', async () => {
    const gone = { listTasks: () => Promise.reject(new UnreachableError('refused')) };
    expect(await complete('clic task w', gone)).toEqual([]);
  });

  test('a master that does not answer costs less than a second, and what it said counts', async () => {
    const slow: Partial<MasterClient> = {
      ...client,
      stageIds: (name) =>
        name.startsWith('new') ? Promise.resolve([`${name}-x-1`]) : new Promise(() => undefined),
    };
    const started = performance.now();
    expect(await complete('clic stage n', slow)).toEqual(['new-bbbbbbbb-x-1']);
    expect(await complete('clic stage ', slow)).toEqual(['new-bbbbbbbb-x-1']);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  test('a configuration that is not valid', async () => {
    const { exit, stdout, stderr } = await runCli(['--get-yargs-completions', 'task', ''], {
      env: { CLIC_MASTER_PORT: 'x' },
    });
    expect(exit).toBe(0);
    expect(stdout).not.toContain('bbbbbbbb');
    expect(stderr).toBe('');
  });
});
