import type { PodSettings } from './pod.ts';

/** A plan that was read, checked and made free of references: what a master needs to run it. */
export interface Plan {
  /** In the order of the file, which numbers the stages. */
  readonly stages: readonly PlanStage[];
  /** How long the whole task may run, in milliseconds (maybe years); null: as long as it needs. */
  readonly deadlineMs: number | null;
  /** How many of its stages may run at once; null: as many as there is room for. */
  readonly parallelism: number | null;
}

/** How a stage that failed is tried again. Where a property is null, the master's setting holds. */
export interface RetryStrategy {
  /** Attempts after the first one. */
  readonly limit: number | null;
  /** Before the second attempt. */
  readonly delayMs: number | null;
  /** What each further delay is multiplied with; at least 1. */
  readonly factor: number | null;
  /** No delay is longer. */
  readonly maxDelayMs: number | null;
  /** No attempt begins later than so long after the first one, in milliseconds. */
  readonly maxDurationMs: number | null;
}

export interface PlanStage {
  /** The name of the DAG's task, unique within the plan. */
  readonly name: string;
  readonly template: string;
  readonly platform: string;
  /** Indexes into `Plan.stages`, ascending, without duplicates. The graph has no cycle. */
  readonly dependencies: readonly number[];
  readonly image: string | null;
  /** The program and its arguments, parameters substituted. Empty only where the image's own entry point is run. */
  readonly command: readonly string[];
  /** How many of its words take the place of the image's entry point; the others are arguments to that. */
  readonly entryWords: number;
  /** The container's literal `env`. */
  readonly env: Readonly<Record<string, string>>;
  /** Where the result will be: a path, absolute or relative to the stage's working directory, or a URI; null when the plan names none. */
  readonly outputPath: string | null;
  /** Every declared result that must be there once the stage has completed; each like `outputPath`, none twice. */
  readonly outputs: readonly string[];
  /** null where the plan leaves it to the master. */
  readonly retry: RetryStrategy | null;
  /** How long one attempt may run, in milliseconds (maybe years); null: as long as it needs. */
  readonly deadlineMs: number | null;
  /** null where the plan says nothing of its pod. */
  readonly pod: PodSettings | null;
}
