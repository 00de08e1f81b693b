import { expect, it } from 'vitest';
import { NotFoundError } from '../../src/model/errors.ts';
import type { CheckOptions, LoadedPlan } from '../../src/plan/check.ts';
import { PlanCache } from '../../src/plan/plan-cache.ts';
import { planOf, planWithTemplate } from './lint-text.ts';

const TEXT = planOf("- {name: a, template: sh-template, arguments: {parameters: [{value: 'echo 1'}]}}");
const WITH_DAG = planOf(
  '- {name: a, template: sh-template, arguments: {parameters: [{value: x --dagPath=dags/1.yml}]}}',
);
const dag = (outputPath: string): string => `operators: [{name: a, params: {outputPath: ${outputPath}}}]`;

/** Checks by one cache, with these physical DAGs. */
function checker(
  limits?: ConstructorParameters<typeof PlanCache>[0],
): (
  text: string,
  options?: CheckOptions & { file?: string; dags?: Record<string, string> },
) => Promise<LoadedPlan> {
  const cache = new PlanCache(limits);
  return (text, { file = '/plans/plan.yaml', dags = {}, ...options } = {}) =>
    cache.check(
      text,
      file,
      {
        readDag(path) {
          const found = dags[path];
          return found === undefined
            ? Promise.reject(new NotFoundError(`no ${path}`))
            : Promise.resolve(found);
        },
      },
      options,
    );
}
const outputOf = ({ plan }: LoadedPlan): unknown => plan?.stages[0]?.outputPath;

it('gives the same plan for the same content', async () => {
  const check = checker();
  const { plan, diagnostics } = await check(TEXT);
  expect(plan).not.toBeNull();
  const again = await check(TEXT);
  expect(again.plan).toBe(plan);
  expect(again.diagnostics).toEqual(diagnostics);
});

it('checks a plan again when its text has changed', async () => {
  const check = checker();
  await check(TEXT);
  const { plan } = await check(TEXT.replace('echo 1', 'echo 2'));
  expect(plan?.stages[0]?.command.join(' ')).toContain('echo 2');
});

it('looks at the physical DAGs each time, and checks the plan again when one has changed', async () => {
  const check = checker();
  const first = await check(WITH_DAG, { dags: { '/plans/dags/1.yml': dag('/one') } });
  expect(outputOf(first)).toBe('/one');
  expect((await check(WITH_DAG, { dags: { '/plans/dags/1.yml': dag('/one') } })).plan).toBe(first.plan);
  expect(outputOf(await check(WITH_DAG, { dags: { '/plans/dags/1.yml': dag('/two') } }))).toBe('/two');
});

it('finds a physical DAG missing that was there before', async () => {
  const check = checker();
  await check(WITH_DAG, { dags: { '/plans/dags/1.yml': dag('/one') } });
  const { plan, diagnostics } = await check(WITH_DAG);
  expect(plan).toBeNull();
  expect(diagnostics.map(({ rule }) => rule)).toContain('missing-dag-file');
});

it('looks for the physical DAGs of the same text beside each file of it', async () => {
  const check = checker();
  const dags = { '/plans/dags/1.yml': dag('/one'), '/others/dags/1.yml': dag('/two') };
  expect(outputOf(await check(WITH_DAG, { dags }))).toBe('/one');
  expect(outputOf(await check(WITH_DAG, { dags, file: '/others/plan.yaml' }))).toBe('/two');
});

it('names the file that was asked for in findings', async () => {
  const check = checker();
  const text = `${TEXT}\nsped: 1\n`;
  await check(text);
  const { diagnostics } = await check(text, { file: '/plans/other.yaml' });
  expect(diagnostics).toMatchObject([{ rule: 'unknown-key', file: '/plans/other.yaml' }]);
});

it('checks the ids of stages for each name of a plan', async () => {
  const check = checker();
  expect((await check(TEXT, { planName: 'short' })).plan).not.toBeNull();
  const { diagnostics } = await check(TEXT, { planName: 'long'.repeat(16) });
  expect(diagnostics.map(({ rule }) => rule)).toContain('stage-id');
});

it('checks for the executor and the variables that are passed on', async () => {
  const text = planWithTemplate(`container:
  image: busybox
  command: [sh, -c, 'true']
  env: [{name: TOKEN, valueFrom: {secretKeyRef: {name: a, key: b}}}]`);
  const check = checker();
  const passed = await check(text, { executor: 'process', passedEnv: ['TOKEN'] });
  expect(passed.diagnostics).toEqual([]);
  const not = await check(text, { executor: 'process', passedEnv: [] });
  expect(not.diagnostics.map(({ rule }) => rule)).toContain('value-from');
  const kubernetes = await check(text, { executor: 'kubernetes', passedEnv: [] });
  expect(kubernetes.diagnostics).toEqual([]);
});

it('forgets the plan that was asked for the longest time ago', async () => {
  const check = checker({ plans: 2, characters: 1_000_000 });
  const [first, second] = [await check(`${TEXT}\n#1`), await check(`${TEXT}\n#2`)];
  expect((await check(`${TEXT}\n#1`)).plan).toBe(first.plan);
  await check(`${TEXT}\n#3`);
  expect((await check(`${TEXT}\n#1`)).plan).toBe(first.plan);
  expect((await check(`${TEXT}\n#2`)).plan).not.toBe(second.plan);
});

it('keeps no more than so much text, and no plan that is most of it', async () => {
  const check = checker({ plans: 64, characters: 40_000 });
  const long = (n: number): string => `${TEXT}\n#${String(n).repeat(8000)}`;
  const plans = [];
  for (let n = 1; n <= 5; n += 1) plans.push((await check(long(n))).plan);
  expect((await check(long(5))).plan).toBe(plans[4]);
  expect((await check(long(1))).plan).not.toBe(plans[0]);
  const huge = `${TEXT}\n#${'x'.repeat(30_000)}`;
  expect((await check(huge)).plan).not.toBe((await check(huge)).plan);
  expect((await check(long(5))).plan).toBe(plans[4]);
});
