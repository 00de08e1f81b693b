import { expect, test } from 'vitest';
import { Closers } from '../../src/master/closers.ts';

test('what was opened last is closed first, each once, and the next only when it is closed', async () => {
  const done: string[] = [];
  const closers = new Closers();
  for (const name of ['port', 'store', 'loop']) {
    closers.add(async () => {
      done.push(`${name} closes`);
      await Promise.resolve();
      done.push(`${name} is closed`);
    });
  }
  await closers.close();
  await closers.close();
  expect(done).toEqual(['loop', 'store', 'port'].flatMap((name) => [`${name} closes`, `${name} is closed`]));
});

test('what fails to close keeps nothing else open, and the first failure is told', async () => {
  const done: string[] = [];
  const closers = new Closers();
  closers.add(() => void done.push('port'));
  closers.add(() => Promise.reject(new Error('the store is stuck')));
  closers.add(() => {
    throw new Error('the loop is stuck');
  });
  await expect(closers.close()).rejects.toThrow('the loop is stuck');
  expect(done).toEqual(['port']);
});
