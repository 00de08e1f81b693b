import path from 'node:path';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { createMasterClient } from '../../../src/rpc/connect.ts';
import { startMasterProcess } from '../../helpers/master-process.ts';
import { describeWith } from '../../helpers/needs.ts';
import { clientOptions } from '../../helpers/peer.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { hasOpenssl, makeAuthority, makeCertificate } from './support/certificates.ts';
import { sendReport } from './support/executor-report.ts';
import { planText, waitFor } from './support/plans.ts';

const PRINT = `printf '%s\\n' "$@" > told.new && mv told.new told; ${waitFor('go')}\n`;

describeWith(hasOpenssl() ? null : 'openssl', 'a master that serves its clients with TLS', () => {
  it(
    'takes the reports of executors, which speak none, at an address of their own',
    { timeout: 60_000 },
    async () => {
      const folder = temporaryFolder({ 'print.sh': PRINT, 'dag.yml': 'operators:\n  - { name: source }\n' });
      const authority = makeAuthority(folder, 'authority');
      const { cert, key } = makeCertificate(folder, 'server', authority);
      const master = await startMasterProcess({ args: ['--tls-cert', cert, '--tls-key', key] });
      onTestFinished(() => master.close());
      const tls = { ca: readFileSync(authority.cert, 'utf8') };
      const client = createMasterClient(clientOptions(master.port, { tls }));
      onTestFinished(() => client.close());

      const command = ['sh', path.join(folder, 'print.sh'), `--dagPath=${path.join(folder, 'dag.yml')}`];
      const plan = path.join(folder, 'plan.yaml');
      writeFileSync(plan, planText([{ name: 'a', run: '', command }]));
      await client.submitPlan('tls', plan);
      const [task] = await client.listTasks();
      const work = path.join(master.stateDir, 'work', task!.name);
      await expect.poll(() => existsSync(path.join(work, 'told')), { timeout: 20_000 }).toBe(true);

      const told = readFileSync(path.join(work, 'told'), 'utf8');
      expect(told).toContain('--masterHost=127.0.0.1\n');
      const port = Number(/--masterPort=(\d+)/.exec(told)?.[1]);
      expect(port).not.toBe(master.port);
      // Without TLS, nothing is answered but reports.
      const plain = createMasterClient(clientOptions(port));
      onTestFinished(() => plain.close());
      await expect(plain.listTasks()).rejects.toMatchObject({ code: 'PROTOCOL' });
      await sendReport(port, 'sched-complete-1', `${task!.name}-sh-a-1`);
      writeFileSync(path.join(work, 'go'), '');
      await expect
        .poll(async () => (await client.task(task!.name)).status, { timeout: 20_000 })
        .toBe('COMPLETED');
    },
  );
});
