import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { expect, it } from 'vitest';
import { clic } from '../../helpers/clic-process.ts';
import { startMasterProcess } from '../../helpers/master-process.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { planText } from './support/plans.ts';

it('clic-master keeps to the limits that its flags and its environment set', async () => {
  const text = planText([{ name: 'a', run: 'true' }]);
  const folder = temporaryFolder({ 'small.yaml': text, 'large.yaml': `${text}\n${'#'.repeat(10_000)}\n` });
  const master = await startMasterProcess({
    args: ['--max-plan-bytes', '10000'],
    env: { ...process.env, CLIC_MASTER_IDLE_TIMEOUT: '200ms' },
  });
  try {
    const submit = (file: string) => clic(['submit', 'plan', path.join(folder, file)], { port: master.port });
    expect(await submit('small.yaml')).toMatchObject({ exitCode: 0 });
    const refused = await submit('large.yaml');
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain('has more than 10000 bytes');

    const idle = net.connect(master.port, '127.0.0.1');
    idle.resume();
    await once(idle, 'close');
  } finally {
    await master.close();
  }
});
