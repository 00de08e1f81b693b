import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Bench } from './support/bench.ts';

it('the log of an attempt is as long as --max-log-bytes says, and keeps its beginning and its end', async () => {
  const bench = await Bench.start({ args: ['--max-retries', '0', '--max-log-bytes', '64KiB'] });
  const task = await bench.submit([{ name: 'only', run: 'echo first; seq 100000; echo last; exit 3' }]);
  expect(await task.ended()).toBe('FAILED');
  const { log } = await task.stage('only');
  // It gets its last form a moment after the stage has ended.
  await expect
    .poll(() => readFileSync(log ?? '', 'utf8'))
    .toMatch(/^first\n1\n[\s\S]*were left out here[\s\S]*\n100000\nlast\n$/);
  expect(readFileSync(log ?? '').length).toBeLessThan(70_000);
});
