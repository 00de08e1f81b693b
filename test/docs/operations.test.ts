import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { optionsOf } from '../../src/cli/command.ts';
import { readCommandLine } from '../../src/cli/command-line/read.ts';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { ROOT, readMarkdown } from './markdown.ts';

const [ENGLISH, CHINESE] = ['docs/operations.md', 'docs/operations.zh-CN.md'] as const;

const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

/** What a script of deploy/ says to --help. */
function usageOf(script: string): string {
  return execFileSync('bash', [path.join(ROOT, script), '--help'], { encoding: 'utf8' });
}

/** The scripts that an operator types, by their name: what is only sourced can't be executed. */
const SCRIPTS = new Map(
  ['', 'kubernetes', 'nfs', 'redis', 'images']
    .map((folder) => path.join('deploy', folder))
    .flatMap((folder) => readdirSync(path.join(ROOT, folder)).map((name) => path.join(folder, name)))
    .filter((file) => file.endsWith('.sh') && (statSync(path.join(ROOT, file)).mode & 0o111) !== 0)
    .map((file) => [path.basename(file), file] as const),
);

/** Words after a command up to the end of that command. */
const CALL = /(?<![\w-])([\w-]+\.sh)((?:[ \t]+[^\s|;<>&`、，；。]+)*)/g;

const deployFiles = readdirSync(path.join(ROOT, 'deploy'), { encoding: 'utf8', recursive: true })
  .filter((file) => !file.startsWith('test/'))
  .map((file) => path.join('deploy', file));

/** The names of what manifests and charts make, as the releases `hdfs` and `spark`, and of the first pod of each StatefulSet. */
const MADE = new Set(
  deployFiles.flatMap((file) => {
    const names = namesIn(file);
    return /kind: StatefulSet/.test(file.endsWith('.yaml') ? read(file) : '')
      ? names.flatMap((name) => [name, `${name}-0`])
      : names;
  }),
);

function namesIn(file: string): string[] {
  if (file.endsWith('values.table')) {
    return [...read(file).matchAll(/^\w+_SECRET \| [^|]* \| (\S+) \|/gm)].map(([, name = '']) => name);
  }
  if (!file.endsWith('.yaml')) return [];
  const text = read(file);
  const plain = [...text.matchAll(/^ {2}(?:name|serviceName): ([a-z][a-z0-9-]*)$/gm)];
  const ofChart = [
    ...text.matchAll(/name: \{\{ include "(\w+)\.fullname" [.$] \}\}-([a-z-]+)$/gm),
    ...[...text.matchAll(/printf "%s-([a-z-]+)" \(include "(\w+)\.fullname" \.\)/g)].map(
      ([all, role, chart]) => [all, chart, role],
    ),
  ];
  return [
    ...plain.map(([, name = '']) => name),
    ...ofChart.map(([, chart = '', role = '']) => `${chart}-${role}`),
  ];
}

describe.each([ENGLISH, CHINESE])('%s', (file) => {
  const document = readMarkdown(file);
  const code = [...document.blocks.map(({ text }) => text), ...document.inlineCode];

  test('has only links that lead somewhere', () => {
    const own = document.links.filter((link) => !/^[a-z]+:/.test(link));
    expect(own.length).toBeGreaterThan(5);
    for (const link of own) expect(existsSync(path.join(ROOT, 'docs', link)), link).toBe(true);
  });

  test('names only files of deploy/ that exist', () => {
    const named = code.flatMap((text) =>
      [...text.matchAll(/(?<![\w.-])deploy\/[\w./-]*[\w/]/g)].map(([found]) => found),
    );
    expect(new Set(named).size).toBeGreaterThan(8);
    for (const found of named) {
      // The operator makes this one.
      if (found !== 'deploy/clic.env') expect(existsSync(path.join(ROOT, found)), found).toBe(true);
    }
  });

  test('calls deploy.sh by the verbs, components and options of its usage', () => {
    const usage = usageOf('deploy/deploy.sh');
    const verbs = [...usage.matchAll(/^ {2}([a-z]+)(?: |$)/gm)].map(([, verb]) => verb);
    const components = /^Components: (.*) \(/m.exec(usage)?.[1]?.split(' ') ?? [];
    const calls = callsIn(code).filter(({ script }) => script === 'deploy.sh');
    const said = new Set(calls.map(({ words }) => words[0]));
    for (const verb of ['doctor', 'up', 'test', 'status', 'diff', 'render', 'down'])
      expect(said).toContain(verb);
    for (const { words } of calls) {
      const [verb, ...rest] = words.filter((word) => !word.startsWith('-'));
      if (verb === undefined) continue;
      expect(verbs).toContain(verb);
      if (verb === 'render') continue;
      for (const word of rest)
        if (word !== '[component…]') expect(components, `deploy.sh ${words.join(' ')}`).toContain(word);
    }
  });

  test('names only scripts that there are, and options that are in their usage', () => {
    const calls = callsIn(code).filter(({ script }) => script !== 'cli.sh' && script !== 'clic.sh');
    for (const script of SCRIPTS.keys()) expect(calls.map((call) => call.script)).toContain(script);
    for (const { script, words } of calls) {
      const found = SCRIPTS.get(script);
      if (found === undefined) throw new Error(`there is no ${script}`);
      const known = usageOf(found).match(/--[\w-]+/g) ?? [];
      for (const word of words) {
        if (word.startsWith('--'))
          expect(known, `${script} ${words.join(' ')}`).toContain(word.split('=')[0]);
      }
    }
  });

  test('names only values of the environment file', () => {
    const declared = [...read('deploy/clic.env.example').matchAll(/^#?([A-Z][A-Z0-9_]*)=/gm)].map(
      ([, name]) => name,
    );
    const named = [
      ...document.inlineCode.flatMap((text) => /^[A-Z]+(?:_[A-Z0-9]+)+$/.exec(text)?.[0] ?? []),
      ...document.blocks.flatMap(({ text }) =>
        [...text.matchAll(/^([A-Z][A-Z0-9_]*)=/gm)].map(([, name = '']) => name),
      ),
    ];
    expect(new Set(named).size).toBeGreaterThan(25);
    for (const name of named) expect(declared).toContain(name);
  });

  test('names only objects that a manifest or a chart makes', () => {
    const kinds = 'deployment|statefulset|service|svc|pod';
    const named = code.flatMap((text) => [
      ...[...text.matchAll(new RegExp(`(?<![\\w/-])(?:${kinds})/([a-z][a-z0-9-]*)`, 'g'))].map(
        ([, name = '']) => name,
      ),
      ...[
        ...text.matchAll(
          /(?<![\w./])((?:redis|hdfs|spark|pv|pvc|clic-master|clic-shell)-[a-z0-9-]*[a-z0-9])/g,
        ),
      ].map(([, name = '']) => name),
    ]);
    // Made by the reader, as the document says, or no objects at all.
    const own = [
      ...['hdfs-copy', 'hdfs-restore', 'hdfs-names', 'redis-before', 'redis-cli'],
      ...['spark-submit', 'spark-pi', 'spark-examples'],
    ];
    expect(new Set(named).size).toBeGreaterThan(10);
    expect([...new Set(named)].filter((name) => !MADE.has(name) && !own.includes(name))).toEqual([]);
  });

  test('has YAML that can be parsed, and no command line that clic does not understand', () => {
    const yaml = document.blocks.filter(({ language }) => language === 'yaml');
    expect(yaml.length).toBeGreaterThan(1);
    for (const { text } of yaml) expect(parse(text)).toBeTypeOf('object');
    const lines = code.flatMap((text) =>
      [...text.matchAll(/(?<![\w/.-])clic ((?:-[a-z_]|[a-z])[^|>;&)`\n]*)/g)].map(([, line = '']) =>
        line.trim(),
      ),
    );
    expect(lines.length).toBeGreaterThan(5);
    for (const line of lines) {
      const words = line.split(/\s+/);
      const { command } = readCommandLine(words, COMMANDS);
      if (command === null) throw new Error(`no command: clic ${line}`);
      const known = Object.entries(optionsOf(command)).flatMap(([name, { alias }]) => [
        `--${name}`,
        ...(alias === undefined ? [] : [`-${alias}`]),
      ]);
      known.push(command.legacy ?? '');
      for (const word of words) if (word.startsWith('-')) expect(known, `clic ${line}`).toContain(word);
    }
  });

  test('gives no password on a command line but where it quotes the old guide', () => {
    for (const { text } of document.blocks) {
      expect(text).not.toMatch(/redis-cli[^\n]* -a |--docker-password|--token[ =]|123456/);
    }
  });
});

test('both languages have the same parts, tables, values and code', () => {
  const [english, chinese] = [ENGLISH, CHINESE].map((file) => {
    const { headings, blocks, tables, inlineCode } = readMarkdown(file);
    return {
      headings: headings.map(({ level }) => level),
      blocks: blocks.map(({ language, text }) => ({ language, text })),
      tables: tables.map(({ rows }) => rows.map((row) => row.length)),
      values: [...new Set(inlineCode.filter((text) => /^[A-Z]+(?:_[A-Z0-9]+)+$/.test(text)))].sort(),
    };
  });
  expect(english?.headings.length).toBeGreaterThan(20);
  expect(chinese).toEqual(english);
});

function callsIn(code: readonly string[]): { script: string; words: string[] }[] {
  return code.flatMap((text) =>
    [...text.matchAll(CALL)].map(([, script = '', rest = '']) => ({
      script,
      words: rest.split(/\s+/).filter((word) => word !== ''),
    })),
  );
}
