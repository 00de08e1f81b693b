import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Executor, StageExit, StageRun } from '../../../src/master/executor/executor.ts';

/** The attempt that a test runs unless it says otherwise. */
export const OWN = { stageId: 'wc-abcdefgh-sh-1', attempt: 1 };

/** Reports of its end. */
export const exited = (exitCode: number) => ({ ...OWN, kind: 'exited', exitCode, signal: null });
export const killed = (signal: string) => ({ ...OWN, kind: 'exited', exitCode: null, signal });

/** An attempt, OWN unless told otherwise. */
export function stageRun(command: readonly string[], fields: Partial<StageRun> = {}): StageRun {
  return {
    ...OWN,
    taskName: 'wc-abcdefgh',
    stageName: 'sh',
    image: null,
    command,
    entryWords: command.length,
    pod: null,
    env: {},
    planDir: '/data/plans',
    ...fields,
  };
}

/** An attempt that runs a shell script. */
export function shellRun(script: string, fields: Partial<StageRun> = {}): StageRun {
  return stageRun(['/bin/sh', '-c', script], fields);
}

/** Hears what an executor reports. */
export class Exits {
  readonly all: StageExit[] = [];
  readonly #executor: Executor;
  #heard: () => void = () => undefined;

  constructor(executor: Executor) {
    this.#executor = executor;
    executor.onExit((exit) => {
      this.all.push(exit);
      this.#heard();
    });
  }

  /** Starts an attempt, and answers the report of its end. */
  of(run: StageRun): Promise<StageExit> {
    this.#executor.start(run);
    return this.next(run);
  }

  /** The first report about an attempt, if need be one that is still to come. */
  async next(run: StageRun): Promise<StageExit> {
    for (;;) {
      const heard = new Promise<void>((resolve) => {
        const others = this.#heard;
        this.#heard = () => {
          others();
          resolve();
        };
      });
      const exit = this.all.find((one) => one.stageId === run.stageId && one.attempt === run.attempt);
      if (exit !== undefined) return exit;
      await heard;
    }
  }
}

/** Fifos by which a test and the programs of stages wait for each other. */
export class Gate {
  readonly path: string;

  constructor(dir: string, name: string) {
    this.path = join(dir, name);
    execFileSync('/usr/bin/mkfifo', [this.path]);
  }

  /** Until a program has written here and let go of it; answers what it wrote. */
  written(): Promise<string> {
    return readFile(this.path, 'utf8');
  }

  /** Lets a program go on that reads from here. Waits until it does. */
  open(): Promise<void> {
    return writeFile(this.path, 'go\n');
  }
}
