import { expect, test } from 'vitest';
import { masterOptions } from '../../src/config/master-options.ts';
import { configNotes } from '../../src/master/config-notes.ts';

const TABLE = masterOptions({ env: {}, home: '/home/u', processors: 2 });

test('a misspelt key of the file is told with the nearest one, and its line', () => {
  const [key] = TABLE.port.keys;
  const unknown = [
    { key: `${key}x`, value: '1', line: 3 },
    { key: 'somethingElseAltogether', value: '1', line: 4 },
  ];
  expect(configNotes(TABLE, { file: '/c', unknown }, {})).toEqual([
    `/c:3: ${key}x is not known, and ignored; did you mean ${key}?`,
    '/c:4: somethingElseAltogether is not known, and ignored',
  ]);
});

test('a misspelt variable is told with the nearest one, and one of somebody else is not', () => {
  const env = {
    CLIC_MASTER_LISTEN_PROT: '1',
    CLIC_MASTER_LISTEN_PORT: '7777',
    CLIC_MASTER_SERVICE_HOST: '10.0.0.1',
    PATH: '/bin',
  };
  expect(configNotes(TABLE, { file: null, unknown: [] }, env)).toEqual([
    'CLIC_MASTER_LISTEN_PROT is not known, and ignored; did you mean CLIC_MASTER_LISTEN_PORT?',
  ]);
});
