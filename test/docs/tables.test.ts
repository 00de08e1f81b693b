import { describe, expect, test } from 'vitest';
import { commandNamed, legacyUsageOf } from '../../src/cli/command.ts';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { EXIT_CODES } from '../../src/cli/exit-codes.ts';
import { masterFiles, standardFiles } from '../../src/config/locate.ts';
import { masterOptions } from '../../src/config/master-options.ts';
import { OPTIONS, OPTION_NAMES } from '../../src/config/options.ts';
import { COUNTERS, GAUGES, HISTOGRAMS } from '../../src/master/http/metrics-table.ts';
import { showValue, type ValueType } from '../../src/config/value-types.ts';
import { chineseOf, readMarkdown, tableOf, type MarkdownDocument } from './markdown.ts';

const NONE = '–';
const LEGACY_USAGE = COMMANDS.flatMap(legacyUsageOf);
const words = (cell: string): string[] => (cell === NONE ? [] : cell.split(/[\s,]+/).filter(Boolean));

describe.each(['English', 'Chinese'])('the manual in %s', (language) => {
  const isEnglish = language === 'English';
  const read = (file: string): MarkdownDocument => readMarkdown(isEnglish ? file : chineseOf(file));

  test('has the exit codes of the program', () => {
    const { rows } = tableOf(read('docs/output.md'), '0');
    const expected = EXIT_CODES.map(({ exit, codes }) => ({ exit: String(exit), codes }));
    expect(rows.map(([exit, , codes = '']) => ({ exit, codes: words(codes) }))).toEqual(expected);
    if (isEnglish) expect(rows.map((row) => row[1])).toEqual(EXIT_CODES.map(({ meaning }) => meaning));
  });

  test('has the options of the configuration, with their defaults', () => {
    const { rows } = tableOf(read('docs/configuration.md'), '--master-host');
    const shown = rows.map(([flag, env, keys = '', text = '', meaning], i) => {
      const { type, help } = OPTIONS[OPTION_NAMES[i] ?? 'color'];
      const value = text === NONE ? null : type.parse(text);
      return { flag, env, keys: words(keys), value, help: isEnglish ? meaning : help };
    });
    const expected = OPTION_NAMES.map((name) => {
      const { flag, env, keys, default: value, help } = OPTIONS[name];
      return { flag: `--${flag}`, env, keys, value, help };
    });
    expect(shown).toEqual(expected);
  });

  test('has the places of the configuration file, in their order', () => {
    const places = { cwd: '.', home: '~', dataDir: '/data', packageDir: '<the package>' };
    const list = `${standardFiles('$CLIC_HOME', places).join('\n')}\n`;
    expect(read('docs/configuration.md').blocks.filter(({ text }) => text === list)).toHaveLength(1);
  });

  test('has every command, each with all of its options and its one-dash form', () => {
    const rows = tableOf(read('README.md'), LEGACY_USAGE[0] ?? '').rows.map(
      ([form = '', usage = '', , options = '']) => ({
        form,
        verb: usage.split(' ')[0] ?? '',
        options: words(options).flatMap((word) => /--(?:no-)?([\w-]+)/.exec(word)?.[1] ?? []),
      }),
    );
    expect(rows.map(({ form }) => form).filter((form) => form !== NONE)).toEqual(LEGACY_USAGE);
    for (const { form, verb } of rows) {
      if (form !== NONE) expect(commandNamed(form.split(' ')[0] ?? '', COMMANDS)?.verb).toBe(verb);
      else expect(commandNamed(verb, COMMANDS)?.legacy).toBeUndefined();
    }
    for (const { verb, options = {} } of COMMANDS) {
      const told = rows.filter((row) => row.verb === verb).flatMap((row) => row.options);
      expect(new Set(told), verb).toEqual(new Set(Object.keys(options)));
    }
    expect(new Set(rows.map(({ verb }) => verb))).toEqual(new Set(COMMANDS.map(({ verb }) => verb)));
  });

  test('has the options of clic-master, with their defaults', () => {
    const specs = Object.values(masterOptions({ env: {}, home: '/nonexistent', processors: 1 }));
    const told = ['--host', '--max-log-bytes'].flatMap(
      (first) => tableOf(read('docs/master.md'), first).rows,
    );
    // These depend on the user and on the machine.
    const own = ['--state-dir', '--max-running'];
    const shown = told.map(([flag = '', env, key, value, meaning], i) => ({
      flag,
      env,
      keys: [key],
      value: own.includes(flag) ? null : value,
      help: isEnglish ? meaning : specs[i]?.help,
    }));
    const expected = specs.map(({ flag, env, keys, type, default: value, help }) => ({
      flag: `--${flag}`,
      env,
      keys,
      value: own.includes(`--${flag}`) ? null : showValue(type as ValueType<unknown>, value) || NONE,
      help,
    }));
    expect(shown).toEqual(expected);
  });

  test('has the metrics of clic-master, with their types and labels', () => {
    const { rows } = tableOf(read('docs/master.md'), 'clic_master_info');
    const shown = rows.map(([name, type, labels = '', help]) => [
      name,
      type,
      words(labels),
      isEnglish && help,
    ]);
    const expected = [
      ...Object.entries(GAUGES).map(([name, { labels, help }]) => [name, 'gauge', labels, help]),
      ...Object.entries(COUNTERS).map(([name, { labels, help }]) => [
        name,
        'counter',
        Object.keys(labels),
        help,
      ]),
      ...Object.entries(HISTOGRAMS).map(([name, { labels, help }]) => [
        name,
        'histogram',
        Object.keys(labels),
        help,
      ]),
    ].map(([name, type, labels, help]) => [name, type, labels, isEnglish && help]);
    expect(shown).toEqual(expected);
  });

  test('has the places of the file of clic-master, in their order', () => {
    const places = { home: '~', dataDir: '/data' };
    const list = `${masterFiles('$CLIC_HOME', places).join('\n')}\n`;
    expect(read('docs/master.md').blocks.filter(({ text }) => text === list)).toHaveLength(1);
  });
});
