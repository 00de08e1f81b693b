import { describe, expect, it } from 'vitest';
import type { Plan, PlanStage } from '../../src/model/plan.ts';
import { lintText } from './lint-text.ts';

const NULL = { limit: null, delayMs: null, factor: null, maxDelayMs: null, maxDurationMs: null };

/** A plan of one task; what is given stands in `spec`, in its template and in the task. */
const text = (where: { spec?: string; template?: string; task?: string }): string => `spec:
  ${where.spec ?? 'entrypoint: main'}
  templates:
  - name: main
    dag: {tasks: [{name: a, template: x-template${where.task === undefined ? '' : `, ${where.task}`}}]}
  - name: x-template
    ${where.template ?? 'inputs: {}'}
    container: {image: busybox, command: [run]}
`;

async function planIn(where: Parameters<typeof text>[0]): Promise<Plan | null> {
  const { plan, diagnostics } = await lintText(text(where));
  expect(diagnostics).toEqual([]);
  return plan;
}
const stageIn = async (where: Parameters<typeof text>[0]): Promise<PlanStage | undefined> =>
  (await planIn(where))?.stages[0];

describe('how a stage is tried again', () => {
  it('is for the master to say where the plan does not', async () => {
    expect(await stageIn({})).toMatchObject({ retry: null, deadlineMs: null });
    expect(await stageIn({ template: 'retryStrategy: {}' })).toMatchObject({ retry: NULL });
  });

  it.each([
    ['limit: 3', { limit: 3 }],
    ['limit: "0"', { limit: 0 }],
    ['backoff: {duration: "10"}', { delayMs: 10_000 }],
    ['backoff: {duration: 10}', { delayMs: 10_000 }],
    ['backoff: {duration: 10s}', { delayMs: 10_000 }],
    ['backoff: {duration: 2m}', { delayMs: 120_000 }],
    ['backoff: {duration: 1h}', { delayMs: 3_600_000 }],
    ['backoff: {duration: 1h30m}', { delayMs: 5_400_000 }],
    ['backoff: {duration: 1.5s}', { delayMs: 1500 }],
    ['backoff: {duration: 500ms}', { delayMs: 500 }],
    ['backoff: {duration: 0}', { delayMs: 0 }],
    ['backoff: {factor: 2}', { factor: 2 }],
    ['backoff: {factor: "1.5"}', { factor: 1.5 }],
    ['backoff: {maxDuration: 1m}', { maxDurationMs: 60_000 }],
    ['backoff: {cap: 30s, maxDuration: 1m}', { maxDelayMs: 30_000, maxDurationMs: 60_000 }],
    [
      'limit: 2, backoff: {duration: 1s, factor: 2, maxDuration: 1m}',
      { limit: 2, delayMs: 1000, factor: 2, maxDurationMs: 60_000 },
    ],
  ])('is read from {%s}', async (strategy, expected) => {
    const stage = await stageIn({ template: `retryStrategy: {${strategy}}` });
    expect(stage?.retry).toEqual({ ...NULL, ...expected });
  });

  it.each([
    ['limit: -1', 8],
    ['limit: 1.5', 8],
    ['limit: many', 8],
    ['limit: 1000001', 8],
    ['limit: [1]', 8],
    ['backoff: 10', 10],
    ['backoff: {duration: 10 s}', 21],
    ['backoff: {duration: 10d}', 21],
    ['backoff: {duration: -1s}', 21],
    ['backoff: {duration: ".s"}', 21],
    ['backoff: {maxDuration: 999999h}', 24],
    ['backoff: {factor: 0}', 19],
    ['backoff: {factor: 1e3}', 19],
    ['backoff: {cap: soon}', 16],
  ])('can not be {%s}: that is an error at its place', async (strategy, column) => {
    const { plan, diagnostics } = await lintText(text({ template: `retryStrategy: {${strategy}}` }));
    expect(plan).toBeNull();
    expect(diagnostics).toMatchObject([
      { rule: 'wrong-type', severity: 'error', line: 7, column: column + 20 },
    ]);
  });

  it('is said by the task, else by its template, else by the whole plan', async () => {
    const spec = 'retryStrategy: {limit: 1}';
    const template = 'retryStrategy: {limit: 2}';
    const task = 'retryStrategy: {limit: 3}';
    const limitIn = async (where: Parameters<typeof text>[0]): Promise<unknown> =>
      (await stageIn(where))?.retry?.limit;
    expect(await limitIn({ spec, template, task })).toBe(3);
    expect(await limitIn({ spec, template })).toBe(2);
    expect(await limitIn({ spec })).toBe(1);
  });

  it.each(['retryPolicy: OnError', 'expression: "true"', 'affinity: {nodeAntiAffinity: {}}'])(
    'depends on nothing else: {%s} has no effect, which is told',
    async (key) => {
      const { plan, diagnostics } = await lintText(text({ template: `retryStrategy: {${key}}` }));
      expect(plan?.stages[0]?.retry).toEqual(NULL);
      expect(diagnostics).toMatchObject([{ rule: 'ignored-key', severity: 'warning', line: 7 }]);
    },
  );

  it('is not for the dag to say: there it has no effect, which is told', async () => {
    const plan = text({}).replace(
      'dag:',
      'retryStrategy: {limit: 1}\n    activeDeadlineSeconds: 1\n    dag:',
    );
    expect((await lintText(plan)).diagnostics).toMatchObject([
      { rule: 'ignored-key', severity: 'warning', hint: 'write it in "spec", for all templates' },
      { rule: 'ignored-key', severity: 'warning' },
    ]);
  });
});

describe('how many stages may run at once', () => {
  it('is the smaller of what spec and the template of the dag say', async () => {
    expect((await planIn({ spec: 'parallelism: 3' }))?.parallelism).toBe(3);
    const both = text({ spec: 'parallelism: 3' }).replace('dag:', 'parallelism: "2"\n    dag:');
    expect((await lintText(both)).plan?.parallelism).toBe(2);
  });

  it.each(['0', '-1', '1.5', 'many', '{a: 1}'])('can not be %s', async (parallelism) => {
    const { plan, diagnostics } = await lintText(text({ spec: `parallelism: ${parallelism}` }));
    expect(plan).toBeNull();
    expect(diagnostics).toMatchObject([{ rule: 'wrong-type', severity: 'error' }]);
  });
});

describe('how long a stage may run', () => {
  const activeDeadlineSeconds = (seconds: string): string => `activeDeadlineSeconds: ${seconds}`;

  it('is said by the task, else by its template', async () => {
    const template = activeDeadlineSeconds('60');
    expect(await stageIn({ template })).toMatchObject({ deadlineMs: 60_000 });
    const task = activeDeadlineSeconds('"5"');
    expect(await stageIn({ template, task })).toMatchObject({ deadlineMs: 5000 });
  });

  it('is another thing than how long the whole task may run, which spec says', async () => {
    const plan = await planIn({ spec: activeDeadlineSeconds('3600') });
    expect(plan).toMatchObject({ deadlineMs: 3_600_000, stages: [{ deadlineMs: null }] });
  });

  it.each(['0', '-1', '1.5', '10s', '315360001', '{a: 1}'])('can not be %s', async (seconds) => {
    for (const where of ['spec', 'template', 'task']) {
      const { plan, diagnostics } = await lintText(text({ [where]: activeDeadlineSeconds(seconds) }));
      expect(plan).toBeNull();
      expect(diagnostics).toMatchObject([{ rule: 'wrong-type', severity: 'error' }]);
    }
  });
});
