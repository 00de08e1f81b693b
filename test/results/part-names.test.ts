import { expect, it } from 'vitest';
import { isPartOfResult, naturalOrder } from '../../src/results/part-names.ts';

const sorted = (...names: string[]): string[] => naturalOrder(names, (name) => name);

it('markers and hidden files and directories are no parts, partitions by any column are', () => {
  const names = ['part-1', '_SUCCESS', '.part-1.crc', '_temporary', '.DS_Store', 'a_b', '_c0=1', '.c=1'];
  const parts = (isFile: boolean) => names.filter((name) => isPartOfResult({ name, isFile }));
  expect(parts(true)).toEqual(['part-1', 'a_b']);
  expect(parts(false)).toEqual(['part-1', 'a_b', '_c0=1']);
});

it('parts come by number, then by bytes', () => {
  const names = [
    'part-00000',
    'part-00002-c000.csv',
    'part-00002-c001.csv',
    'part-00010',
    'part-99999',
    'part-100000',
    'part-100001-x',
    'part-r-00000',
    '数据-2',
    '数据-10',
  ];
  expect(sorted(...[...names].reverse())).toEqual(names);
});

it('numbers that no double can tell apart are ordered too', () => {
  expect(sorted('9007199254740993', '9007199254740992', '09')).toEqual([
    '09',
    '9007199254740992',
    '9007199254740993',
  ]);
});

it('one name that begins another comes first', () => {
  expect(sorted('part-1-b', 'part-1', '1')).toEqual(['1', 'part-1', 'part-1-b']);
});
