import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_LIMITS } from '../../rpc/message-scanner.ts';
import { createMasterClient } from '../../rpc/connect.ts';
import type { MasterClient } from '../../model/master-client.ts';

export interface BenchMaster {
  readonly port: number;
  readonly plan: string;
  client(): MasterClient;
  close(): Promise<void>;
}

/** A clic-master of its own process, and a plan of one stage that runs `command`. */
export async function startBenchMaster(
  root: string,
  command: string,
  args: readonly string[] = [],
): Promise<BenchMaster> {
  const home = mkdtempSync(join(tmpdir(), 'clic-bench-'));
  const plan = join(home, 'plan.yaml');
  writeFileSync(plan, planOf(command));
  const child = spawn(
    process.execPath,
    [join(root, 'bin/clic-master'), '--port', '0', '--state-dir', join(home, 'state'), ...args],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const line = await new Promise<string>((resolve) =>
    child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString())),
  );
  const port = Number(/:(\d+)\s*$/.exec(line)?.[1]);
  return {
    port,
    plan,
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
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Submits `count` plans over `connections` clients at once; resolves to the seconds until the last was acknowledged. */
export async function submitMany(master: BenchMaster, count: number, connections: number): Promise<number> {
  const begun = performance.now();
  let left = count;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const client = master.client();
      while (left > 0) {
        left -= 1;
        await client.submitPlan('bench', master.plan);
      }
      client.close();
    }),
  );
  return (performance.now() - begun) / 1000;
}

/** Seconds until every task is COMPLETED. */
export async function untilCompleted(master: BenchMaster): Promise<number> {
  const begun = performance.now();
  const client = master.client();
  for (;;) {
    const tasks = await client.listTasks();
    if (tasks.every(({ status }) => status === 'COMPLETED')) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  client.close();
  return (performance.now() - begun) / 1000;
}

function planOf(command: string): string {
  return `spec:
  entrypoint: main
  templates:
    - name: main
      dag:
        tasks:
          - name: only
            template: shell-template
            arguments: { parameters: [{ name: command, value: ${JSON.stringify(command)} }] }
    - name: shell-template
      inputs: { parameters: [{ name: command }] }
      container: { image: none, command: [/bin/sh, -c], args: ['{{inputs.parameters.command}}'] }
`;
}
