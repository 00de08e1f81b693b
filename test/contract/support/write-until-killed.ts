// Writes tasks to the store in the folder argv[2], without end. Prints `+<task>` or `-<task>` as soon as it is told
// that the task was written or deleted.
import { openStore } from '../../../src/master/store/open.ts';
import { taskWithStages } from './records.ts';

async function main(): Promise<void> {
  const store = await openStore('level', process.argv[2] ?? '');
  for (let n = 0; ; n++) {
    const { task, stages } = taskWithStages(`task-${n}`, 3);
    await store.write({ tasks: [task], stages, deletedTasks: [] });
    process.stdout.write(`+task-${n}\n`);
    if (n % 3 === 2) {
      await store.write({ tasks: [], stages: [], deletedTasks: [`task-${n - 1}`] });
      process.stdout.write(`-task-${n - 1}\n`);
    }
  }
}

void main();
