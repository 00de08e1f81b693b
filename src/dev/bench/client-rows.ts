import { join } from 'node:path';
import { startBenchMaster, submitMany, untilCompleted, writePlans } from './bench-master.ts';
import { interleaved, peakMemory, type Figure, type Program } from './measure.ts';
import { makeTasks, serveList } from './replies.ts';

const RUNS = 20;
const NODE: Program = { name: 'node', args: ['-e', '0'] };

function clic(root: string, port: number, ...args: readonly string[]): Program {
  return {
    name: args.join(' '),
    args: [join(root, 'bin/clic'), ...args],
    env: { CLIC_MASTER_HOST: '127.0.0.1', CLIC_MASTER_PORT: String(port) },
  };
}

/** Short commands, as many times as long as Node takes to do nothing. */
export async function* startRow(root: string): AsyncGenerator<Figure> {
  const [listed, busy] = [
    await startBenchMaster(root),
    // The only slot is taken for good, so that submitted tasks cost nothing afterwards.
    await startBenchMaster(root, '--max-running', '1'),
  ];
  await submitMany(listed, writePlans(listed.folder, 5, 'one-stage', 'true'), 1);
  await untilCompleted(listed);
  await submitMany(busy, writePlans(busy.folder, 1, 'one-stage', 'sleep 600'), 1);
  const [plan = ''] = writePlans(busy.folder, 1, 'wordcount', 'true');
  const programs: readonly (readonly [string, Program, string])[] = [
    ['clic -list_task, 5 tasks', clic(root, listed.port, '-list_task'), 'goal: at most 1.5 x'],
    ['clic list, 5 tasks', clic(root, listed.port, 'list'), ''],
    ['clic submit, a plan of 5 stages', clic(root, busy.port, 'submit', 'bench', plan), ''],
  ];
  const times = await interleaved([NODE, ...programs.map(([, program]) => program)], RUNS);
  await Promise.all([listed.close(), busy.close()]);
  const base = times.get(NODE.name) ?? NaN;
  yield { what: `node -e 0, Node ${process.versions.node}`, measured: `${base.toFixed(1)} ms` };
  for (const [what, { name }, goal] of programs) {
    yield { what, measured: `${((times.get(name) ?? NaN) / base).toFixed(2)} x`, goal };
  }
}

/** A long list: what the client makes of an answer that is there at once. */
export async function* longListRow(root: string): AsyncGenerator<Figure> {
  const server = await serveList(makeTasks(10_000));
  const program = clic(root, server.port, '-list_task');
  const times = await interleaved([NODE, program], RUNS);
  const ratio = (times.get(program.name) ?? NaN) / (times.get(NODE.name) ?? NaN);
  yield {
    what: 'clic -list_task, 10,000 tasks, against node -e 0',
    measured: `${ratio.toFixed(2)} x`,
    goal: 'goal: at most 5 x',
  };
  const memory = await peakMemory(program);
  yield { what: 'its memory', measured: `${memory.toFixed(0)} MiB`, goal: 'goal: at most 80 MiB' };
  server.close();
}
