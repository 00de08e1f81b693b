import { describe, expect, test } from 'vitest';
import { legacyUsageOf } from '../../../src/cli/command.ts';
import { COMMANDS } from '../../../src/cli/commands/index.ts';
import { EXIT_CODES } from '../../../src/cli/exit-codes.ts';
import { OPTIONS, OPTION_NAMES } from '../../../src/config/options.ts';
import { runCli } from '../../helpers/run-cli.ts';
import { aStage, aTask, aTaskDetail } from '../../helpers/views.ts';

async function help(...argv: string[]): Promise<string> {
  const { exit, stdout, stderr, clients } = await runCli(argv);
  expect([exit, stderr, clients]).toEqual([0, '', []]);
  return stdout;
}

describe('the overview', () => {
  test('is the same for every way of asking', async () => {
    const text = await help();
    for (const argv of [['-help'], ['-h'], ['--help'], ['help'], ['help', '--help']]) {
      expect(await help(...argv)).toBe(text);
    }
  });

  test('lists every command, and the eleven forms of the Java shell', async () => {
    const text = await help();
    for (const { verb, describe } of COMMANDS) {
      expect(text).toMatch(new RegExp(`^ +clic ${verb}\\b.*`, 'm'));
      expect(text.replace(/\s+/g, ' ')).toContain(describe);
    }
    const forms = COMMANDS.flatMap(legacyUsageOf);
    expect(forms).toHaveLength(11);
    for (const usage of forms) expect(text).toContain(`  clic ${usage}\n`);
  });

  test('is no wider than the terminal', async () => {
    const { stdout } = await runCli(['help'], { tty: { columns: 60, rows: 24 } });
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60);
  });
});

describe.each(COMMANDS)('the help of $verb', (command) => {
  test('names its words and options, however it is asked for', async () => {
    const text = await help(command.verb, '--help');
    expect(await help(command.verb, '-h')).toBe(text);
    for (const { name } of command.positionals) expect(text).toContain(name);
    for (const name of Object.keys(command.options ?? {})) expect(text).toContain(`--${name}`);
    expect(text.includes('--output')).toBe(command.formats.length > 0 || command.verb === 'help');
  });
});

test.each(COMMANDS.flatMap(({ verb, legacy }) => (legacy === undefined ? [] : [[legacy, verb]])))(
  'the help of %s is that of %s',
  async (form, verb) => {
    expect(await help('help', form)).toBe(await help('help', verb));
  },
);

test('help exit-codes lists every status and every code', async () => {
  const { stdout } = await runCli(['help', 'exit-codes'], { tty: { columns: 300, rows: 24 } });
  for (const { exit, meaning, codes } of EXIT_CODES) {
    const row = stdout.split('\n').find((line) => line.startsWith(`| ${exit} `));
    expect(row).toContain(meaning);
    expect(row).toContain(codes.join(' '));
  }
  expect(EXIT_CODES.map(({ exit }) => exit)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 124, 130, 143]);
});

test('help config tells of every option, and of the command', async () => {
  const text = await help('help', 'config');
  for (const name of OPTION_NAMES) {
    const { flag, env, keys, help: meaning } = OPTIONS[name];
    const entry = text.slice(text.indexOf(`\n--${flag} <`)).split(/\n(?=\S)/)[1];
    for (const part of [env, keys.join(' or '), meaning]) expect(entry?.replace(/\s+/g, ' ')).toContain(part);
  }
  expect(text).toContain('  /data/conf/master-info.config\n');
  expect(text.replace(/\s+/g, ' ')).toContain('`clic config --help`');
});

test.each(['exit-codes', 'config'])('help %s is no wider than the terminal, or 80 columns', async (topic) => {
  const widest = (text: string) => Math.max(...text.split('\n').map((line) => line.length));
  expect(widest(await help('help', topic))).toBeLessThanOrEqual(80);
  const { stdout } = await runCli(['help', topic], { tty: { columns: 64, rows: 24 } });
  expect(widest(stdout)).toBeLessThanOrEqual(64);
});

test('the help of a command shows what --color takes', async () => {
  expect(await help('help', 'list')).toContain('[choices: "auto", "always", "never"]');
});

test('help json names every field that is printed', async () => {
  const text = await help('help', 'json');
  const client = {
    listTasks: () => Promise.resolve([aTask()]),
    task: () => Promise.resolve(aTaskDetail()),
    stage: () => Promise.resolve(aStage()),
    stagesOf: () => Promise.resolve([aStage()]),
    suspendStage: () => Promise.resolve(true),
  };
  const commands = [
    ['list'],
    ['task', 'x'],
    ['stages', 'x'],
    ['stage', 'x'],
    ['suspend', 'x'],
    ['config'],
    ['version'],
  ];
  const fields = new Set<string>();
  for (const argv of commands) {
    const { stdout } = await runCli([...argv, '-o', 'json'], { client });
    for (const [, field = ''] of stdout.matchAll(/^ *"(\w+)":/gm)) fields.add(field);
  }
  expect(fields.size).toBeGreaterThan(20);
  expect([...fields].filter((field) => !new RegExp(`\\b${field}\\b`).test(text))).toEqual([]);
});

test('a topic that is not there is a usage error with a suggestion', async () => {
  const { exit, stdout, stderr } = await runCli(['help', 'exit-code']);
  expect([exit, stdout]).toEqual([2, '']);
  expect(stderr).toBe(
    'clic: there is no help about "exit-code"; did you mean exit-codes?\nhint: `clic help` lists the commands\n',
  );
});
