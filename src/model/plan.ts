/** A plan that was read, checked and made free of references: what a master needs to run it. */
export interface Plan {
  /** In the order of the file, which numbers the stages. */
  readonly stages: readonly PlanStage[];
}

export interface PlanStage {
  /** The name of the DAG's task, unique within the plan. */
  readonly name: string;
  readonly template: string;
  readonly platform: string;
  /** Indexes into `Plan.stages`, ascending, without duplicates. The graph has no cycle. */
  readonly dependencies: readonly number[];
  readonly image: string | null;
  /** The program and its arguments, parameters substituted. Never empty. */
  readonly command: readonly string[];
  /** The container's literal `env`. */
  readonly env: Readonly<Record<string, string>>;
  /** Where the result will be: a path, absolute or relative to the stage's working directory, or a URI; null when the plan names none. */
  readonly outputPath: string | null;
}
