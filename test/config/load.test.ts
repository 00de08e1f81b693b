import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig, type LoadedConfig } from '../../src/config/load.ts';
import { OPTIONS, OPTION_NAMES } from '../../src/config/options.ts';
import { describeOrigin } from '../../src/config/origin.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const FILE = 'master-info.config';

function load(
  root: string,
  env: Record<string, string> = {},
  flags: Record<string, string> = {},
): Promise<LoadedConfig> {
  const places = {
    cwd: path.join(root, 'cwd'),
    home: path.join(root, 'home'),
    dataDir: path.join(root, 'data'),
    packageDir: path.join(root, 'package'),
  };
  return loadConfig({ flags: new Map(Object.entries(flags)), env, places });
}

const configError = (message: string) => ({ code: 'CONFIG', message });

describe('which file is read', () => {
  const all = {
    [`named/${FILE}`]: 'ip=named',
    [`conf/${FILE}`]: 'ip=conf',
    [`clic-home/conf/${FILE}`]: 'ip=clic-home',
    [`data/conf/${FILE}`]: 'ip=data',
    [`home/.clic/${FILE}`]: 'ip=home',
    [`package/conf/${FILE}`]: 'ip=package',
  };
  const without = (...hidden: string[]): Record<string, string> =>
    Object.fromEntries(
      Object.entries(all).filter(([name]) => !hidden.some((prefix) => name.startsWith(prefix))),
    );

  test('--config goes before CLIC_CONF, that before CLIC_HOME, /data, the home and the package', async () => {
    const root = temporaryFolder(all);
    const env = {
      CLIC_CONF: path.join(root, `conf/${FILE}`),
      CLIC_HOME: path.join(root, 'clic-home'),
    };
    const { CLIC_HOME } = env;
    const flags = { config: path.join(root, `named/${FILE}`) };
    expect((await load(root, env, flags)).values.masterHost).toBe('named');
    expect((await load(root, env)).values.masterHost).toBe('conf');
    expect((await load(root, { CLIC_HOME })).values.masterHost).toBe('clic-home');
    expect((await load(root)).values.masterHost).toBe('data');
    expect((await load(temporaryFolder(without('data')))).values.masterHost).toBe('home');
    expect((await load(temporaryFolder(without('data', 'home')))).values.masterHost).toBe('package');
  });

  test('a CLIC_HOME without a file is passed over', async () => {
    const root = temporaryFolder(all);
    expect((await load(root, { CLIC_HOME: path.join(root, 'nothing') })).values.masterHost).toBe('data');
  });

  test('without any file the defaults hold', async () => {
    const { values, file, origins } = await load(temporaryFolder());
    expect(file).toBeNull();
    expect([values.masterHost, values.masterPort]).toEqual(['127.0.0.1', 7777]);
    expect(origins.masterHost).toEqual({ kind: 'default' });
  });

  test('a file that is named and not there is an error that says who named it', async () => {
    const root = temporaryFolder(all);
    await expect(load(root, {}, { config: 'gone' })).rejects.toMatchObject(
      configError(`--config names ${path.join(root, 'cwd/gone')}, which does not exist`),
    );
    await expect(load(root, { CLIC_CONF: '/gone' })).rejects.toMatchObject(
      configError('CLIC_CONF names /gone, which does not exist'),
    );
  });

  test('a file that is there and can not be read is an error, not passed over', async () => {
    const root = temporaryFolder(all);
    mkdirSync(path.join(root, 'clic-home2/conf', FILE), { recursive: true });
    await expect(load(root, { CLIC_HOME: path.join(root, 'clic-home2') })).rejects.toThrow(
      /can't be read: EISDIR/,
    );
  });
});

test('flags go before the environment, that before .env, that before the file, that before the defaults', async () => {
  const root = temporaryFolder({
    [`data/conf/${FILE}`]: 'ip=file\nport=1\nconnectTimeout=1s\nreadRetries=1\n',
    'cwd/.env':
      '# settings\nCLIC_MASTER_HOST=dotenv\nCLIC_MASTER_PORT=2\nexport CLIC_CONNECT_TIMEOUT="2s" # x\n',
  });
  const { values, origins } = await load(
    root,
    { CLIC_MASTER_HOST: 'environment', CLIC_MASTER_PORT: '3' },
    { 'master-host': 'flag' },
  );
  expect(values).toMatchObject({
    masterHost: 'flag',
    masterPort: 3,
    connectTimeout: 2_000,
    readRetries: 1,
    callTimeout: 30_000,
  });
  expect(
    (['masterHost', 'masterPort', 'connectTimeout', 'readRetries', 'callTimeout'] as const).map((name) =>
      describeOrigin(origins[name]),
    ),
  ).toEqual([
    '--master-host',
    'CLIC_MASTER_PORT',
    `${path.join(root, 'cwd/.env')}:4 (CLIC_CONNECT_TIMEOUT)`,
    `${path.join(root, `data/conf/${FILE}`)}:4 (readRetries)`,
    'default',
  ]);
});

test('.env may name the file, and does not touch the environment of the process', async () => {
  const root = temporaryFolder({ 'cwd/.env': 'CLIC_CONF=here.config\n', 'cwd/here.config': 'host=named\n' });
  expect((await load(root)).values.masterHost).toBe('named');
  expect(process.env['CLIC_CONF']).toBeUndefined();
});

test('an empty variable counts as not set', async () => {
  const root = temporaryFolder({ 'cwd/.env': 'CLIC_MASTER_HOST=\n', [`data/conf/${FILE}`]: 'ip=file' });
  expect((await load(root, { CLIC_MASTER_HOST: '', CLIC_CONF: '' })).values.masterHost).toBe('file');
});

test('the last line with a key holds, whichever of its names it uses', async () => {
  const root = temporaryFolder({ [`data/conf/${FILE}`]: 'ip=first\nhost=second\n' });
  expect((await load(root)).values.masterHost).toBe('second');
});

test('keys that mean nothing are kept, with their lines', async () => {
  const root = temporaryFolder({ [`data/conf/${FILE}`]: 'ip=x\nredisHost=y\n' });
  expect((await load(root)).unknown).toEqual([{ key: 'redisHost', value: 'y', line: 2 }]);
});

test('a relative path is meant from the file that holds it, or from the working directory', async () => {
  const root = temporaryFolder({ [`data/conf/${FILE}`]: 'tlsCa=ca.pem\n' });
  const { values } = await load(root, { CLIC_TLS_KEY: 'key.pem' }, { 'tls-cert': '/abs/cert.pem' });
  expect(values.tlsCa).toBe(path.join(root, 'data/conf/ca.pem'));
  expect(values.tlsKey).toBe(path.join(root, 'cwd/key.pem'));
  expect(values.tlsCert).toBe('/abs/cert.pem');
});

describe('a bad value is an error that names its source and what is expected', () => {
  const expected = 'expected a whole number from 1 to 65535';

  test('a line of the file', async () => {
    const root = temporaryFolder({ [`data/conf/${FILE}`]: '# x\nport=abc\n' });
    const file = path.join(root, 'data/conf', FILE);
    await expect(load(root)).rejects.toMatchObject(
      configError(`${file}:2 (port): "abc" is not valid: ${expected}`),
    );
  });

  test('an empty one', async () => {
    const root = temporaryFolder({ [`data/conf/${FILE}`]: 'ip=\n' });
    await expect(load(root)).rejects.toThrow(/:1 \(ip\): nothing is given: expected a host name/);
  });

  test('what looks like a command', async () => {
    const root = temporaryFolder({ [`data/conf/${FILE}`]: 'ip=$(hostname)\n' });
    await expect(load(root)).rejects.toThrow(
      /:1 \(ip\): "\$\(hostname\)" is not valid: expected a host name/,
    );
  });

  test('a line of .env', async () => {
    const root = temporaryFolder({ 'cwd/.env': '\nCLIC_MASTER_PORT=0\n' });
    const file = path.join(root, 'cwd/.env');
    await expect(load(root)).rejects.toMatchObject(
      configError(`${file}:2 (CLIC_MASTER_PORT): "0" is not valid: ${expected}`),
    );
  });

  test.each(OPTION_NAMES.filter((name) => OPTIONS[name].type.name !== 'path'))(
    '%s, by its variable and by its flag',
    async (name) => {
      const { env, flag, type } = OPTIONS[name];
      const bad = '\u0000?';
      const problem = `${JSON.stringify(bad)} is not valid: expected ${type.expects}`;
      await expect(load(temporaryFolder(), { [env]: bad })).rejects.toMatchObject(
        configError(`${env}: ${problem}`),
      );
      await expect(load(temporaryFolder(), {}, { [flag]: bad })).rejects.toMatchObject(
        configError(`--${flag}: ${problem}`),
      );
    },
  );
});
