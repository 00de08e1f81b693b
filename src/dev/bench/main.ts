import { join } from 'node:path';
import { startBenchMaster, submitMany, untilCompleted } from './master.ts';
import { interleaved, median, peakMemory, type Program } from './measure.ts';
import { makeTasks, serveList } from './replies.ts';

const [root = '.'] = process.argv.slice(2);
const RUNS = 20;

const print = (what: string, measured: string, goal = ''): void => {
  process.stdout.write(`${what.padEnd(58)} ${measured.padStart(14)}  ${goal}\n`);
};
const node: Program = { name: 'node', args: ['-e', '0'] };
const clic = (name: string, port: number): Program => ({
  name,
  args: [join(root, 'bin/clic'), '-list_task'],
  env: { CLIC_MASTER_HOST: '127.0.0.1', CLIC_MASTER_PORT: String(port) },
});
const ratio = (times: Map<string, number>, name: string): number =>
  (times.get(name) ?? NaN) / (times.get('node') ?? NaN);

async function startUp(): Promise<void> {
  const master = await startBenchMaster(root, 'true');
  const times = await interleaved([node, clic('list', master.port)], RUNS);
  await master.close();
  print('node -e 0', `${(times.get('node') ?? NaN).toFixed(1)} ms`, 'the measure of this run');
  print(
    'clic -list_task, against a running master',
    `${ratio(times, 'list').toFixed(2)} x node`,
    'goal: at most 1.35',
  );
}

async function bigLists(): Promise<void> {
  const tenThousand = await serveList(makeTasks(10_000));
  const program = clic('list', tenThousand.port);
  const times = await interleaved([node, program], RUNS);
  print('clic -list_task, 10,000 tasks', `${ratio(times, 'list').toFixed(2)} x node`, 'goal: at most 4.5');
  print('  its memory', `${(await peakMemory(program)).toFixed(0)} MiB`, 'goal: under 130');
  tenThousand.close();

  // The size of the encoded list is proportional to the number of tasks.
  const perTask = tenThousand.bytes / 10_000;
  const [ten, twenty] = [
    await serveList(makeTasks(1e7 / perTask)),
    await serveList(makeTasks(2e7 / perTask)),
  ];
  const large = await interleaved([node, clic('10 MB', ten.port), clic('20 MB', twenty.port)], 5);
  const base = large.get('node') ?? NaN;
  const work = (name: string): number => (large.get(name) ?? NaN) - base;
  print(
    `a reply of ${(ten.bytes / 1e6).toFixed(1)} MB, listed`,
    `${ratio(large, '10 MB').toFixed(2)} x node`,
  );
  print(
    `a reply of ${(twenty.bytes / 1e6).toFixed(1)} MB, listed`,
    `${ratio(large, '20 MB').toFixed(2)} x node`,
  );
  print('  work for twice the bytes', `${(work('20 MB') / work('10 MB')).toFixed(2)} x`, 'linear: about 2');
  ten.close();
  twenty.close();
}

async function embeddedMaster(): Promise<void> {
  const quick = await startBenchMaster(root, 'true');
  const count = 300;
  const seconds = await submitMany(quick, count, 1);
  const rest = await untilCompleted(quick);
  print(
    'tasks of one stage (true), submitted one by one, completed',
    `${(count / (seconds + rest)).toFixed(0)} /s`,
  );
  await quick.close();

  // One stage runs and never ends: the rest only waits, and the master does nothing but take submissions.
  const busy = await startBenchMaster(root, 'sleep 600', ['--max-running', '1', '--stop-grace', '0']);
  print(
    'submissions acknowledged and stored, one client',
    `${(500 / (await submitMany(busy, 500, 1))).toFixed(0)} /s`,
  );
  print(
    'submissions acknowledged and stored, 32 clients',
    `${(500 / (await submitMany(busy, 500, 32))).toFixed(0)} /s`,
  );
  print(
    'listAllTask, 1,000 tasks',
    `${(await listLatency(busy)).toFixed(1)} ms`,
    'median of 20, client included',
  );
  await submitMany(busy, 9_000, 32);
  print('listAllTask, 10,000 tasks', `${(await listLatency(busy)).toFixed(1)} ms`);
  await busy.close();
}

async function listLatency(master: Awaited<ReturnType<typeof startBenchMaster>>): Promise<number> {
  const client = master.client();
  const times = [];
  for (let run = 0; run < RUNS; run += 1) {
    const begun = performance.now();
    await client.listTasks();
    times.push(performance.now() - begun);
  }
  client.close();
  return median(times);
}

void (async () => {
  await startUp();
  await bigLists();
  await embeddedMaster();
})();
