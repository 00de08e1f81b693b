import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createMasterClient } from '../../../src/rpc/connect.ts';
import { startMasterProcess } from '../../helpers/master-process.ts';
import { describeWith, works } from '../../helpers/needs.ts';
import { clientOptions } from '../../helpers/peer.ts';
import { planText, waitFor } from './support/plans.ts';

/** Whether strace is here, and may look at a process that is not its child. */
const missing = works('strace', '-V') ? null : 'strace';

interface Tracer {
  /** What was seen of it, in order: the log of the database was synced, or bytes were sent over a connection. */
  seen(): ('synced' | 'sent')[];
  /** Lets go of the process, and resolves when all that was seen is written. */
  end(): Promise<void>;
}

/** Looks at the system calls of a process, all its threads included, from when it resolves. */
async function trace(pid: number, into: string): Promise<Tracer> {
  const calls = ['-e', 'trace=fdatasync,fsync,write,writev', '-e', 'signal=none'];
  const strace = spawn('strace', ['-f', '-yy', ...calls, '-o', into, '-p', String(pid)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise((resolve) => strace.once('close', resolve));
  onTestFinished(() => void strace.kill('SIGKILL'));
  let said = '';
  await new Promise<void>((resolve, reject) => {
    strace.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('attached')) resolve();
    });
    void ended.then(() => reject(new Error(`strace: ${said}`)));
  });
  return {
    async end() {
      strace.kill('SIGINT');
      await ended;
    },
    seen: () => {
      const unfinished = new Map<string, string>();
      return readFileSync(into, 'utf8')
        .split('\n')
        .flatMap((line): ('synced' | 'sent')[] => {
          const [, thread = '', call = ''] = /^(\d+) +(.*)/.exec(line) ?? [];
          if (call.endsWith('<unfinished ...>')) {
            unfinished.set(thread, call);
            // Bytes may have arrived before the call that sends them has returned.
            return isSent(call) ? ['sent'] : [];
          }
          if (call.startsWith('<...')) return isSynced(unfinished.get(thread) ?? '') ? ['synced'] : [];
          if (isSynced(call)) return ['synced'];
          return isSent(call) ? ['sent'] : [];
        });
    },
  };
}

const isSynced = (call: string): boolean => /^f(?:data)?sync\(\d+<[^>]*\.log>/.test(call);
// Sockets of other kinds lead to helpers, and to whoever reads the log.
const isSent = (call: string): boolean => /^writev?\(\d+<TCP/.test(call);

describeWith(missing, 'what a master acknowledges', () => {
  it('is synced to its disk before the answer is sent', { timeout: 60_000 }, async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'clic-durable-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    // The only slot is taken by the first stage, so that nothing but submissions is written after it.
    const master = await startMasterProcess({ args: ['--max-running', '1'] });
    onTestFinished(() => master.close());
    const plan = path.join(folder, 'plan.yaml');
    writeFileSync(plan, planText([{ name: 'only', run: waitFor('go') }]));
    const client = createMasterClient(clientOptions(master.port));
    onTestFinished(() => client.close());
    await client.submitPlan('first', plan);
    await expect.poll(async () => (await client.listTasks())[0]?.status).toBe('RUNNING');

    const tracer = await trace(master.child.pid ?? 0, path.join(folder, 'calls'));
    for (const name of ['second', 'third', 'fourth']) await client.submitPlan(name, plan);
    await tracer.end();
    expect(tracer.seen().join(' ')).toMatch(/^(?:(?:synced )+sent ?){3}$/);
  });
});
