// A master that is made to be killed: starts the stages of argv[3], JSON, over the state directory argv[2], prints
// `started`, and then the id of each stage that has ended. SIGTERM closes its executor, which gives programs an hour.
import { ProcessExecutor } from '../../../src/master/executor/process.ts';
import type { StageRun } from '../../../src/master/executor/executor.ts';

const [stateDir = '', runs = '[]'] = process.argv.slice(2);
const executor = new ProcessExecutor({ stateDir, masterEnv: process.env, graceMs: 3_600_000 });
executor.onExit((exit) => process.stdout.write(`${exit.stageId}\n`));
for (const run of JSON.parse(runs) as StageRun[]) executor.start(run);
process.once('SIGTERM', () => void executor.close());
process.stdout.write('started\n');
// An executor alone does not keep its process alive.
setInterval(() => undefined, 1_000_000);
