import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLIC, NODE } from '../../helpers/clic-process.ts';
import { Bench } from './support/bench.ts';
import { sendReport } from './support/executor-report.ts';
import { waitFor } from './support/plans.ts';

const LIMIT = { timeout: 60_000 };
const SINK = 'operators:\n  - { name: source }\n  - { name: sink, params: { outputPath: hdfs://nn/out } }\n';

describe("a stage's program", LIMIT, () => {
  it('is told who it is, where the master is, and where its files are', async () => {
    const bench = await Bench.start();
    const run =
      'printf "%s\\n" "$CLIC_STAGE_ID" "$CLIC_MASTER_HOST" "$CLIC_MASTER_PORT" "$CLIC_PLAN_DIR" "$CLIC_WORK_DIR" "$(pwd -P)" > told';
    const task = await bench.submit([{ name: 'a', run }]);
    expect(await task.ended()).toBe('COMPLETED');
    expect(task.lines('told')).toEqual([
      task.idOf('a'),
      '127.0.0.1',
      String(bench.master.port),
      bench.folder,
      task.folder,
      task.folder,
    ]);
  });

  it('can ask the master by clic, with nothing else configured', async () => {
    const bench = await Bench.start();
    const run = `'${NODE}' '${CLIC}' stage "$CLIC_STAGE_ID" -o json > self.json`;
    const task = await bench.submit([{ name: 'a', run }]);
    expect(await task.ended()).toBe('COMPLETED');
    const self: unknown = JSON.parse(readFileSync(path.join(task.folder, 'self.json'), 'utf8'));
    expect(self).toMatchObject({ stage: { id: task.idOf('a'), status: 'RUNNING' } });
  });

  it('gets the arguments of an executor only where it takes --dagPath', async () => {
    const bench = await Bench.start({ args: ['--max-retries', '0'] });
    const dag = bench.file('dag.yml', SINK);
    const print = bench.file('print.sh', 'out=$1; shift; printf "%s\\n" "$@" > "$out"\n');
    const task = await bench.submit([
      { name: 'line', run: `sh "$CLIC_PLAN_DIR/print.sh" line --dagPath=${dag}` },
      { name: 'words', run: '', command: ['sh', print, 'words', `--dagPath=${dag}`, 'last'] },
      { name: 'plain', run: 'sh "$CLIC_PLAN_DIR/print.sh" plain only' },
    ]);
    // They don't report that they have completed.
    expect(await task.ended()).toBe('FAILED');
    expect((await task.stage('plain')).status).toBe('COMPLETED');
    const added = (stage: string) => [
      `--stageId=${task.idOf(stage)}`,
      '--masterHost=127.0.0.1',
      `--masterPort=${bench.master.port}`,
    ];
    expect(task.lines('line')).toEqual([`--dagPath=${dag}`, ...added('line')]);
    expect(task.lines('words')).toEqual([`--dagPath=${dag}`, 'last', ...added('words')]);
    expect(task.lines('plain')).toEqual(['only']);
  });

  it("gets what it needs of the master's environment, and what --pass-env names, and no secret", async () => {
    const bench = await Bench.start({
      args: ['--pass-env', 'CLIC_TEST_PASSED', '--pass-env', 'CLIC_TEST_UNSET'],
      env: { ...process.env, LC_ALL: 'C', CLIC_TEST_SECRET: 'hush', CLIC_TEST_PASSED: 'two words' },
    });
    const task = await bench.submit([{ name: 'a', run: 'env > env.txt' }]);
    expect(await task.ended()).toBe('COMPLETED');
    const lines = task.lines('env.txt');
    expect(lines).toContain('CLIC_TEST_PASSED=two words');
    expect(lines).toContain(`PATH=${String(process.env['PATH'])}`);
    expect(lines).toContain('LC_ALL=C');
    expect(lines.join('\n')).not.toMatch(/hush|CLIC_TEST_SECRET|CLIC_TEST_UNSET/);
  });

  it('has a log of its own for each attempt', async () => {
    const bench = await Bench.start({ args: ['--max-retries', '1'] });
    const run = 'echo run >> runs; echo out; echo err >&2; [ "$(grep -c run runs)" = 2 ]';
    const task = await bench.submit([{ name: 'a', run }]);
    expect(await task.ended()).toBe('COMPLETED');
    for (const attempt of ['1', '2']) {
      const log = path.join(bench.stateDir, 'runs', task.name, task.idOf('a'), attempt, 'log');
      expect(readFileSync(log, 'utf8')).toBe('out\nerr\n');
    }
  });
});

describe("the path of a stage's result", LIMIT, () => {
  it('is that of its artifact, or the output path of its physical DAG, once it has completed', async () => {
    const bench = await Bench.start();
    const dag = bench.file('dag.yml', SINK);
    const task = await bench.submit([
      { name: 'relative', result: 'out/part.csv', run: `mkdir out; : > out/part.csv; ${waitFor('go')}` },
      { name: 'absolute', result: dag, run: ':' },
      { name: 'dag', run: `${waitFor('go')}; : --dagPath=${dag}` },
      { name: 'none', run: ':' },
    ]);
    const resultOf = (stage: string) => bench.client.resultPath(task.idOf(stage));
    await task.reaches({ relative: 'RUNNING', dag: 'RUNNING' });
    await sendReport(bench.master.port, 'sched-complete-1', task.idOf('dag'));
    expect(await resultOf('relative')).toBeNull();
    task.give('go');
    expect(await task.ended()).toBe('COMPLETED');
    expect(await resultOf('relative')).toBe(path.join(task.folder, 'out/part.csv'));
    expect(await resultOf('absolute')).toBe(dag);
    expect(await resultOf('dag')).toBe('hdfs://nn/out');
    expect(await resultOf('none')).toBeNull();
  });
});
