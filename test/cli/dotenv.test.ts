import { chmodSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { runCli } from '../helpers/run-cli.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { aTask } from '../helpers/views.ts';

const client = { listTasks: () => Promise.resolve([aTask()]) };
const tty = { columns: 200, rows: 24 };
const folder = (mode = 0o755): string => {
  const cwd = temporaryFolder({ '.env': 'CLIC_MASTER_HOST=other\nCLIC_TLS=yes\nCLIC_OUTPUT=name\n' });
  chmodSync(cwd, mode);
  return cwd;
};
const OURS = [{ host: '127.0.0.1', tls: null }];

test('a .env that names another master is told of on a terminal, once', async () => {
  const cwd = folder();
  const { stderr, clients } = await runCli(['list'], { client, cwd, tty });
  expect(clients).toMatchObject([{ host: 'other' }]);
  expect(stderr).toBe(
    `clic: .env of ${cwd} sets CLIC_MASTER_HOST=other, CLIC_TLS=yes (CLIC_NO_DOTENV=1 leaves .env unread)\n`,
  );
});

test('a script that has its own .env is told nothing', async () => {
  expect(await runCli(['list'], { client, cwd: folder() })).toMatchObject({
    stderr: '',
    stdout: 'wordcount-abcdefgh\n',
    clients: [{ host: 'other' }],
  });
});

test('nothing is told where a flag or a variable names the master, or .env only says how to print', async () => {
  const argv = ['list', '--master-host', 'mine', '--no-tls'];
  expect((await runCli(argv, { client, cwd: folder(), tty })).stderr).toBe('');
  const cwd = temporaryFolder({ '.env': 'CLIC_OUTPUT=name\nCLIC_CALL_TIMEOUT=5s\n' });
  expect((await runCli(['list'], { client, cwd, tty })).stderr).toBe('');
});

test('CLIC_NO_DOTENV refuses .env wholly', async () => {
  const env = { CLIC_NO_DOTENV: '1' };
  const { stderr, stdout, clients } = await runCli(['list'], { client, cwd: folder(), env, tty });
  expect(clients).toMatchObject(OURS);
  expect(stderr).toBe('');
  expect(stdout).not.toBe('wordcount-abcdefgh\n');
  const no = await runCli(['list'], { client, cwd: folder(), env: { CLIC_NO_DOTENV: '0' } });
  expect(no.clients).toMatchObject([{ host: 'other' }]);
});

test('a .env that other users can change does not choose the master, and may say how to print', async () => {
  const cwd = folder(0o777);
  const expected = {
    stderr: `clic: .env of ${cwd} may not set CLIC_MASTER_HOST, CLIC_TLS, as other users can change that file\n`,
    stdout: 'wordcount-abcdefgh\n',
    clients: OURS,
  };
  expect(await runCli(['list'], { client, cwd })).toMatchObject(expected);
  chmodSync(cwd, 0o1777);
  expect((await runCli(['list'], { client, cwd })).clients).toMatchObject([{ host: 'other' }]);
  chmodSync(path.join(cwd, '.env'), 0o666);
  expect(await runCli(['list'], { client, cwd })).toMatchObject(expected);
});

test('a .env that names a configuration file is told of like one that names a master', async () => {
  const cwd = temporaryFolder({ '.env': 'CLIC_CONF=other.config\n', 'other.config': 'ip=other\n' });
  const { stderr, clients } = await runCli(['list'], { client, cwd, tty });
  expect(clients).toMatchObject([{ host: 'other' }]);
  expect(stderr).toContain(`.env of ${cwd} sets CLIC_CONF=other.config`);
});
