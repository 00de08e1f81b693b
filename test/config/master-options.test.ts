import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseInfoFile } from '../../src/config/info-file.ts';
import { masterOptions } from '../../src/config/master-options.ts';
import { namesOf } from '../../src/config/option.ts';
import { showValue } from '../../src/config/value-types.ts';
import { MAX_PLAN_BYTES } from '../../src/plan/load.ts';
import { CONNECTION_LIMITS, SERVER_LIMITS } from '../../src/rpc/limits.ts';
import { SUBMISSION_LIMITS } from '../../src/master/service/submissions.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { MASTER_TABLE, masterConfig } from './support.ts';

const SAMPLE = fileURLToPath(new URL('../../conf/clic-master.config', import.meta.url));
const NAMES = namesOf(MASTER_TABLE);

/** A home folder whose .clic/clic-master.config holds this text. */
function homeWith(text: string): string {
  const home = temporaryFolder({});
  mkdirSync(path.join(home, '.clic'));
  writeFileSync(path.join(home, '.clic/clic-master.config'), text);
  return home;
}

describe('an option of clic-master', () => {
  test.each(NAMES)('%s has a flag and a variable that follow from its key', (name) => {
    const { flag, env, keys } = MASTER_TABLE[name];
    const words = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const own = name === 'host' || name === 'port' ? `listen-${words}` : words;
    expect({ flag, env, keys }).toEqual({
      flag: words,
      env: `CLIC_MASTER_${own.toUpperCase().replaceAll('-', '_')}`,
      keys: [name],
    });
  });

  test.each(NAMES)('%s is read from the text that shows its value', (name) => {
    const { type, default: value } = MASTER_TABLE[name];
    const text = showValue<unknown>(type, value);
    if (text !== '') expect(type.parse(text)).toEqual(value);
  });

  test.each(NAMES)('%s can be set by a flag, a variable and a line of the file', (name) => {
    const { flag, env, type, default: fallback } = MASTER_TABLE[name];
    const texts = {
      boolean: 'true',
      duration: '7s',
      path: '/x',
      names: 'X',
      URL: 'http://x',
      'Redis URL': 'redis://x',
      sentinels: 'main@x:1',
      name: 'x',
      host: '::1',
      address: 'master:7777',
    };
    const given = new Map(Object.entries(texts)).get(type.name) ?? type.choices?.at(-1) ?? '7';
    const expected: unknown = type.parse(given);
    expect(expected).toBeDefined();
    expect(expected).not.toEqual(fallback);
    expect(masterConfig({ [flag]: given }).values[name]).toEqual(expected);
    expect(masterConfig({}, { [env]: given }).values[name]).toEqual(expected);
    expect(masterConfig({}, {}, homeWith(`${name}=${given}\n`)).values[name]).toEqual(expected);
  });
});

test('as many stages run at once as there are processors, and on Kubernetes a thousand', () => {
  const running = (flags: Record<string, string>) => masterConfig(flags).values.maxRunning;
  expect(running({})).toBeLessThan(1000);
  expect(running({ executor: 'kubernetes' })).toBe(1000);
  expect(running({ executor: 'kubernetes', 'max-running': '7' })).toBe(7);
});

test('flags go before variables, variables before the file, and each value knows where it came from', () => {
  const home = homeWith('maxRunning=5\nmaxRetries=5\nretryDelay=5s\n');
  const env = { CLIC_MASTER_MAX_RUNNING: '6', CLIC_MASTER_MAX_RETRIES: '6', CLIC_MASTER_RETENTION_DAYS: '' };
  const { values, origins } = masterConfig({ 'max-running': '7' }, env, home);
  expect(values).toMatchObject({ maxRunning: 7, maxRetries: 6, retryDelay: 5_000, retentionDays: 30 });
  expect(origins).toMatchObject({
    maxRunning: { kind: 'flag', name: '--max-running' },
    maxRetries: { kind: 'environment', name: 'CLIC_MASTER_MAX_RETRIES' },
    retryDelay: { kind: 'file', line: 3 },
    retentionDays: { kind: 'default' },
  });
});

test('the variables that tell clic where the master is say nothing to the master', () => {
  const env = { CLIC_MASTER_HOST: '10.0.0.1', CLIC_MASTER_PORT: 'tcp://10.0.0.1:7777' };
  expect(masterConfig({}, env).values).toMatchObject({ host: '127.0.0.1', port: 7777 });
});

test.each(['retry-delay', 'stop-grace', 'completion-grace'])('--%s has to say its unit', (flag) => {
  expect(() => masterConfig({ [flag]: '500' })).toThrow(
    expect.objectContaining({
      code: 'CONFIG',
      message: `--${flag}: "500" is not valid: expected a time with its unit, such as 500ms, 5s, 2m or 1h, less than 24 days`,
    }) as Error,
  );
  expect(() => masterConfig({ [flag]: '500ms' })).not.toThrow();
});

test('a value that is not valid is told with the line of the file', () => {
  const home = homeWith('# mine\nmaxRunning=many\n');
  expect(() => masterConfig({}, {}, home)).toThrow(
    `${home}/.clic/clic-master.config:2 (maxRunning): "many" is not valid`,
  );
});

test('a named file is read, and has to be there', () => {
  const home = temporaryFolder({ 'my.config': 'maxRunning=9\nnonsense=1\n' });
  const named = masterConfig({ config: 'my.config' }, {}, home);
  expect(named).toMatchObject({ values: { maxRunning: 9 }, unknown: [{ key: 'nonsense', line: 2 }] });
  expect(masterConfig({}, { CLIC_MASTER_CONF: 'my.config' }, home).values.maxRunning).toBe(9);
  expect(() => masterConfig({ config: 'gone.config' }, {}, home)).toThrow('which does not exist');
});

test('the limits are those of the server and of plans when nothing is said', () => {
  const { values } = masterConfig();
  expect({
    maxMessageBytes: values.maxRequestBytes,
    maxStringBytes: values.maxStringBytes,
    maxContainerSize: values.maxContainerSize,
    maxDepth: values.maxDepth,
  }).toEqual(SERVER_LIMITS);
  expect(values).toMatchObject({
    maxConnections: CONNECTION_LIMITS.maxConnections,
    requestTimeout: CONNECTION_LIMITS.requestTimeoutMs,
    idleTimeout: CONNECTION_LIMITS.idleTimeoutMs,
    writeTimeout: CONNECTION_LIMITS.writeTimeoutMs,
    maxNotedSessions: SUBMISSION_LIMITS.sessions,
    maxNotedTasks: SUBMISSION_LIMITS.tasks,
    maxPlanBytes: MAX_PLAN_BYTES,
  });
});

test('the state is kept where XDG_STATE_HOME says, else in the home folder', () => {
  const dir = (env: Record<string, string>) =>
    masterOptions({ env, home: '/home/me', processors: 1 }).stateDir.default;
  expect(dir({ XDG_STATE_HOME: '/state' })).toBe('/state/clic-master');
  expect(dir({ XDG_STATE_HOME: 'relative' })).toBe('/home/me/.local/state/clic-master');
  expect(dir({})).toBe('/home/me/.local/state/clic-master');
});

test('the sample file sets nothing, and each line that it has in a comment is valid', () => {
  const sample = readFileSync(SAMPLE, 'utf8');
  expect(parseInfoFile(sample, SAMPLE)).toEqual([]);
  const settings = sample.replaceAll(/^# (?=\w+=\S+$)/gm, '');
  const home = homeWith(settings);
  const { unknown, origins } = masterConfig({}, {}, home);
  expect(unknown).toEqual([]);
  expect(Object.values(origins).filter(({ kind }) => kind === 'file').length).toBeGreaterThan(25);
});
