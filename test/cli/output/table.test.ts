import { describe, expect, test } from 'vitest';
import { drawSmallTable } from '../../../src/cli/output/small-table.ts';
import { renderTable, type Table } from '../../../src/cli/output/table.ts';

const draw = (table: Table): string => [...renderTable(table)].join('');

test('columns are as wide as what they hold, counted as a terminal shows it', () => {
  const table = draw({
    columns: ['name', 'n'],
    rows: [
      ['ab', '1'],
      ['任务一', '22'],
      ['한국', ''],
      ['ｆｕｌｌ', '3'],
      ['e\u0301te\u0301', '4'],
    ],
  });
  expect(table).toBe(
    [
      '+----------+----+',
      '| name     | n  |',
      '+----------+----+',
      '| ab       | 1  |',
      '| 任务一   | 22 |',
      '| 한국     |    |',
      '| ｆｕｌｌ | 3  |',
      '| e\u0301te\u0301      | 4  |',
      '+----------+----+',
      '',
    ].join('\n'),
  );
});

test('nothing is cut, however long', () => {
  const long = 'x'.repeat(5_000);
  expect(draw({ columns: ['c'], rows: [[long]] })).toContain(`| ${long} |\n`);
});

test('control characters of a master are shown, and do nothing', () => {
  const table = draw({
    columns: ['name'],
    rows: [['\u001b[2J\u001b]0;x\u0007'], ['a\nb\tc\r'], ['\u009b31m'], ['\u202egnp.exe'], ['\u2028']],
  });
  expect(table).toBe(
    [
      '+---------------------+',
      '| name                |',
      '+---------------------+',
      '| \\x1b[2J\\x1b]0;x\\x07 |',
      '| a\\nb\\tc\\r           |',
      '| \\x9b31m             |',
      '| \\u202egnp.exe       |',
      '| \\u2028              |',
      '+---------------------+',
      '',
    ].join('\n'),
  );
});

describe('cli-table3 draws the same frame', () => {
  test.each<[string, Table]>([
    [
      'plain rows',
      {
        columns: ['a', 'longer'],
        rows: [
          ['1', '2'],
          ['much longer', ''],
        ],
      },
    ],
    [
      'wide characters',
      {
        columns: ['名', 'b'],
        rows: [
          ['任务一', 'ｆ'],
          ['日本語', '한국어'],
        ],
      },
    ],
    ['combining characters and emoji', { columns: ['a'], rows: [['e\u0301'], ['🚀 x'], ['ｶﾞ']] }],
    ['a single row', { columns: ['a'], rows: [['x']] }],
  ])('for %s', async (_, table) => {
    expect(await drawSmallTable(table)).toBe(draw(table));
  });
});

test('ten thousand rows take time in proportion to a thousand', () => {
  const rows = Array.from({ length: 10_000 }, (_, i) => [
    `task-${i}-abcdefgh`,
    '2026-11-23 06:24:07',
    '   -',
    `${i}`,
  ]);
  const columns = ['plan_name', 'submit_time', 'start_time', 'task_runtime'];
  const time = (count: number): number => {
    const started = performance.now();
    draw({ columns, rows: rows.slice(0, count) });
    return performance.now() - started;
  };
  time(1_000);
  const small = Math.min(...Array.from({ length: 5 }, () => time(1_000)));
  const large = Math.min(...Array.from({ length: 5 }, () => time(10_000)));
  // cli-table3 takes more than a hundred times as long for ten times the rows.
  expect(large).toBeLessThan(small * 40);
});
