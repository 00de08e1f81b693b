import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { version } from '../../package.json';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

describe('clic, which is built with bytecode for the Node that built it', () => {
  let copy: string;
  beforeEach(() => {
    copy = mkdtempSync(path.join(tmpdir(), 'clic-bytecode-'));
    for (const part of ['bin', 'dist', 'conf', 'package.json'])
      cpSync(path.join(root, part), path.join(copy, part), { recursive: true });
  });
  afterEach(() => rmSync(copy, { recursive: true }));

  const clic = async (...args: string[]): Promise<string> =>
    (await run(process.execPath, [...args.slice(0, -1), path.join(copy, 'bin/clic'), args.at(-1) ?? '']))
      .stdout;
  const cache = (): string => path.join(copy, 'dist/cache', `${process.version}-${process.arch}`);
  /** Writes each stored file anew. */
  const alter = (change: (bytes: Buffer) => Buffer): void => {
    const files = readdirSync(cache(), { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.cjs'),
    );
    expect(files.length).toBeGreaterThan(3);
    for (const name of files) {
      const file = path.join(cache(), name);
      writeFileSync(file, change(readFileSync(file)));
    }
  };

  it('uses it', async () => {
    const spy = path.join(copy, 'spy.cjs');
    writeFileSync(
      spy,
      `const vm = require('node:vm');
       vm.Script = class extends vm.Script {
         constructor(source, options) {
           super(source, options);
           process.stdout.write('rejected: ' + this.cachedDataRejected + '\\n');
         }
       };`,
    );
    const said = (await clic('--require', spy, 'version'))
      .split('\n')
      .filter((line) => line.startsWith('rejected'));
    expect(new Set(said)).toEqual(new Set(['rejected: false']));
  });

  it.each([
    [
      'of another version of V8',
      (bytes: Buffer) => Buffer.concat([Buffer.from('cafebabe', 'hex'), bytes.subarray(4)]),
    ],
    ['that was cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
    ['that is empty', () => Buffer.alloc(0)],
  ])('runs as well with bytecode %s', async (_, change) => {
    alter(change);
    expect(await clic('version')).toContain(version);
  });

  it('runs as well without', async () => {
    rmSync(path.join(copy, 'dist/cache'), { recursive: true });
    expect(await clic('version')).toContain(version);
  });

  it('names places in its sources in a trace of CLIC_DEBUG, and reads its source maps for nothing else', async () => {
    const list = [path.join(copy, 'bin/clic'), 'list', '--master-port', '1', '--read-retries', '0'];
    const trace = async (env: NodeJS.ProcessEnv): Promise<string> =>
      run(process.execPath, list, { env: { ...process.env, ...env } }).then(
        () => '',
        (error: unknown) => (error as { stderr: string }).stderr,
      );
    const debug = await trace({ CLIC_DEBUG: '1' });
    expect(debug).toMatch(/^UNREACHABLE: can't reach/m);
    expect(debug).toMatch(/at .*src\/rpc\/connection\.ts:\d+:\d+/);
    expect(await trace({ CLIC_DEBUG: '' })).not.toContain('src/rpc');
  });
});
