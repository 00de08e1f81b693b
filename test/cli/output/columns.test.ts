import { expect, test } from 'vitest';
import { renderColumns, renderFields, type Column } from '../../../src/cli/output/columns.ts';
import { displayWidth, elided } from '../../../src/cli/output/display-width.ts';

const COLUMNS: Column[] = [
  { title: 'NAME', elide: 2 },
  { title: 'STATUS', color: (cell) => (cell === 'FAILED' ? 31 : null) },
  { title: 'WHY', elide: 1 },
];
const ROWS = [
  ['wordcount-abcdefgh', 'FAILED', 'its program ended with exit status 3'],
  ['单词计数', 'DONE', ''],
];
const draw = (width: number | null, color = false): string =>
  [...renderColumns(COLUMNS, ROWS, { width, color, now: 0 })].join('');

test('columns are aligned as a terminal shows them, without a frame, and nothing stands after the last cell', () => {
  expect(draw(null)).toBe(
    'NAME                STATUS  WHY\n' +
      'wordcount-abcdefgh  FAILED  its program ended with exit status 3\n' +
      '单词计数            DONE\n',
  );
});

test('on a terminal the reasons give up width first, in their middle, and names only then', () => {
  expect(draw(50)).toBe(
    'NAME                STATUS  WHY\n' +
      'wordcount-abcdefgh  FAILED  its program…t status 3\n' +
      '单词计数            DONE\n',
  );
  expect(draw(32)).toBe(
    'NAME            STATUS  WHY\n' + 'wordcou…cdefgh  FAILED  its …s 3\n' + '单词计数        DONE\n',
  );
});

test('no line is wider than the terminal, down to where nothing is legible', () => {
  for (let width = 26; width <= 80; width += 1) {
    for (const line of draw(width).trimEnd().split('\n'))
      expect(displayWidth(line)).toBeLessThanOrEqual(width);
  }
});

test('the color of a cell leaves the columns where they are', () => {
  expect(draw(null, true)).toBe(draw(null).replace('FAILED', '\x1b[31mFAILED\x1b[0m'));
});

test('a column without a cell is left out, and no row has no titles', () => {
  const plain = { width: null, color: false, now: 0 };
  expect([...renderColumns(COLUMNS, [['a', 'NEW', '']], plain)].join('')).toBe('NAME  STATUS\na     NEW\n');
  expect([...renderColumns(COLUMNS, [], plain)]).toEqual([]);
});

test('control characters of a master are shown, and do nothing', () => {
  const [, line] = renderColumns(COLUMNS, [['a\x1b[2J\n', 'x', '']], { width: null, color: true, now: 0 });
  expect(line).toBe('a\\x1b[2J\\n  x\n');
});

test('what is elided keeps both ends, wide characters whole and marks with their letters', () => {
  expect(elided('abcdefghij', 10)).toBe('abcdefghij');
  expect(elided('abcdefghij', 7)).toBe('abc…hij');
  expect(elided('一二三四五', 6)).toBe('一…五');
  expect(elided('e\u0301e\u0301e\u0301e\u0301', 3)).toBe('e\u0301…e\u0301');
  expect(elided('abc', 1)).toBe('…');
});

test('fields stand below each other, without those that have no value', () => {
  const fields = [
    ['Task', 'w'],
    ['Plan', ''],
    ['Submitted', 'now'],
  ] as const;
  expect([...renderFields(fields)].join('')).toBe('Task       w\nSubmitted  now\n');
});
