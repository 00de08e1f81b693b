import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TaskView } from '../../src/master/service/interfaces.ts';
import type { MasterServer } from '../../src/rpc/server.ts';
import { clic } from '../helpers/clic-process.ts';
import { manyTasks } from '../helpers/master-handlers.ts';
import { oneStageMaster, STAGE } from '../helpers/one-stage-master.ts';
import { startTestServer } from '../helpers/master-server.ts';
import { startProxy, type Proxy } from '../helpers/proxy.ts';

describe('clic, when the answer to a change does not come', () => {
  let server: MasterServer;
  let proxy: Proxy;
  let last: Buffer | undefined;
  let carriesOut: boolean;
  beforeEach(async () => {
    const onChange = () => {
      proxy.cut(last);
      return carriesOut;
    };
    server = await startTestServer(oneStageMaster({ onChange }));
    proxy = await startProxy(server.port);
  });
  afterEach(async () => {
    await proxy.close();
    await server.close();
  });

  it.each([
    ['its connection is lost', undefined],
    ['something else than the protocol comes', Buffer.alloc(32, 0x0b)],
  ])('ends with 7 when %s and it can not be told what became of it', async (_, bytes) => {
    last = bytes;
    carriesOut = false;
    for (const verb of ['suspend', 'continue']) {
      const { exitCode, stdout, stderr } = await clic([verb, STAGE], { port: proxy.port });
      expect({ exitCode, stdout }).toEqual({ exitCode: 7, stdout: '' });
      expect(stderr).toContain(`clic stage ${STAGE}`);
    }
  });

  it('confirms a suspension that the master shows', async () => {
    last = undefined;
    carriesOut = true;
    const { exitCode, stdout } = await clic(['suspend', STAGE], { port: proxy.port });
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `${STAGE} has been suspended!\n` });
  });

  it('does not take a task that someone else submitted for the one whose answer was lost', async () => {
    const tasks: TaskView[] = [];
    const submitters = await startTestServer({
      ...oneStageMaster({ onChange: () => false }),
      listTasks: () => tasks,
      submitPlan: () => {
        tasks.push(...manyTasks(1).map((task) => ({ ...task, name: 'wordcount-someones' })));
        cutter.cut();
        return new Promise(() => undefined);
      },
    });
    const cutter = await startProxy(submitters.port);
    try {
      const words = ['submit', 'wordcount', '/plan.yaml', '--no-lint', '-o', 'name'];
      const { exitCode, stdout, stderr } = await clic(words, { port: cutter.port });
      expect({ exitCode, stdout }).toEqual({ exitCode: 7, stdout: '' });
      expect(stderr).toContain('wordcount-someones may be yours');
    } finally {
      await cutter.close();
      await submitters.close(0);
    }
  });
});
