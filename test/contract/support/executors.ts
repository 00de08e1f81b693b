import { readFile } from 'node:fs/promises';
import { onTestFinished } from 'vitest';
import type { Executor, StageRun } from '../../../src/master/executor/executor.ts';
import { ProcessExecutor } from '../../../src/master/executor/process.ts';
import { scratchDir } from './scratch.ts';
import { Exits } from './stages.ts';

/** An executor as the contract needs it. */
export interface TestedExecutor {
  readonly executor: Executor;
  /** What the program of an attempt has written to its stdout and stderr. */
  readonly output: (run: StageRun) => Promise<string>;
}

/** Each kind of executor, and how to open it over a state directory. A program that is stopped has 200 ms to end. */
export const EXECUTORS: Readonly<Record<string, (stateDir: string) => TestedExecutor>> = {
  process(stateDir) {
    const executor = new ProcessExecutor({ stateDir, masterEnv: process.env, graceMs: 200 });
    return {
      executor,
      output: (run) => readFile(executor.logOf(run.taskName, run.stageId, run.attempt), 'utf8'),
    };
  },
};

/** Makes executors that are closed when the test ends, over a new state directory unless one is given. */
export function opening(open: (stateDir: string) => TestedExecutor) {
  return async (stateDir?: string) => {
    const dir = stateDir ?? (await scratchDir());
    const { executor, output } = open(dir);
    onTestFinished(() => executor.close());
    return { executor, output, exits: new Exits(executor), dir };
  };
}
