import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_LIMITS } from '../../rpc/limits.ts';
import { createMasterClient } from '../../rpc/connect.ts';
import type { MasterClient } from '../../model/master-client.ts';

/** A clic-master of its own process. */
export interface BenchMaster {
  readonly port: number;
  readonly pid: number;
  /** From its start to its readiness, in milliseconds. */
  readonly startedMs: number;
  /** Where plans may be written; goes with the master. */
  readonly folder: string;
  client(): MasterClient;
  close(): Promise<void>;
}

/** A new folder for a master; its state goes to `state` in it. */
export function benchFolder(): string {
  return mkdtempSync(join(tmpdir(), 'clic-bench-'));
}

export function startBenchMaster(root: string, ...options: readonly string[]): Promise<BenchMaster> {
  return startBenchMasterIn(benchFolder(), root, ...options);
}

/** A master over the state that is in the folder, which goes with it. */
export async function startBenchMasterIn(
  folder: string,
  root: string,
  ...options: readonly string[]
): Promise<BenchMaster> {
  const begun = performance.now();
  const args = [
    join(root, 'bin/clic-master'),
    '--port',
    '0',
    '--state-dir',
    join(folder, 'state'),
    '--log-level',
    'warn',
    ...options,
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const line = await Promise.race([
    new Promise<string>((resolve) => child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()))),
    ended.then((code) => Promise.reject(new Error(`clic-master ended with ${String(code)}`))),
  ]);
  const port = Number(/:(\d+)\s*$/.exec(line)?.[1]);
  return {
    port,
    pid: child.pid ?? 0,
    startedMs: performance.now() - begun,
    folder,
    client: () =>
      createMasterClient({
        host: '127.0.0.1',
        port,
        tls: null,
        connectTimeoutMs: 5_000,
        callTimeoutMs: 60_000,
        readRetries: 0,
        limits: DEFAULT_LIMITS,
      }),
    async close() {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Submits the plans over `connections` clients at once, until none is left or `limitMs` have passed. Resolves to how many
 * were acknowledged, and the seconds until the last was.
 */
export async function submitMany(
  master: BenchMaster,
  plans: readonly string[],
  connections: number,
  limitMs = Infinity,
): Promise<{ readonly count: number; readonly seconds: number }> {
  const clients = Array.from({ length: connections }, () => master.client());
  // Connected before the clock runs.
  await Promise.all(clients.map((client) => client.listTasks()));
  const begun = performance.now();
  const left = plans.values();
  let count = 0;
  await Promise.all(
    clients.map(async (client) => {
      while (performance.now() - begun < limitMs) {
        const { value: plan } = left.next();
        if (plan === undefined) break;
        await client.submitPlan('bench', plan);
        count += 1;
      }
    }),
  );
  const seconds = (performance.now() - begun) / 1000;
  clients.forEach((client) => client.close());
  return { count, seconds };
}

/** Seconds until every task is COMPLETED. */
export async function untilCompleted(master: BenchMaster): Promise<number> {
  const begun = performance.now();
  const client = master.client();
  for (;;) {
    const last = (await client.listTasks()).findLast(({ status }) => status !== 'COMPLETED');
    if (last === undefined) break;
    // Listing all of them again and again would be half of what the master does.
    while ((await client.task(last.name)).status !== 'COMPLETED')
      await new Promise((resolve) => setTimeout(resolve, 20));
  }
  client.close();
  return (performance.now() - begun) / 1000;
}

/** Writes so many plans whose stages all run `command`; no two have the same content. Answers their paths. */
export function writePlans(
  folder: string,
  count: number,
  shape: 'one-stage' | 'wordcount',
  command: string,
): string[] {
  const graph: Readonly<Record<string, readonly string[]>> =
    shape === 'one-stage'
      ? { only: [] }
      : {
          words: [],
          count: ['words'],
          longest: ['words'],
          letters: ['words'],
          report: ['count', 'longest', 'letters'],
        };
  return Array.from({ length: count }, (_, number) => {
    const path = join(folder, `${shape}-${number}.yaml`);
    writeFileSync(path, planText(graph, `${command} # ${number}`));
    return path;
  });
}

function planText(graph: Readonly<Record<string, readonly string[]>>, command: string): string {
  const tasks = Object.entries(graph).map(
    ([name, dependencies]) => `
          - name: ${name}
            template: shell-${name}
            dependencies: [${dependencies.join(', ')}]
            arguments: { parameters: [{ name: command, value: ${JSON.stringify(command)} }] }`,
  );
  const templates = Object.keys(graph).map(
    (name) => `
    - name: shell-${name}
      inputs: { parameters: [{ name: command }] }
      container:
        image: none
        command: [/bin/sh, -c]
        args: ['{{inputs.parameters.command}}']`,
  );
  return `spec:
  entrypoint: main
  templates:
    - name: main
      dag:
        tasks:${tasks.join('')}${templates.join('')}
`;
}
