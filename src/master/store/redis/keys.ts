/*
 * What is in Redis, below a prefix, `clic:` by default:
 *
 * task:<task>       the Java master's JSON, with our TaskRecord in its field `clic`
 * stage:<stage id>  the Java master's JSON, with our StageState in its field `clic`, once the stage is not new any more
 * plan:<id>         PlanOutline
 * spec:<id>         a hash of StageSpec by index
 * tasks             a hash: what a task has that the Java master drops when it rewrites it, by the task's name
 * plans             a set of the ids of all plans
 * epoch             who may write: grows by one with each master that takes the state over
 * batch             the number of the latest batch that this master has written
 * staged            a batch that is too large for one message, on its way
 */
export class RedisKeys {
  readonly #prefix: string;
  readonly tasks: string;
  readonly plans: string;
  readonly epoch: string;
  readonly batch: string;
  readonly staged: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
    this.tasks = `${prefix}tasks`;
    this.plans = `${prefix}plans`;
    this.epoch = `${prefix}epoch`;
    this.batch = `${prefix}batch`;
    this.staged = `${prefix}staged`;
  }

  task(name: string): string {
    return `${this.#prefix}task:${name}`;
  }

  stage(id: string): string {
    return `${this.#prefix}stage:${id}`;
  }

  plan(id: string): string {
    return `${this.#prefix}plan:${id}`;
  }

  spec(id: string): string {
    return `${this.#prefix}spec:${id}`;
  }

  /** For SCAN: all keys of tasks. */
  get taskPattern(): string {
    return `${this.#prefix.replaceAll(/[*?[\]\\]/g, String.raw`\$&`)}task:*`;
  }
}
