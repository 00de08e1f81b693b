import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Bench } from './support/bench.ts';

it('the log that is named for a failure is that of the attempt that has failed', async () => {
  const bench = await Bench.start({ args: ['--max-retries', '1'] });
  const run = 'echo run >> runs; echo "this is run $(grep -c run runs)"; exit 3';
  const task = await bench.submit([{ name: 'only', run }]);
  expect(await task.ended()).toBe('FAILED');
  const { log } = await task.stage('only');
  expect(readFileSync(log ?? '', 'utf8')).toBe('this is run 2\n');
});
