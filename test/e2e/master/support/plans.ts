/** One stage of a plan: a line that a shell runs in the task's working directory. */
export interface StageLine {
  readonly name: string;
  readonly run: string;
  readonly after?: readonly string[];
  /** Where the stage says that its result is. */
  readonly result?: string;
  /** Runs this instead of a shell. */
  readonly command?: readonly string[];
}

/** The text of a plan; YAML takes JSON as it is. Every stage has a template of its own, `sh-<name>`. */
export function planText(stages: readonly StageLine[]): string {
  const tasks = stages.map(({ name, run, after = [] }) => ({
    name,
    template: `sh-${name}`,
    dependencies: after,
    arguments: { parameters: [{ name: 'line', value: run }] },
  }));
  const templates = stages.map(({ name, result, command }) => ({
    name: `sh-${name}`,
    inputs: { parameters: [{ name: 'line' }] },
    ...(result === undefined ? {} : { outputs: { artifacts: [{ name: 'result', path: result }] } }),
    container:
      command === undefined
        ? { image: 'none', command: ['/bin/sh', '-c'], args: ['{{inputs.parameters.line}}'] }
        : { image: 'none', command },
  }));
  return JSON.stringify({
    spec: { entrypoint: 'main', templates: [{ name: 'main', dag: { tasks } }, ...templates] },
  });
}

/** Shell: waits until the file is there, or the test has given up and removed its folder. */
export function waitFor(file: string): string {
  return `while [ ! -e ${file} ] && [ -d "$CLIC_WORK_DIR" ]; do sleep 0.02; done`;
}

/** Shell: does `work` between two lines in `log`, the first of which is written once for each run. */
export function logged(name: string, work = ':'): string {
  return `echo start ${name} >> log; ${work}; echo end ${name} >> log`;
}

/** Checks that each stage ran once, and began after all that it depends on had ended. */
export function orderProblems(stages: readonly StageLine[], log: readonly string[]): string[] {
  return stages.flatMap(({ name, after = [] }) => [
    ...['start', 'end']
      .map((what) => ({ what, times: log.filter((line) => line === `${what} ${name}`).length }))
      .filter(({ times }) => times !== 1)
      .map(({ what, times }) => `${what} of ${name}: ${times} times`),
    ...after
      .filter((parent) => log.indexOf(`end ${parent}`) > log.indexOf(`start ${name}`))
      .map((parent) => `${name} started before ${parent} had ended`),
  ]);
}
