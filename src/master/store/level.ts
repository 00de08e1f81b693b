import type { BatchOperation } from 'classic-level';
import { errorMessage } from '../../model/errors.ts';
import type { StageRecord, TaskRecord } from '../scheduler/records.ts';
import { decodeStage, decodeTask } from './decode.ts';
import { FORMAT_KEY, openDatabase, SET_ASIDE, type Database } from './level-database.ts';
import { StoreCorruptError, type Changes, type Store } from './store.ts';

type Operation = BatchOperation<Database, string, string>;

const TASK_PREFIX = 'task:';
const STAGE_PREFIX = 'stage:';
const READ_AT_ONCE = 1000;

/**
 * LevelDB in `<stateDir>/store`: `task:<name>` and `stage:<id>` hold the records as JSON, `meta:format` the number of
 * this format. Every write is one synced batch.
 */
export class LevelStore implements Store {
  readonly #db: Database;
  readonly #stateDir: string;

  private constructor(db: Database, stateDir: string) {
    this.#db = db;
    this.#stateDir = stateDir;
  }

  /** @throws ConfigError when the directory can't be used, StoreCorruptError when something else is in it */
  static async open(stateDir: string): Promise<LevelStore> {
    return new LevelStore(await openDatabase(stateDir), stateDir);
  }

  async load(): Promise<{ tasks: TaskRecord[]; stages: StageRecord[] }> {
    const tasks: TaskRecord[] = [];
    const stages: StageRecord[] = [];
    const iterator = this.#db.iterator({ fillCache: false });
    try {
      for (;;) {
        const entries = await iterator.nextv(READ_AT_ONCE);
        if (entries.length === 0) break;
        for (const [key, value] of entries) {
          if (key.startsWith(TASK_PREFIX)) tasks.push(this.#task(key, value));
          else if (key.startsWith(STAGE_PREFIX)) stages.push(this.#stage(key, value));
          else if (key !== FORMAT_KEY) throw this.#corrupt(key, 'no clic-master writes such a key');
        }
      }
    } finally {
      await iterator.close();
    }
    this.#checkReferences(tasks, stages);
    return { tasks, stages };
  }

  async write(changes: Changes): Promise<void> {
    const operations: Operation[] = [];
    const keys = changes.deletedTasks.map((name) => TASK_PREFIX + name);
    const deleted = keys.length === 0 ? [] : await this.#db.getMany(keys);
    keys.forEach((key, i) => {
      const json = deleted[i];
      if (json === undefined) return;
      for (const id of this.#task(key, json).stageIds)
        operations.push({ type: 'del', key: STAGE_PREFIX + id });
      operations.push({ type: 'del', key });
    });
    for (const task of changes.tasks) operations.push(put(TASK_PREFIX + task.name, task));
    for (const stage of changes.stages) operations.push(put(STAGE_PREFIX + stage.id, stage));
    await this.#db.batch(operations, { sync: true });
  }

  close(): Promise<void> {
    return this.#db.close();
  }

  #task(key: string, json: string): TaskRecord {
    const task = this.#decode(key, json, decodeTask);
    if (key !== TASK_PREFIX + task.name) throw this.#corrupt(key, `it holds the task ${task.name}`);
    return task;
  }

  #stage(key: string, json: string): StageRecord {
    const stage = this.#decode(key, json, decodeStage);
    if (key !== STAGE_PREFIX + stage.id) throw this.#corrupt(key, `it holds the stage ${stage.id}`);
    return stage;
  }

  #decode<T>(key: string, json: string, decode: (json: string) => T): T {
    try {
      return decode(json);
    } catch (thrown) {
      throw this.#corrupt(key, errorMessage(thrown), thrown);
    }
  }

  /** A task and its stages are written and deleted together: where one is without the other, something was lost. */
  #checkReferences(tasks: readonly TaskRecord[], stages: readonly StageRecord[]): void {
    const missing = new Map(tasks.flatMap((task) => task.stageIds.map((id) => [id, task.name])));
    for (const stage of stages) {
      if (missing.get(stage.id) !== stage.taskName) {
        throw this.#corrupt(STAGE_PREFIX + stage.id, `its task ${stage.taskName} does not have it`);
      }
      missing.delete(stage.id);
    }
    for (const [id, taskName] of missing) {
      throw this.#corrupt(TASK_PREFIX + taskName, `its stage ${id} is not there`);
    }
  }

  #corrupt(key: string, problem: string, cause?: unknown): StoreCorruptError {
    return new StoreCorruptError(
      `the record ${JSON.stringify(key)} in the state directory ${this.#stateDir} is damaged: ${problem}`,
      { hint: SET_ASIDE, cause },
    );
  }
}

function put(key: string, record: TaskRecord | StageRecord): Operation {
  return { type: 'put', key, value: JSON.stringify(record) };
}
