import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MasterClient } from '../../src/model/master-client.ts';
import { createMasterClient } from '../../src/rpc/connect.ts';
import { describeWith } from '../helpers/needs.ts';
import { startMasterProcess, type MasterProcess } from '../helpers/master-process.ts';
import { clientOptions } from '../helpers/peer.ts';
import { JavaPeer, PythonPeer, type PeerLanguage } from './peers.ts';

const PEERS: PeerLanguage[] = [new PythonPeer(), new JavaPeer()];

/** Two stages: the first one is an executor that the test plays, the second depends on it. */
const PLAN = (dag: string): string => `
spec:
  entrypoint: main
  templates:
    - name: main
      dag:
        tasks:
          - { name: a, template: peer-template, arguments: { parameters: [{ name: c, value: "while [ ! -e go ]; do sleep 0.05; done; : --dagPath=${dag}" }] } }
          - { name: b, template: peer-template, dependencies: [a], arguments: { parameters: [{ name: c, value: "true" }] } }
    - name: peer-template
      inputs: { parameters: [{ name: c }] }
      container: { image: none, command: [/bin/sh, -c], args: ['{{inputs.parameters.c}}'] }
`;

for (const peer of PEERS) {
  describeWith(peer.missing, `${peer.name}, with stubs generated from our IDL`, () => interoperates(peer));
}

function interoperates(peer: PeerLanguage): void {
  beforeAll(() => peer.prepare(), 120_000);
  afterAll(() => peer.close());

  describe('as the client of our master', () => {
    let master: MasterProcess;
    let folder: string;
    let plan: string;
    beforeAll(async () => {
      folder = mkdtempSync(path.join(tmpdir(), 'clic-interop-plan-'));
      plan = path.join(folder, 'plan.yaml');
      writeFileSync(
        path.join(folder, 'dag.yml'),
        `operators:\n  - { name: sink, params: { outputPath: ${path.join(folder, 'out.csv')} } }\n`,
      );
      writeFileSync(path.join(folder, 'out.csv'), 'a,1\n');
      writeFileSync(plan, PLAN(path.join(folder, 'dag.yml')));
      master = await startMasterProcess();
    });
    afterAll(async () => {
      await master.close();
      rmSync(folder, { recursive: true });
    });

    it('submits a plan, plays its executor and sees it complete', async () => {
      const call = (method: string, ...args: string[]) => peer.call(master.port, method, ...args);
      expect(await call('submitPlan', 'interop', plan)).toMatch(/submitted|\{"answer": null\}/);
      const client = createMasterClient(clientOptions(master.port));
      const [task] = await client.listTasks();
      const [first, second] = await client.stageIds(task!.name);

      expect(await call('listAllTask')).toMatch(/^1$|"plan_name": "interop-[a-z]{8}"/);
      expect(await call('getStageIdOfTask', task!.name)).toContain(first!);
      expect(await call('suspendStage', second!)).toContain('true');
      expect(await call('postStageStarted', first!)).toMatch(/SUCCESS|"resultCode": 0/);
      expect(await call('postDataPrepared', first!)).toMatch(/SUCCESS|"resultCode": 0/);
      expect(await call('getStageInfo', second!)).toContain('SUSPEND');
      expect(await call('continueStage', second!)).toContain('true');
      expect(await call('postStageCompleted', first!)).toMatch(/SUCCESS|"resultCode": 0/);
      mkdirSync(path.join(master.stateDir, 'work', task!.name), { recursive: true });
      writeFileSync(path.join(master.stateDir, 'work', task!.name, 'go'), '');
      await expect
        .poll(async () => (await client.task(task!.name)).status, { timeout: 10_000 })
        .toBe('COMPLETED');
      expect(await call('getTaskInfo', task!.name)).toContain('COMPLETED');
      expect(await call('getStageResult', first!)).toContain('out.csv');
      client.close();
    });

    it('gets the exceptions and empty answers that it knows for unknown names', async () => {
      const call = (method: string, ...args: string[]) => peer.call(master.port, method, ...args);
      expect(await call('getTaskInfo', 'nope')).toMatch(/^\{\}$|\{"answer": \{\}\}/);
      expect(await call('getStageIdOfTask', 'nope')).toMatch(/exception.* 6/);
      expect(await call('postDataPrepared', 'nope')).toMatch(/PARAMETER_ERROR|"resultCode": 1/);
      expect(await call('submitPlan', 'interop', '/no/such/plan.yaml')).toMatch(/exception.* 8/);
    });
  });

  describe('as a master, asked by our client', () => {
    let client: MasterClient;
    beforeAll(async () => {
      client = createMasterClient(clientOptions(await peer.serve()));
    });
    afterAll(() => client.close());

    it('answers everything that we ask', async () => {
      const [task] = await client.listTasks();
      expect(task).toMatchObject({ name: '单词-wordcount-abcdefgh', status: 'NEW', startTime: null });
      expect(await client.task('单词-wordcount-abcdefgh')).toMatchObject({ stageIds: ['s-1'] });
      await client.submitPlan('wordcount', '/data/plan.yaml');
      expect(await client.suspendStage('s-1')).toBe(true);
      expect(await client.continueStage('s-1')).toBe(false);
      expect(await client.stageIds('any')).toEqual(['s-1']);
    });

    it('has no result, and no task of that name, in its own way', async () => {
      expect(await client.resultPath('s-1')).toBeNull();
      await expect(client.task('nope')).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(client.submitPlan('wordcount', 'relative')).rejects.toMatchObject({ code: 'REFUSED' });
    });
  });
}
