import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { OutputChecker, type OutputCheckerOptions } from '../../src/master/outputs.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { type HttpServer, hdfs, sendRemoteException, serve } from '../results/hdfs-server.ts';

function checkerWith(options: Partial<OutputCheckerOptions> = {}): OutputChecker {
  const checker = new OutputChecker({
    timeoutMs: 20_000,
    webhdfs: null,
    hdfsUser: 'ana',
    onWarning: (error) => expect.unreachable(error.message),
    ...options,
  });
  onTestFinished(() => checker.close());
  return checker;
}

const seen = (...paths: string[]) => paths.map((path) => ({ path, isVisible: true }));

async function httpFs(...args: Parameters<typeof serve>): Promise<HttpServer> {
  const server = await serve(...args);
  onTestFinished(() => server.stop());
  return server;
}

/** The processes that this one has started, by id. */
function children(): number[] {
  const listing = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], {
    encoding: 'utf8',
  });
  return listing
    .split('\n')
    .filter((line) => line.includes('lstat'))
    .map((line) => Number.parseInt(line, 10));
}

describe('outputs of a stage that are', () => {
  it('files and directories, empty or not, are there', async () => {
    const folder = temporaryFolder({
      'out.csv': 'a\n',
      'empty.csv': '',
      'parts/part-0': 'a\n',
      'line\nbreak': '',
    });
    const names = ['out.csv', 'empty.csv', 'parts', 'line\nbreak'].map((name) => join(folder, name));
    execFileSync('mkdir', [join(folder, 'bare')]);
    expect(await checkerWith().missing(seen(...names, join(folder, 'bare')))).toBeNull();
  });

  it('not there are named, the first one', async () => {
    const folder = temporaryFolder({ 'out.csv': '', '数 据': '' });
    const checker = checkerWith();
    const gone = join(folder, 'gone');
    expect(await checker.missing(seen(join(folder, 'out.csv'), gone, join(folder, 'too')))).toBe(gone);
    expect(await checker.missing(seen(join(folder, 'out.csv/below a file')))).not.toBeNull();
    expect(await checker.missing(seen(pathToFileURL(join(folder, '数 据')).href))).toBeNull();
    const uri = pathToFileURL(gone).href;
    expect(await checker.missing(seen(uri))).toBe(uri);
  });

  it('a moment late are there', async () => {
    const folder = temporaryFolder();
    const late = join(folder, 'late');
    const checker = checkerWith();
    await checker.missing(seen(folder));
    const timer = setTimeout(() => writeFileSync(late, ''), 100);
    onTestFinished(() => clearTimeout(timer));
    expect(await checker.missing(seen(late))).toBeNull();
  });

  it('out of sight, on another storage, relative or behind a link are not judged', async () => {
    const folder = temporaryFolder();
    symlinkSync('/nonexistent-clic-test/there', join(folder, 'link'));
    const checker = checkerWith();
    expect(await checker.missing([{ path: join(folder, 'gone'), isVisible: false }])).toBeNull();
    expect(
      await checker.missing(
        seen('s3a://bucket/out', 'hdfs://nn/out', 'relative/out', 'hdfs:out', join(folder, 'link')),
      ),
    ).toBeNull();
    expect(await checker.missing([])).toBeNull();
  });

  it.skipIf(process.getuid?.() === 0)('in a folder that may not be looked into are not judged', async () => {
    const folder = temporaryFolder({ 'closed/out': '' });
    chmodSync(join(folder, 'closed'), 0);
    onTestFinished(() => chmodSync(join(folder, 'closed'), 0o700));
    expect(await checkerWith().missing(seen(join(folder, 'closed/gone')))).toBeNull();
  });
});

describe('outputs on HDFS', () => {
  it('are looked for, as the user', async () => {
    const { base, requests } = await httpFs(hdfs({ '/out/part-0': '', '/a b': '' }));
    const checker = checkerWith({ webhdfs: base });
    expect(await checker.missing(seen('hdfs://nn:8020/out', 'hdfs:///a b'))).toBeNull();
    expect(requests).toContain('/webhdfs/v1/out?op=GETFILESTATUS&user.name=ana');
    expect(await checker.missing(seen('hdfs://nn/out', 'hdfs://nn/gone'))).toBe('hdfs://nn/gone');
  });

  it.each([
    ['refuses', 403, 'AccessControlException'],
    ['is a standby', 403, 'StandbyException'],
    ['fails', 500, 'IOException'],
  ])('are not judged where it %s', async (_, status, exception) => {
    const { base } = await httpFs((_request, response) =>
      sendRemoteException(response, status, exception, 'no'),
    );
    expect(await checkerWith({ webhdfs: base }).missing(seen('hdfs://nn/out'))).toBeNull();
  });

  it('are not judged where something else answers, nobody, or nobody in time', async () => {
    const other = await httpFs((_request, response) => response.writeHead(404).end('<html>not here</html>'));
    const gone = await serve(() => undefined);
    await gone.stop();
    const silent = await httpFs(() => undefined);
    for (const { base } of [other, gone, silent]) {
      expect(await checkerWith({ webhdfs: base, timeoutMs: 300 }).missing(seen('hdfs://nn/out'))).toBeNull();
    }
    expect(silent.requests).toHaveLength(1);
  });
});

it('outputs that can not be looked at are not judged, which is warned of once', async () => {
  const { execPath } = process;
  onTestFinished(() => void (process.execPath = execPath));
  const warnings: string[] = [];
  const checker = checkerWith({ onWarning: ({ message }) => void warnings.push(message) });
  process.execPath = join(temporaryFolder(), 'gone');
  const gone = join(temporaryFolder(), 'gone');
  for (let i = 0; i < 3; i += 1) expect(await checker.missing(seen(gone))).toBeNull();
  expect(warnings).toEqual([
    expect.stringMatching(/^declared results on this machine are not checked: spawn .* ENOENT$/),
  ]);
  process.execPath = execPath;
  await expect.poll(() => checker.missing(seen(gone)), { timeout: 20_000 }).toBe(gone);
});

describe('a storage that hangs', () => {
  it('costs a check no more than its time, and when it answers again so does the check', async () => {
    const folder = temporaryFolder();
    const gone = join(folder, 'gone');
    const checker = checkerWith({ timeoutMs: 2_000 });
    await expect.poll(() => checker.missing(seen(gone)), { timeout: 20_000 }).toBe(gone);
    const [helper] = children();
    process.kill(helper!, 'SIGSTOP');
    expect(await checker.missing(seen(gone))).toBeNull();
    process.kill(helper!, 'SIGCONT');
    await expect.poll(() => checker.missing(seen(gone)), { timeout: 20_000 }).toBe(gone);
    expect(children()).toEqual([helper]);
  });

  it('that many wait for is left behind with the process that hangs, and another one looks', async () => {
    const folder = temporaryFolder();
    const gone = join(folder, 'gone');
    const checker = checkerWith({ timeoutMs: 2_000 });
    await expect.poll(() => checker.missing(seen(gone)), { timeout: 20_000 }).toBe(gone);
    const [helper] = children();
    process.kill(helper!, 'SIGSTOP');
    const places = seen(...Array.from({ length: 100 }, (_, i) => join(folder, `gone-${i}`)));
    expect(await checker.missing(places)).toBeNull();
    await vi.waitFor(() => expect(() => process.kill(helper!, 0)).toThrow(/ESRCH/), 20_000);
    await expect.poll(() => checker.missing(seen(gone)), { timeout: 20_000 }).toBe(gone);
  });

  it('does not keep a check from ending that is closed', async () => {
    const { base } = await httpFs(() => undefined);
    const checker = checkerWith({ webhdfs: base, timeoutMs: 60_000 });
    const checking = checker.missing(seen('hdfs://nn/out', '/nonexistent-clic-test'));
    await checker.close();
    expect(await checking).toBeNull();
    expect(await checker.missing(seen('/nonexistent-clic-test'))).toBeNull();
  });
});

it('thousands of outputs are looked at in bounded numbers at once, and the missing one is found', async () => {
  let open = 0;
  let most = 0;
  const files = hdfs({ '/out': '' });
  const { base } = await httpFs((request, response, url) => {
    open += 1;
    most = Math.max(most, open);
    response.on('finish', () => void (open -= 1));
    setImmediate(() => files(request, response, url));
  });
  const folder = temporaryFolder({ out: '' });
  const places = Array.from({ length: 300 }, () => seen('hdfs://nn/out', join(folder, 'out'))).flat();
  const checker = checkerWith({ webhdfs: base, timeoutMs: 60_000 });
  expect(await checker.missing([...places, ...seen(join(folder, 'gone'))])).toBe(join(folder, 'gone'));
  expect(most).toBeLessThanOrEqual(8);
});

it('works in a bundle, and keeps no process from ending: neither ours nor its own', async () => {
  const folder = temporaryFolder();
  const bundle = join(folder, 'bundle.cjs');
  await build({
    stdin: {
      contents: `
        import { OutputChecker } from './src/master/outputs.ts';
        const checker = new OutputChecker({ timeoutMs: 20_000, webhdfs: null, hdfsUser: null });
        void checker.missing([{ path: process.argv[2] + '/gone', isVisible: true }]).then((path) => {
          console.log(path + ' ' + require('node:child_process').execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)]));
        });`,
      resolveDir: resolve(import.meta.dirname, '../..'),
      loader: 'ts',
    },
    bundle: true,
    minify: true,
    platform: 'node',
    outfile: bundle,
    logLevel: 'silent',
  });
  const { stdout } = await promisify(execFile)(process.execPath, [bundle, folder]);
  expect(stdout).toContain(`${folder}/gone`);
  const helper = Number(/ (\d+) \S*node\S* -e/.exec(stdout)?.[1]);
  expect(helper).toBeGreaterThan(1);
  await vi.waitFor(() => expect(isRunning(helper)).toBe(false), 20_000);
  rmSync(bundle);
});

function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
