import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { version } from '../../package.json';
import { planText } from './master/support/plans.ts';
import { NODE } from '../helpers/clic-process.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

/** What a user needs, and nothing else: each of these matches at least one file. */
const CONTENT: readonly RegExp[] = [
  /^package\.json$/,
  /^README\.md$/,
  /^docs\/[\w.-]+\.md$/,
  /^README\.zh-CN\.md$/,
  /^bin\/clic$/,
  /^bin\/clic-master$/,
  /^conf\/(master-info|clic-master)\.config$/,
  /^idl\/\w+\.thrift$/,
  /^dist\/clic\.cjs(\.map)?$/,
  /^dist\/clic-master\.cjs(\.map)?$/,
  /^dist\/clic-(starter|plans)\.cjs(\.map)?$/,
  /^dist\/lib\/[-\w]+\.cjs(\.map)?$/,
  /^dist\/cache\/v[\d.]+-\w+\/(lib\/)?[-\w]+\.cjs$/,
  /^dist\/THIRD-PARTY-LICENSES\.txt$/,
];

describe('the packed package', { timeout: 120_000 }, () => {
  let folder: string;
  let prefix: string;
  let files: string[];
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'clic-pack-'));
    prefix = path.join(folder, 'prefix');
    // The build was made just before the tests; packing again would only repeat it.
    await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: root });
    const [tarball = ''] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
    const install = [
      'install',
      '--global',
      '--prefix',
      prefix,
      '--no-audit',
      '--no-fund',
      '--prefer-offline',
    ];
    await run('npm', [...install, path.join(folder, tarball)], { cwd: folder });
    files = filesIn(path.join(prefix, 'lib/node_modules/clic'));
    // Nothing of this checkout or of the tester.
    env = { PATH: `${path.dirname(NODE)}:/usr/bin:/bin`, HOME: folder, TZ: 'UTC' };
  }, 240_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

  const bin = (name: string) => path.join(prefix, 'bin', name);
  const clic = async (...args: string[]): Promise<string> =>
    (await run(bin('clic'), args, { cwd: folder, env })).stdout;

  it('holds what a user needs, and nothing else', () => {
    expect(files.filter((file) => !CONTENT.some((pattern) => pattern.test(file)))).toEqual([]);
    expect(CONTENT.filter((pattern) => !files.some((file) => pattern.test(file)))).toEqual([]);
  });

  it('tells its version and its help', async () => {
    expect(await clic('-version')).toContain(version);
    expect(await clic('help')).toContain('clic submit');
    expect((await run(bin('clic-master'), ['--version'], { env })).stdout).toBe(`${version}\n`);
  });

  it('runs a plan from submission to result', async () => {
    const plan = path.join(folder, 'plan.yaml');
    const stages = [
      { name: 'write', run: 'echo one > lines.txt', result: 'lines.txt' },
      { name: 'append', after: ['write'], run: 'echo two >> lines.txt', result: 'lines.txt' },
    ];
    writeFileSync(plan, planText(stages));
    const args = ['--port', '0', '--state-dir', path.join(folder, 'state'), '--log-level', 'warn'];
    const master = spawn(bin('clic-master'), args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = new Promise<number | null>((resolve) => master.once('exit', resolve));
    try {
      const line = await new Promise<string>((resolve, reject) => {
        master.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString()));
        void ended.then((code) => reject(new Error(`clic-master ended with ${String(code)}`)));
      });
      writeFileSync(
        path.join(folder, '.env'),
        `CLIC_MASTER_PORT=${String(/:(\d+)$/.exec(line.trim())?.[1])}\n`,
      );
      const task = (await clic('submit', 'packed', plan, '--wait', '-o', 'name')).trim();
      expect(await clic('-list_task')).toContain(`${task} `);
      expect(await clic('task', task, '-o', 'yaml')).toContain('COMPLETED');
      expect(await clic('-stage_result', `${task}-sh-append-2`)).toBe('one\ntwo\n');
    } finally {
      master.kill('SIGTERM');
    }
    expect(await ended).toBe(0);
  });
});

/** The files under a folder, by relative path, without those of its dependencies. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .filter((file) => !file.startsWith('node_modules/'));
}
