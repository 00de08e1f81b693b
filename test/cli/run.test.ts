import { describe, expect, test } from 'vitest';
import { version } from '../../package.json';
import { ClosedPipeError, OutputError } from '../../src/cli/io.ts';
import {
  InterruptedError,
  NotFoundError,
  OutcomeUnknownError,
  ProtocolError,
  RefusedError,
  UnreachableError,
  type ClicError,
} from '../../src/model/errors.ts';
import { formatDiagnostic, PlanInvalidError, type Diagnostic } from '../../src/model/diagnostic.ts';
import { CapturedSink, runCli } from '../helpers/run-cli.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { aTask, aTaskDetail } from '../helpers/views.ts';

const client = { listTasks: () => Promise.resolve([aTask()]), task: () => Promise.resolve(aTaskDetail()) };

test.each([['-version'], ['--version'], ['-V'], ['version'], ['version', '-o', 'name']])(
  '%s prints the version of the package',
  async (...argv) => {
    expect(await runCli(argv)).toMatchObject({ exit: 0, stdout: `${version}\n`, stderr: '' });
  },
);

describe('a command line that is wrong', () => {
  test.each([
    [['lsit'], 'clic: "lsit" is not a command of clic; did you mean list?'],
    [
      ['-list_tasks'],
      'clic: "-list_tasks" is neither a command nor an option of clic; did you mean -list_task?',
    ],
    [['--nothing'], 'clic: "--nothing" is neither a command nor an option of clic'],
    [['--list'], 'clic: "--list" is neither a command nor an option of clic; did you mean list?'],
    [['-list'], 'clic: "-list" is neither a command nor an option of clic; did you mean list?'],
    [
      ['--list_task'],
      'clic: "--list_task" is neither a command nor an option of clic; did you mean -list_task?',
    ],
    [['list_task'], 'clic: "list_task" is not a command of clic; did you mean -list_task?'],
    [
      ['--submit', 'x', 'y'],
      'clic: "--submit" is neither a command nor an option of clic; did you mean -submit?',
    ],
    [['--limit', '1', 'task', 'x'], 'clic: --limit is not an option of clic task'],
    [['-o', 'json', '--config', 'x'], '"message":"no command is given, only options"'],
    [
      ['list', '--mastr-port', '1'],
      'clic: --mastr-port is not an option of clic list; did you mean --master-port?',
    ],
    [['list', '-x'], 'clic: -x is not an option of clic list'],
    [['version', '--no-wide'], 'clic: --no-wide is not an option of clic version'],
    [['list', '-o', 'xml'], 'clic: --output "xml" is not one of table, json, jsonl, yaml, csv, name'],
    [['list', '-oxml'], 'clic: --output "xml" is not one of table, json'],
    [['list', '-o'], 'clic: -o needs a value, one of table, json'],
    [['list', '--output='], 'clic: --output "" is not one of table'],
    [['list', '--limit'], 'clic: --limit needs a value'],
    [['list', '--limit', '--tls'], 'clic: --limit needs a value'],
    [['result', 'x', '--output-file'], 'clic: --output-file needs a value'],
    [['list', '--color=blue'], 'clic: --color "blue" is not one of auto, always, never'],
    [
      ['list', '--tls=maybe'],
      'clic: --tls: "maybe" is not valid: expected true or false (or yes, no, on, off, 1, 0)',
    ],
    [['--tls=', 'list'], 'clic: --tls: "" is not valid'],
    [['list', '--no-tls=maybe'], 'clic: --no-tls: "maybe" is not valid'],
    [['submit', 'y', 'ok.yaml', '--wait=soon'], 'clic: --wait: "soon" is not valid'],
    [['stages', 'x', '-w=soon'], 'clic: -w: "soon" is not valid'],
    [['list', 'x'], 'clic: "x" is one word too many: clic list'],
    [['task'], 'clic: <taskName> is missing: clic task <taskName>'],
    [['-task'], 'clic: <taskName> is missing: clic task <taskName>'],
    [['task', ''], 'clic: <taskName> is empty: clic task <taskName>'],
    [['task', 'a', 'b'], 'clic: "b" is one word too many: clic task <taskName>'],
    [['completion'], 'clic: <shell> is missing: clic completion <shell>'],
    [['completion', 'fish'], 'clic: there is no completion for "fish", only for bash and zsh'],
    [['list', '--master-port', '0'], 'clic: --master-port: "0" is not valid: expected a whole number'],
    [['list', '--config', 'gone'], 'clic: --config names /nonexistent-clic-test/gone, which does not exist'],
  ])('%j exits with 2, and sends nothing', async (argv, message) => {
    const { exit, stdout, stderr, clients } = await runCli(argv);
    expect([exit, stdout, clients]).toEqual([2, '', []]);
    expect(stderr).toContain(message);
    expect(stderr.split('\n').length).toBeLessThanOrEqual(3);
  });
});

describe('an error of the master', () => {
  const failing = (error: Error) => ({ listTasks: () => Promise.reject(error) });

  test.each<[ClicError, number]>([
    [new RefusedError('no', { hint: 'ask again' }), 1],
    [new NotFoundError('no', { hint: 'ask again' }), 4],
    [new UnreachableError('no', { hint: 'ask again' }), 6],
    [new ProtocolError('no', { hint: 'ask again' }), 6],
    [new OutcomeUnknownError('no', { hint: 'ask again' }), 7],
  ])('%s has its exit status, a message and a hint', async (error, exit) => {
    const plain = await runCli(['list'], { client: failing(error) });
    expect(plain).toMatchObject({ exit, stdout: '', stderr: 'clic: no\nhint: ask again\n', closed: 1 });
    const json = await runCli(['list', '-o', 'json'], { client: failing(error) });
    expect(json).toMatchObject({ exit, stdout: '' });
    expect(json.stderr).toBe(`{"error":{"code":"${error.code}","message":"no","hint":"ask again"}}\n`);
  });

  test('is JSON for -o jsonl, and where the configuration says so', async () => {
    const setup = { client: failing(new RefusedError('no')) };
    const expected = '{"error":{"code":"REFUSED","message":"no","hint":null}}\n';
    expect((await runCli(['list', '--output=jsonl'], setup)).stderr).toBe(expected);
    expect((await runCli(['list'], { ...setup, env: { CLIC_OUTPUT: 'json' } })).stderr).toBe(expected);
    const home = temporaryFolder({ '.clic/master-info.config': 'output=json\n' });
    expect((await runCli(['list'], { ...setup, places: { home } })).stderr).toBe(expected);
    expect((await runCli(['list', '-o', 'csv'], { ...setup, env: { CLIC_OUTPUT: 'json' } })).stderr).toBe(
      'clic: no\n',
    );
  });

  test('comes with the findings about a plan', async () => {
    const finding: Diagnostic = {
      severity: 'error',
      rule: 'cycle',
      message: 'a -> a',
      file: 'p',
      line: 1,
      column: 2,
    };
    const setup = { client: failing(new PlanInvalidError('p is not valid', [finding])) };
    expect((await runCli(['list'], setup)).stderr).toBe(
      `clic: p is not valid\n${formatDiagnostic(finding)}\n`,
    );
    expect(JSON.parse((await runCli(['list', '-o', 'json'], setup)).stderr)).toEqual({
      error: { code: 'PLAN_INVALID', message: 'p is not valid', hint: null, diagnostics: [finding] },
    });
  });

  test('can not drive the terminal', async () => {
    const { stderr } = await runCli(['list'], { client: failing(new RefusedError('a\u001b[2J\u009b1mb')) });
    expect(stderr).toBe('clic: a\\x1b[2J\\x9b1mb\n');
  });

  test('is red on a terminal, unless NO_COLOR is set', async () => {
    const setup = { client: failing(new RefusedError('no')), tty: { columns: 80, rows: 24 } };
    expect((await runCli(['list'], setup)).stderr).toBe('\u001b[31mclic:\u001b[0m no\n');
    expect((await runCli(['list'], { ...setup, env: { NO_COLOR: '1' } })).stderr).toBe('clic: no\n');
    for (const argv of [['--color=never'], ['--no-color'], ['--color', 'never']]) {
      expect((await runCli(['list', ...argv], setup)).stderr).toBe('clic: no\n');
    }
  });

  test('is red in a pipe only with --color', async () => {
    const setup = { client: failing(new RefusedError('no')) };
    expect((await runCli(['list'], setup)).stderr).toBe('clic: no\n');
    for (const argv of [['--color=always'], ['--color']]) {
      expect((await runCli(['list', ...argv], setup)).stderr).toBe('\u001b[31mclic:\u001b[0m no\n');
    }
  });

  test('that nobody foresaw is one line, with the trace only on demand', async () => {
    const setup = { client: failing(new TypeError('x is undefined')) };
    const { exit, stderr } = await runCli(['list'], setup);
    expect(exit).toBe(1);
    expect(stderr).toBe(
      'clic: internal error: x is undefined\nhint: set CLIC_DEBUG=1 to see where it happened\n',
    );
    const debug = await runCli(['list'], { ...setup, env: { CLIC_DEBUG: '1' } });
    expect(debug.stderr).toContain('run.test.ts');
  });

  test('has its code in a trace, where a built program has no names of classes, and so have its causes', async () => {
    const first = new RefusedError('the disk is full');
    const error = new RefusedError('no', { cause: new Error('odd', { cause: first }) });
    const { stderr } = await runCli(['list'], { client: failing(error), env: { CLIC_DEBUG: '1' } });
    expect(stderr.match(/^(?:caused by )?\w+: .*$/gm)).toEqual([
      'clic: no',
      'REFUSED: no',
      'caused by Error: odd',
      'caused by REFUSED: the disk is full',
    ]);
  });
});

describe('a reader that has gone', () => {
  const sink = (error: Error) => Object.assign(new CapturedSink(), { write: () => Promise.reject(error) });

  test('is no failure', async () => {
    const result = await runCli(['list'], { client, stdout: sink(new ClosedPipeError('EPIPE')) });
    expect(result).toMatchObject({ exit: 0, stderr: '', closed: 1 });
  });

  test('is another thing than a full disk', async () => {
    const result = await runCli(['list'], { client, stdout: sink(new OutputError('the disk is full')) });
    expect(result).toMatchObject({ exit: 1, stderr: 'clic: the disk is full\n' });
  });
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s leaves a command that waits at once', async (name, exit) => {
  const stop = new AbortController();
  const result = await runCli(['list'], {
    signal: stop.signal,
    client: {
      listTasks: () => {
        stop.abort(new InterruptedError(name, 'interrupted'));
        return new Promise(() => undefined);
      },
    },
  });
  expect(result).toMatchObject({ exit, stdout: '', stderr: 'clic: interrupted\n', closed: 1 });
});
