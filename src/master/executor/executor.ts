import type { PodSettings } from '../../model/pod.ts';

/** Where the programs of the stages reach the master. */
export interface MasterAddress {
  readonly host: string;
  readonly port: number;
}

/** Where the programs of the stages reach the master, for each purpose. */
export interface MasterAddresses {
  /** Where it serves its clients, which may be with TLS. */
  readonly clients: MasterAddress;
  /** Where it takes the reports of executors, which speak no TLS: the same address, unless clients are served with TLS. */
  readonly reports: MasterAddress;
}

/** One attempt to run a stage. */
export interface StageRun {
  readonly stageId: string;
  readonly taskName: string;
  /** The plan's own name of the stage. */
  readonly stageName: string;
  /** From 1. */
  readonly attempt: number;
  /** The image of its container, where the plan names one. */
  readonly image: string | null;
  /** The program and its arguments, complete. Empty only where the image's own entry point is run. */
  readonly command: readonly string[];
  /** How many of its words take the place of the image's entry point. */
  readonly entryWords: number;
  /** What the plan says of its pod. */
  readonly pod: PodSettings | null;
  /** What the plan and the master add to the program's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** The absolute folder of the plan's file. */
  readonly planDir: string;
  /** When it was launched, in milliseconds since 1970, where a master that has ended since did that: it may have run. */
  readonly launchedAt?: number;
}

/** How an attempt ended. */
export type StageExit = { readonly stageId: string; readonly attempt: number } & (
  | {
      readonly kind: 'exited';
      readonly exitCode: number | null;
      readonly signal: string | null;
      /** When it ended, in milliseconds since 1970, where that was noted and may be long ago; otherwise it is now. */
      readonly endedAt?: number;
      /** What else is known of why, such as `OOMKilled`. */
      readonly reason?: string;
    }
  /** It was started and vanished: how it ended is unknown. */
  | { readonly kind: 'lost'; readonly reason?: string }
  /** It was taken away from where it ran (its node was drained, or failed): by no fault of its own. */
  | { readonly kind: 'displaced'; readonly reason: string }
  | {
      readonly kind: 'failed-to-start';
      readonly reason: string;
      /** True where every further try would end the same way. */
      readonly isFinal: boolean;
    }
);

/** Where a declared result is. */
export interface OutputPlace {
  /** Absolute, or a URI. */
  readonly path: string;
  /** False where the master can't look. */
  readonly isVisible: boolean;
}

/** What an executor has to know of a stage to say whether it can run it. */
export type RunnableStage = Pick<StageRun, 'image' | 'command' | 'entryWords' | 'env' | 'pod'>;

/** Runs attempts of stages, somewhere. */
export interface Executor {
  /** True where what runs goes on when the master ends, so that the next one can take it up. */
  readonly survivesMaster: boolean;
  /** Why this stage of a plan can't be run here, for people; empty where it can. */
  objections(stage: RunnableStage): readonly string[];
  /**
   * Starts an attempt. Never runs the same (stageId, attempt) twice, even when asked again after a crash of the
   * master: then it follows the one that runs, or reports how it ended. Never throws: every outcome comes through onExit.
   */
  start(run: StageRun): void;
  /** Ends an attempt that runs; its exit is reported as usual. */
  stop(stageId: string, attempt: number): void;
  /** What a task left outside the store (working directories, logs) may go. */
  forget(taskName: string): Promise<void>;
  /** Removes what tasks that are gone have left. @param isKnown whether there is a task of this name */
  sweep(isKnown: (taskName: string) => boolean): Promise<void>;
  /** Where to report; set once, before the first start. Late or repeated reports are allowed. */
  onExit(listener: (exit: StageExit) => void): void;
  /** Where stages reach a master that listens at this address. */
  masterAddress(listening: MasterAddress): MasterAddress;
  /** Where a declared result of a task's stage is. @param output as the plan has it */
  locate(taskName: string, output: string): OutputPlace;
  /** Why an attempt that was started does not run yet, for people; null when it runs, or nothing is known. */
  waitsFor(stageId: string, attempt: number): string | null;
  /** Where an attempt's output is kept, for people; null where there is none. */
  logOf(taskName: string, stageId: string, attempt: number): string | null;
  /**
   * Stops everything that runs, and waits. What succeeds meanwhile is reported as usual, before this resolves; other ends
   * say nothing about a program that was stopped, and are not. Nothing is reported after.
   */
  close(): Promise<void>;
  /** Lets go of everything that runs, which goes on: an executor of the next master finds it. Nothing is reported any more. */
  leave(): Promise<void>;
}
