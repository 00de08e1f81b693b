import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { OPTIONS, OPTION_NAMES } from '../../src/config/options.ts';
import { DEFAULT_LIMITS } from '../../src/rpc/limits.ts';

const CONF = fileURLToPath(new URL('../../conf/', import.meta.url));
const NOWHERE = '/nonexistent-clic-test';
const places = { cwd: NOWHERE, home: NOWHERE, dataDir: NOWHERE, packageDir: NOWHERE };

test('no two options share a flag, a variable or a key', () => {
  const names = OPTION_NAMES.flatMap((name) => {
    const { flag, env, keys } = OPTIONS[name];
    return [`--${flag}`, env, ...keys];
  });
  expect(new Set(names).size).toBe(names.length);
});

test.each(OPTION_NAMES)('the flag and the variable of %s follow from its key', (name) => {
  const { flag, env } = OPTIONS[name];
  const words = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  expect(flag).toBe(words);
  expect(env).toBe(`CLIC_${words.toUpperCase().replaceAll('-', '_')}`);
});

test('the limits are those of the client', () => {
  expect({
    maxMessageBytes: OPTIONS.maxReplyBytes.default,
    maxStringBytes: OPTIONS.maxStringBytes.default,
    maxContainerSize: OPTIONS.maxContainerSize.default,
    maxDepth: OPTIONS.maxDepth.default,
  }).toEqual(DEFAULT_LIMITS);
});

test('conf/master-info.config loads, and every key in it is known', async () => {
  const flags = new Map([['config', `${CONF}master-info.config`]]);
  const config = await loadConfig({ flags, env: {}, places });
  expect(config.unknown).toEqual([]);
  expect(config.values).toMatchObject({ masterHost: '127.0.0.1', masterPort: 7777 });
});

test('what the sample has in comments is valid too', () => {
  const sample = readFileSync(`${CONF}master-info.config`, 'utf8');
  const settings = [...sample.matchAll(/^# (\w+)=(\S+)$/gm)].map(([, key = '', value = '']) => ({
    key,
    value,
  }));
  expect(settings.length).toBeGreaterThan(5);
  for (const { key, value } of settings) {
    const name = OPTION_NAMES.find((known) => OPTIONS[known].keys.includes(key));
    expect(name, key).toBeDefined();
    expect(name && OPTIONS[name].type.parse(value), key).toBeDefined();
  }
});
