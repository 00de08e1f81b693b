import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ClicError, RefusedError } from '../../../src/model/errors.ts';
import { PlanLoader } from '../../../src/master/plans/plan-loader.ts';
import { planRecord } from '../../../src/master/state/submission.ts';
import { loadPlan } from '../../../src/plan/load.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { planOf } from '../../plan/lint-text.ts';

const TEXT = planOf("- {name: a, template: sh-template, arguments: {parameters: [{value: 'echo 1'}]}}");
const WITH_DAG = planOf(
  '- {name: a, template: sh-template, arguments: {parameters: [{value: x --dagPath=dag.yml}]}}',
);
const dag = (outputPath: string): string => `operators: [{name: a, params: {outputPath: ${outputPath}}}]`;
const OPTIONS = { executor: 'process', passedEnv: ['TOKEN'], maxBytes: 4 * 1024 * 1024 } as const;

/** A loader, and what it has warned of. */
function opened(timeoutMs = 60_000): { loader: PlanLoader; warnings: string[] } {
  const warnings: string[] = [];
  const loader = new PlanLoader(OPTIONS, { timeoutMs, onWarning: (message) => warnings.push(message) });
  onTestFinished(() => loader.close());
  return { loader, warnings };
}

/** The helpers of this process. */
function helpers(): number[] {
  return execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes('clic-plans') && !line.includes('<defunct>'))
    .map((line) => Number.parseInt(line, 10));
}

async function onlyHelper(): Promise<number> {
  await expect.poll(helpers).toHaveLength(1);
  return helpers()[0]!;
}

/** Lets helpers wait for good, and hold a thread, where they open a file in a folder of this name: no writer opens the pipe. */
function hangIn(name: string): void {
  const folder = temporaryFolder({
    'hang.cjs': `
      const files = require('node:fs/promises');
      const { open } = files;
      files.open = (path, flags) =>
        path.includes(${JSON.stringify(`/${name}/`)}) ? open(require('node:path').join(__dirname, 'pipe'), 'r') : open(path, flags);`,
    node: `#!/bin/sh\nexec '${process.execPath}' --require "$(dirname "$0")/hang.cjs" "$@"\n`,
  });
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  chmodSync(join(folder, 'node'), 0o755);
  const { execPath } = process;
  process.execPath = join(folder, 'node');
  onTestFinished(() => void (process.execPath = execPath));
}

describe('a plan that is read in the helper', () => {
  it('comes to what it comes to here, findings and refusals included', async () => {
    const { loader } = opened();
    const folder = temporaryFolder({
      'good.yaml': TEXT,
      'dag.yaml': WITH_DAG,
      'dag.yml': dag('/数据'),
      'warned.yaml': `${TEXT}\nsped: 1\n`,
      'cycle.yaml': planOf(
        '- {name: a, template: sh-template, dependencies: [b]}',
        '- {name: b, template: sh-template, dependencies: [a]}',
      ),
      'broken.yaml': 'spec: [\n',
      'latin1.yaml': Buffer.from([0xe9]),
      'folder.yaml/file': '',
    });
    for (const name of ['good', 'dag', 'warned', 'cycle', 'broken', 'latin1', 'folder', 'gone']) {
      const file = join(folder, `${name}.yaml`);
      const here = await loadPlan(file, { ...OPTIONS, planName: 'p' }).then(
        ({ plan, diagnostics }) => ({
          plan: plan && planRecord(plan),
          errors: diagnostics.filter(({ severity }) => severity === 'error'),
        }),
        (error: unknown) => error,
      );
      const there = await loader.load(file, 'p').catch((error: unknown) => error);
      if (here instanceof ClicError) {
        const { message, hint, code } = here;
        expect(there).toMatchObject({ message, hint, code });
        expect(there).toBeInstanceOf(here.constructor);
      } else expect(there).toEqual(here);
    }
  });

  it('gives the same record while it is the same, for each of its names', async () => {
    const { loader } = opened();
    const file = join(temporaryFolder({ 'plan.yaml': WITH_DAG, 'dag.yml': dag('/one') }), 'plan.yaml');
    const { plan } = await loader.load(file, 'p');
    expect((await loader.load(file, 'p')).plan).toBe(plan);
    expect((await loader.load(file, 'n'.repeat(50))).errors.map(({ rule }) => rule)).toEqual(['stage-id']);
    expect((await loader.load(file, 'p')).plan).toBe(plan);
    writeFileSync(join(file, '../dag.yml'), dag('/two'));
    expect((await loader.load(file, 'p')).plan?.specs[0]?.outputPath).toBe('/two');
    writeFileSync(file, 'spec: [');
    expect((await loader.load(file, 'p')).plan).toBeNull();
  });
});

describe('the helper', () => {
  it('that is killed in the middle is replaced, and who waited gets what was asked for', async () => {
    const { loader, warnings } = opened();
    const folder = temporaryFolder({ 'plan.yaml': TEXT });
    const { plan } = await loader.load(join(folder, 'plan.yaml'), 'p');
    const helper = await onlyHelper();
    process.kill(helper, 'SIGSTOP');
    const waiting = Array.from({ length: 40 }, (_, i) => {
      writeFileSync(join(folder, `${i}.yaml`), TEXT.replace('echo 1', `echo ${i}`));
      return loader.load(join(folder, `${i}.yaml`), 'p');
    });
    const same = loader.load(join(folder, 'plan.yaml'), 'p');
    // Once it has what it was sent, it is killed.
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    process.kill(helper, 'SIGKILL');
    const commands = (await Promise.all(waiting)).map((loaded) => loaded.plan?.specs[0]?.command.at(-1));
    expect(commands).toEqual(waiting.map((_, i) => `echo ${i}`));
    // What this process remembers is still good.
    expect((await same).plan).toBe(plan);
    expect(warnings).toEqual(['the helper that reads plans has ended: it is replaced']);
    expect(await onlyHelper()).not.toBe(helper);
  });

  it('that ends over a plan takes no other one along, and the plan is refused', async () => {
    hangIn('deadly');
    const { loader } = opened();
    const folder = temporaryFolder({ 'deadly/plan.yaml': TEXT, 'plan.yaml': TEXT });
    await loader.load(join(folder, 'plan.yaml'), 'p');
    const deadly = loader.load(join(folder, 'deadly/plan.yaml'), 'p').catch((error: unknown) => error);
    const first = await onlyHelper();
    process.kill(first, 'SIGKILL');
    const other = loader.load(join(folder, 'plan.yaml'), 'q');
    await expect.poll(helpers).not.toEqual([first]);
    process.kill(await onlyHelper(), 'SIGKILL');
    expect(await deadly).toBeInstanceOf(RefusedError);
    expect(String(await deadly)).toContain('deadly/plan.yaml" was not checked');
    expect((await other).plan).not.toBeNull();
  });

  it('that can not be started is told to who asks, and the next plan has another one', async () => {
    const { execPath } = process;
    onTestFinished(() => void (process.execPath = execPath));
    const { loader } = opened();
    const file = join(temporaryFolder({ 'plan.yaml': TEXT }), 'plan.yaml');
    process.execPath = join(temporaryFolder(), 'gone');
    await expect(loader.load(file, 'p')).rejects.toThrow(
      /^the helper that reads plans can't be started: .*ENOENT/,
    );
    process.execPath = execPath;
    expect((await loader.load(file, 'p')).plan).not.toBeNull();
  });

  it('ends with its loader, and who waits is refused', async () => {
    const { loader } = opened();
    const file = join(temporaryFolder({ 'plan.yaml': TEXT }), 'plan.yaml');
    await loader.load(file, 'p');
    const helper = await onlyHelper();
    process.kill(helper, 'SIGSTOP');
    const waiting = loader.load(file, 'p');
    loader.close();
    await expect(waiting).rejects.toThrow('the master is shutting down');
    await expect(loader.load(file, 'p')).rejects.toThrow('the master is shutting down');
    await expect.poll(helpers).toEqual([]);
  });
});

describe('a plan on a storage that hangs', () => {
  it('is refused in time, while others are read', async () => {
    hangIn('hung');
    const { loader, warnings } = opened(5_000);
    const folder = temporaryFolder({ 'hung/plan.yaml': TEXT, 'plan.yaml': TEXT });
    const hung = loader.load(join(folder, 'hung/plan.yaml'), 'p').catch((error: unknown) => error);
    let isRefused = false;
    void hung.then(() => void (isRefused = true));
    const names = Array.from({ length: 100 }, (_, i) => `p${i}`);
    const others = await Promise.all(names.map((name) => loader.load(join(folder, 'plan.yaml'), name)));
    expect(others.every(({ plan }) => plan !== null)).toBe(true);
    expect(isRefused).toBe(false);
    const helper = await onlyHelper();
    expect(await hung).toBeInstanceOf(RefusedError);
    expect(await hung).toMatchObject({
      hint: "see whether the master's machine can read the file, then submit it again",
    });
    const file = join(folder, 'hung/plan.yaml');
    expect(String(await hung)).toContain(`the plan "${file}" was not read and checked within 5 s`);
    expect(warnings).toEqual([expect.stringContaining('the helper that reads plans is killed and replaced')]);
    expect((await loader.load(join(folder, 'plan.yaml'), 'after')).plan).not.toBeNull();
    expect(await onlyHelper()).not.toBe(helper);
  });

  it('keeps others waiting no longer than it may itself, however many hang', async () => {
    hangIn('hung');
    const { loader } = opened(5_000);
    const folder = temporaryFolder({ 'hung/plan.yaml': TEXT, 'plan.yaml': TEXT });
    const names = Array.from({ length: 70 }, (_, i) => `p${i}`);
    const hung = names.map((name) =>
      loader.load(join(folder, 'hung/plan.yaml'), name).catch((error: unknown) => error),
    );
    for (const error of await Promise.all(hung)) expect(error).toBeInstanceOf(RefusedError);
    expect((await loader.load(join(folder, 'plan.yaml'), 'p')).plan).not.toBeNull();
  });
});
