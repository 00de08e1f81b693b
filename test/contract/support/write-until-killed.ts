// Writes tasks to the store in the folder argv[2], without end. Prints `+<task>` or `-<task>` as soon as it is told
// that the task was written or deleted.
import { openStore } from '../../../src/master/store/open.ts';
import { changes, submission } from './records.ts';

async function main(): Promise<void> {
  const store = await openStore('level', process.argv[2] ?? '');
  for (let n = 0; ; n++) {
    await store.write(submission(`task-${n}`, 3));
    process.stdout.write(`+task-${n}\n`);
    if (n % 3 === 2) {
      const gone = `task-${n - 1}`;
      await store.write(changes({ deletedTasks: [gone], deletedPlans: [`plan-of-${gone}`] }));
      process.stdout.write(`-${gone}\n`);
    }
  }
}

void main();
