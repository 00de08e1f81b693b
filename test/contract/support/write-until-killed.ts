// Writes tasks to the store in the folder argv[2], without end. Prints `+<task>` or `-<task>` as soon as it is told
// that the task was written or deleted, `full` when it has to wait for room, and `room` when it goes on.
import { openStore } from '../../../src/master/store/open.ts';
import { changes, submission } from './records.ts';

async function main(): Promise<void> {
  const tell = (line: string): void => void process.stdout.write(`${line}\n`);
  const store = await openStore('level', process.argv[2] ?? '', {
    onWaiting: (problem) => tell(problem === null ? 'room' : 'full'),
  });
  for (let n = 0; ; n++) {
    await store.write(submission(`task-${n}`, 3));
    tell(`+task-${n}`);
    if (n % 3 === 2) {
      const gone = `task-${n - 1}`;
      await store.write(changes({ deletedTasks: [gone], deletedPlans: [`plan-of-${gone}`] }));
      tell(`-${gone}`);
    }
  }
}

void main();
