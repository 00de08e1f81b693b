import { expect, it } from 'vitest';
import { localStorage } from '../../src/results/local.ts';
import type { Storage } from '../../src/results/storage.ts';
import { partsBelow } from '../../src/results/walk.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { failureOf } from './read.ts';

/** A storage without an end: each directory holds as many directories as asked for, and a file. */
function endless(width: number): Storage {
  return {
    look: (path, limit) => {
      const names = Array.from({ length: Math.min(width, limit + 1) }, (_, i) => `d=${i}`);
      const entries = [...names.map((name) => ({ name, isFile: false })), { name: 'a', isFile: true }];
      return Promise.resolve({
        identity: path,
        entries: entries.map((entry) => ({ ...entry, path: `${path}/${entry.name}` })),
      });
    },
    read: () => {
      throw new Error('nothing is read to find out what there is');
    },
  };
}

async function walked(storage: Storage): Promise<number> {
  let count = 0;
  for await (const { path } of partsBelow(storage, '/out')) count += path.length > 0 ? 1 : 0;
  return count;
}

it('a result of more entries than the bound is refused, and so is one directory of as many', async () => {
  const refusal = {
    code: 'RESULT_UNREADABLE',
    message: 'the result /out is more than clic reads: it has more than 200,000 files and directories',
  };
  expect(await failureOf(walked(endless(20_000)))).toMatchObject(refusal);
  expect(await failureOf(walked(endless(10_000_000)))).toMatchObject(refusal);
});

it('a local directory is listed no further than the limit', async () => {
  const folder = temporaryFolder(Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`part-${i}`, ''])));
  const found = await localStorage(undefined).look(folder, 5);
  expect(found === 'file' ? 0 : found.entries.length).toBe(6);
});
