import { execFile, spawn } from 'node:child_process';
import net, { type AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { MasterServer } from '../../src/rpc/server.ts';
import { CLIC, NODE, clic, clicEnv } from '../helpers/clic-process.ts';
import { handlersWithTasks, manyTasks } from '../helpers/master-handlers.ts';
import { startTestServer } from '../helpers/master-server.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const TASKS = 5_000;
let server: MasterServer;
beforeAll(async () => {
  server = await startTestServer(handlersWithTasks(manyTasks(TASKS)));
});
afterAll(() => server.close());

/** Runs a line of bash in which `clic` is ours. */
async function bash(script: string, cwd?: string): Promise<string> {
  const setup = `clic() { ${JSON.stringify(NODE)} ${JSON.stringify(CLIC)} "$@"; }\n`;
  const { stdout, stderr } = await promisify(execFile)('bash', ['-c', setup + script], {
    env: clicEnv({ port: server.port }),
    cwd,
  });
  expect(stderr).toBe('');
  return stdout;
}

describe('in a pipe', () => {
  test('a list that is larger than a pipe arrives whole', async () => {
    const { exitCode, stdout, stderr } = await clic(['list', '-o', 'json'], { port: server.port });
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout.length).toBeGreaterThan(10 * 64 * 1024);
    expect((JSON.parse(stdout) as { tasks: unknown[] }).tasks).toHaveLength(TASKS);
  });

  test('a table has no color and no cursor codes', async () => {
    const { stdout } = await clic(['-list_task'], { port: server.port });
    expect(stdout.split('\n')).toHaveLength(TASKS + 5);
    expect(stdout).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f]/);
  });

  test('a reader that stops early is no error', async () => {
    expect(await bash('clic -list_task | head -n 2; echo "${PIPESTATUS[0]}"')).toMatch(
      /^\+-.*\n\| plan_name .*\n0\n$/,
    );
  });

  test('a reader that never reads is no error either', async () => {
    expect(await bash('clic list -o jsonl | true; echo "${PIPESTATUS[0]}"')).toBe('0\n');
  });

  test('a full disk is one', async () => {
    expect(await bash('clic list 2>&1 >/dev/full; echo $?')).toMatch(
      /^clic: the output can't be written: ENOSPC.*\n1\n$/,
    );
  });

  test('closed streams do no harm', async () => {
    expect(await bash('clic task nope 2>&-; echo $?')).toBe('4\n');
  });
});

describe.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s', (name, status) => {
  test('ends a call that waits, at once and with its status', async () => {
    const silent = net.createServer();
    const asked = new Promise<void>((resolve) => {
      silent.on('connection', (socket) => socket.on('error', () => undefined).once('data', () => resolve()));
    });
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void silent.close());
    const { port } = silent.address() as AddressInfo;

    const child = spawn(NODE, [CLIC, 'list'], {
      env: clicEnv({ port }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    await asked;
    const begun = performance.now();
    child.kill(name);
    expect(await ended).toBe(status);
    expect(performance.now() - begun).toBeLessThan(2_000);
    expect(output).toBe('clic: interrupted\n');
  });
});

describe('an environment with little in it', () => {
  test('no home, no path', async () => {
    const child = promisify(execFile)(NODE, [CLIC, '-version'], { env: {} });
    expect((await child).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('a working directory that was deleted', async () => {
    expect(
      await bash('mkdir gone && cd gone && rmdir ../gone && clic -list_task | wc -l', temporaryFolder()),
    ).toBe(`${TASKS + 4}\n`);
  });
});

describe('completion in bash', () => {
  const complete = (words: string) =>
    bash(`source <(clic completion bash)
compopt() { printf 'compopt %s %s\\n' "$@"; }
COMP_WORDS=(clic ${words})
COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
_clic_completions
[ \${#COMPREPLY[@]} = 0 ] || printf '%s\\n' "\${COMPREPLY[@]}"`);

  test('completes verbs and options', async () => {
    expect(await complete('sus')).toBe('suspend\n');
    expect(await complete('-susp')).toBe('-suspend_stage\n');
    expect(await complete('list --lim')).toBe('--limit\n');
  });

  test('completes names from the master', async () => {
    expect(await complete('task task00123')).toBe(
      Array.from({ length: 10 }, (_, i) => `task00123${9 - i}-abcdefgh\n`).join(''),
    );
    expect(await complete('-stage_result task001234-')).toBe('task001234-abcdefgh-java-template-1\n');
  });

  test('lets bash complete files only where a path is wanted', async () => {
    expect(await complete('lint pl')).toBe('compopt -o default\n');
    expect(await complete('result x --output-file o')).toBe('compopt -o default\n');
    expect(await complete('task none')).toBe('');
    expect(await complete('lis x')).toBe('');
  });

  test('is registered for clic', async () => {
    expect(await bash('source <(clic completion bash); complete -p clic')).toBe(
      'complete -F _clic_completions clic\n',
    );
  });
});
