import { availableParallelism } from 'node:os';
import { startBenchMaster, submitMany, untilCompleted, writePlans } from './bench-master.ts';
import type { Figure } from './measure.ts';

const PLANS = 5_000;
const SUBMITTING_MS = 3_000;
const COMPLETIONS = 500;
const MANY_SLOTS = 16;

const rate = ({ count, seconds }: { readonly count: number; readonly seconds: number }): string =>
  `${(count / seconds).toFixed(0)} /s`;

/** Plans that are checked, stored and acknowledged, by a master whose only slot is taken: their stages just wait. */
export async function* submitRow(root: string): AsyncGenerator<Figure> {
  for (const [clients, distinctGoal, sameGoal] of [
    [1, 800, 1_200],
    [32, 2_000, 5_000],
  ] as const) {
    const master = await startBenchMaster(root, '--max-running', '1');
    await submitMany(master, writePlans(master.folder, 1, 'one-stage', 'sleep 600'), 1);
    const plans = writePlans(master.folder, PLANS, 'wordcount', 'true');
    const by = `stored, ${clients} client${clients === 1 ? '' : 's'}`;
    yield {
      what: `plans of 5 stages, all different, ${by}`,
      measured: rate(await submitMany(master, plans, clients, SUBMITTING_MS)),
      goal: `goal: at least ${distinctGoal}`,
    };
    const same = plans.map(() => plans[0] ?? '');
    yield {
      what: `the same plan of 5 stages again and again, ${by}`,
      measured: rate(await submitMany(master, same, clients, SUBMITTING_MS)),
      goal: `goal: at least ${sameGoal}`,
    };
    await master.close();
  }
}

/** Tasks of one stage that only runs `true`, from the first submission to the last completion. */
export async function* completeRow(root: string): AsyncGenerator<Figure> {
  for (const slots of [availableParallelism(), MANY_SLOTS]) {
    const master = await startBenchMaster(root, '--max-running', String(slots));
    const plans = writePlans(master.folder, COMPLETIONS, 'one-stage', 'true');
    const { count, seconds } = await submitMany(master, plans, 8);
    const rest = await untilCompleted(master);
    yield {
      what: `tasks of one stage (true) completed, --max-running ${slots}`,
      measured: rate({ count, seconds: seconds + rest }),
      goal: 'goal: at least 250',
    };
    await master.close();
  }
}
