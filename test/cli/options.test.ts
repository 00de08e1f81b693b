import { describe, expect, test } from 'vitest';
import { runCli } from '../helpers/run-cli.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { aStage, aTask, aTaskDetail } from '../helpers/views.ts';

const client = { listTasks: () => Promise.resolve([aTask()]), task: () => Promise.resolve(aTaskDetail()) };

describe('options', () => {
  test('may stand before the verb, after it, and before a one-dash form', async () => {
    for (const argv of [
      ['--master-port', '1234', '-o', 'name', 'task', 'x'],
      ['task', '--master-port=1234', 'x', '-o', 'name'],
      ['-o', 'name', '--master-port', '1234', '-task', 'x'],
      ['-task', 'x', '--output', 'name', '--master-port', '1234'],
    ]) {
      const result = await runCli(argv, { client });
      expect(result).toMatchObject({ exit: 0, stdout: 'wordcount-abcdefgh\n', clients: [{ port: 1234 }] });
    }
  });

  test('that are flags take the words that their variables take', async () => {
    const isTls = async (...argv: string[]) => (await runCli(argv, { client })).clients[0]?.tls !== null;
    for (const word of ['true', 'yes', '1', 'on', 'TRUE', 'On']) {
      expect(await isTls('list', `--tls=${word}`), word).toBe(true);
      expect(await isTls(`--no-tls=${word}`, 'list'), word).toBe(false);
    }
    for (const word of ['false', 'no', '0', 'off', 'FALSE']) {
      expect(await isTls(`--tls=${word}`, 'list'), word).toBe(false);
      expect(await isTls('list', `--no-tls=${word}`), word).toBe(true);
    }
  });

  test('of one command may stand before it, too', async () => {
    const listTasks = () => Promise.resolve([aTask({ name: 'a' }), aTask({ name: 'b' })]);
    const { stdout } = await runCli(['--limit', '1', '-o', 'name', 'list'], { client: { listTasks } });
    expect(stdout).toBe('b\n');
  });

  test('a short one may have its value attached, and flags before it', async () => {
    const stagesOf = () => Promise.resolve([aStage({ id: 's-1' })]);
    for (const argv of [
      ['stages', 'x', '-oname'],
      ['-oname', 'stages', 'x'],
      ['stages', 'x', '-o=NAME'],
      ['stages', 'x', '-woname'],
      ['-task_stage', 'x', '-wo', 'name'],
    ]) {
      expect(await runCli(argv, { client: { stagesOf } })).toMatchObject({ exit: 0, stdout: 's-1\n' });
    }
    expect((await runCli(['task', '-ojson'])).stderr).toMatch(/^\{"error":\{"code":"USAGE"/);
  });

  test('the last of several holds', async () => {
    const { stdout } = await runCli(['task', 'x', '-o', 'json', '-o', 'name'], { client });
    expect(stdout).toBe('wordcount-abcdefgh\n');
  });

  test('words that look like numbers stay what they are', async () => {
    const asked: string[] = [];
    const task = (name: string) => {
      asked.push(name);
      return Promise.resolve(aTaskDetail());
    };
    for (const name of ['007', '1e3', '0x10', '1.50']) await runCli(['task', name], { client: { task } });
    expect(asked).toEqual(['007', '1e3', '0x10', '1.50']);
  });

  test('all of the connection reach the client', async () => {
    const { clients, closed } = await runCli(
      [
        ...['list', '--master-host', '[::1]', '--connect-timeout', '1s', '--call-timeout', '500ms'],
        ...['--read-retries', '0', '--max-reply-bytes', '1MiB', '--max-string-bytes', '1KiB'],
        ...['--max-container-size', '10', '--max-depth', '3', '--tls', '--tls-server-name', 'master'],
      ],
      { client },
    );
    expect(clients).toEqual([
      {
        host: '::1',
        port: 7777,
        tls: { serverName: 'master' },
        connectTimeoutMs: 1_000,
        callTimeoutMs: 500,
        readRetries: 0,
        limits: { maxMessageBytes: 1_048_576, maxStringBytes: 1_024, maxContainerSize: 10, maxDepth: 3 },
      },
    ]);
    expect(closed).toBe(1);
  });

  test('a variable that is misspelt is told of, others are not', async () => {
    const env = {
      CLIC_MASTR_HOST: 'h',
      CLIC_STAGE_ID: 's-1',
      CLIC_MASTER_SERVICE_HOST: '10.0.0.1',
      CLIC_MASTER_PORT_7777_TCP: 'tcp://10.0.0.1:7777',
      CLIC_MASTER_MAX_STRING_BYTES: '1MiB',
      CLIC_MASTER_MAX_PLAN_BYTES: '1MiB',
      CLIC_DEBUG: '1',
    };
    const cwd = temporaryFolder({ '.env': 'CLIC_TLS=no\nCLIC_COLOUR=never\n' });
    const { exit, stderr } = await runCli(['list'], { client, env, cwd });
    expect(exit).toBe(0);
    expect(stderr).toBe(
      'CLIC_MASTR_HOST is not known, and ignored; did you mean CLIC_MASTER_HOST?\n' +
        `${cwd}/.env:2 (CLIC_COLOUR) is not known, and ignored; did you mean CLIC_COLOR?\n`,
    );
  });

  test('--no-tls goes before what is set elsewhere', async () => {
    const { clients } = await runCli(['list', '--no-tls'], { client, env: { CLIC_TLS: 'true' } });
    expect(clients).toMatchObject([{ tls: null }]);
  });

  test.each([
    [['--tls-ca', 'gone.pem'], "--tls-ca: /nonexistent-clic-test/gone.pem can't be read: ENOENT"],
    [['--tls-cert', 'x'], 'tlsCert is set and tlsKey is not: a client certificate needs both'],
    [['--tls-ca', import.meta.filename], 'options.test.ts is no certificate in PEM'],
  ])('TLS with %j is a configuration error', async (argv, message) => {
    const { exit, stderr, clients } = await runCli(['list', '--tls', ...argv], { client });
    expect([exit, clients]).toEqual([2, []]);
    expect(stderr).toContain(message);
  });
});
