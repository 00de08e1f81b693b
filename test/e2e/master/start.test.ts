import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { version } from '../../../package.json';
import { startMasterProcess, type MasterProcess } from '../../helpers/master-process.ts';
import { startPeer } from '../../helpers/peer.ts';
import { clic } from '../../helpers/clic-process.ts';
import { planText } from './support/plans.ts';
import { runMaster } from './support/run-master.ts';

const isRoot = process.getuid?.() === 0;

describe('clic-master, started', { timeout: 60_000 }, () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'clic-start-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const start = (...args: string[]) =>
    runMaster(['--port', '0', '--state-dir', path.join(folder, 'state'), ...args]);
  const refused = async (...args: string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await start(...args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^clic-master: \S/);
    expect(stderr).not.toMatch(/^ +at /m);
    return stderr;
  };

  it('tells of an error that nobody foresaw in one line, and with CLIC_DEBUG names places in its sources', async () => {
    const broken = path.join(folder, 'broken.cjs');
    writeFileSync(broken, `require('net').createServer = () => { throw new TypeError('odd'); };`);
    const run = async (env: NodeJS.ProcessEnv): Promise<string> => {
      const args = ['--port', '0', '--state-dir', path.join(folder, 'broken')];
      return (await runMaster(args, { ...process.env, NODE_OPTIONS: `--require ${broken}`, ...env })).stderr;
    };
    expect(await run({ CLIC_DEBUG: '' })).toBe(
      'clic-master: odd\nhint: set CLIC_DEBUG=1 to see where it happened\n',
    );
    expect(await run({ CLIC_DEBUG: '1' })).toMatch(
      /^TypeError: odd\n[\s\S]* at .*src\/rpc\/server\.ts:\d+:\d+/m,
    );
  });

  describe('while another one runs', () => {
    let master: MasterProcess;
    beforeAll(async () => {
      master = await startMasterProcess();
    });
    afterAll(() => master.close());

    it('leaves the state directory to the other', async () => {
      const stderr = await refused('--state-dir', master.stateDir);
      expect(stderr).toContain(`${master.stateDir} is in use by another clic-master`);
      expect(stderr).toContain('--state-dir');
    });

    it('says that the port is in use, and lets go of its own state', async () => {
      const stderr = await refused('--port', String(master.port));
      expect(stderr).toContain(`127.0.0.1:${master.port}: the port is in use`);
      const next = await startMasterProcess({ stateDir: path.join(folder, 'state') });
      expect(await next.stop()).toBe(0);
    });
  });

  it('does not serve other machines unless that is said, and warns then', async () => {
    for (const host of ['0.0.0.0', '::', '192.0.2.1', 'example.org']) {
      expect(await refused('--host', host)).toContain('--allow-remote');
    }
    const master = await startMasterProcess({ args: ['--host', '0.0.0.0', '--allow-remote'] });
    expect(master.log()).toMatch(/WARN .*0\.0\.0\.0.*everyone/);
    await master.close();
  });

  it('warns of nothing on a loopback address', async () => {
    const master = await startMasterProcess({ args: ['--host', 'localhost'] });
    expect(master.log()).not.toContain('WARN');
    await master.close();
  });

  it('says which address it can not listen on', async () => {
    const { exitCode, stdout, stderr } = await start('--host', '192.0.2.1', '--allow-remote');
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain("clic-master: can't listen on 192.0.2.1:0: the address is not of this machine");
  });

  it.each([
    '--no-such-option',
    'word',
    '--port',
    '--port 65536',
    '--port -1',
    '--host a/b',
    '--state-dir=',
    '--store mysql',
    '--store',
    '--executor nomad',
    '--max-running 0',
    '--max-retries many',
    '--pass-env A=B',
    '--log-level',
  ])('refuses %s, and makes nothing', async (words) => {
    const untouched = path.join(folder, 'untouched');
    const stderr = await refused('--state-dir', untouched, ...words.split(' '));
    expect(stderr).toContain('clic-master help');
    expect(existsSync(untouched)).toBe(false);
  });

  it.each([['--help'], ['-h']])('explains itself with %s', async (flag) => {
    const { exitCode, stdout, stderr } = await start(flag);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    for (const option of ['--host', '--port', '--state-dir', '--allow-remote', '--pass-env', '--tls-ca'])
      expect(stdout).toContain(option);
  });

  it.each([['--version'], ['-V']])('tells its version with %s', async (flag) => {
    const { exitCode, stdout, stderr } = await start(flag);
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('names a state directory that is a file, or under one', async () => {
    const file = path.join(folder, 'file');
    writeFileSync(file, '');
    expect(await refused('--state-dir', file)).toContain(file);
    expect(await refused('--state-dir', path.join(file, 'under'))).toContain(file);
  });

  it.skipIf(isRoot)('names a state directory that it may not write to', async () => {
    const closed = path.join(folder, 'closed');
    mkdirSync(closed);
    chmodSync(closed, 0o500);
    expect(await refused('--state-dir', closed)).toContain(closed);
  });

  it('does not take the folder of something else for its state', async () => {
    const other = path.join(folder, 'other');
    mkdirSync(path.join(other, 'store'), { recursive: true });
    writeFileSync(path.join(other, 'store', 'CURRENT'), 'mine\n');
    const { exitCode, stderr } = await start('--state-dir', other);
    expect(exitCode).toBeGreaterThan(0);
    expect(stderr).toContain(other);
  });

  it('keeps nothing with --store memory', async () => {
    const stateDir = path.join(folder, 'memory');
    const master = await startMasterProcess({ stateDir, args: ['--store', 'memory'] });
    const plan = path.join(folder, 'gone.yaml');
    writeFileSync(plan, planText([{ name: 'a', run: ':' }]));
    expect((await clic(['submit', 'gone', plan], { port: master.port })).exitCode).toBe(0);
    expect(await master.stop()).toBe(0);
    const next = await startMasterProcess({ stateDir, args: ['--store', 'memory'] });
    expect((await clic(['list', '-o', 'name'], { port: next.port })).stdout).toBe('');
    expect(await next.stop()).toBe(0);
  });

  it('serves a port that was just let go', async () => {
    const peer = await startPeer(() => undefined);
    await peer.close();
    const master = await startMasterProcess({ args: ['--port', String(peer.port)] });
    expect(master.port).toBe(peer.port);
    await master.close();
  });
});

it('clic-master config prints data on stdout, and misspelt names on stderr with the nearest ones', async () => {
  const env = { ...process.env, CLIC_MASTER_LISTEN_PROT: '1' };
  const { exitCode, stdout, stderr } = await runMaster(['config', '-o', 'json'], env);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1 });
  expect(stderr).toBe(
    'clic-master: CLIC_MASTER_LISTEN_PROT is not known, and ignored; did you mean CLIC_MASTER_LISTEN_PORT?\n',
  );
});
