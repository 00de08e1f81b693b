import { expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { mergePod } from '../../src/model/pod-patch.ts';

it('a patch is laid over mappings key by key', () => {
  const base = { hostname: 'a', securityContext: { fsGroup: 1, runAsUser: 2 } };
  expect(mergePod(base, { securityContext: { runAsUser: 3 }, subdomain: 's' })).toEqual({
    hostname: 'a',
    securityContext: { fsGroup: 1, runAsUser: 3 },
    subdomain: 's',
  });
});

it('items of lists are found by what names them, and others are added', () => {
  const base = {
    containers: [
      { name: 'main', image: 'i', env: [{ name: 'A', value: '1' }], ports: [{ containerPort: 80 }] },
      { name: 'other', image: 'o' },
    ],
  };
  const patch = {
    containers: [
      { name: 'more', image: 'm' },
      {
        name: 'main',
        env: [{ name: 'A', value: '2' }, { name: 'B' }],
        ports: [{ containerPort: 80, name: 'http' }],
      },
    ],
  };
  expect(mergePod(base, patch)).toEqual({
    containers: [
      {
        name: 'main',
        image: 'i',
        env: [{ name: 'A', value: '2' }, { name: 'B' }],
        ports: [{ containerPort: 80, name: 'http' }],
      },
      { name: 'other', image: 'o' },
      { name: 'more', image: 'm' },
    ],
  });
});

it('lists whose items have no name are replaced', () => {
  expect(mergePod({ tolerations: [{ key: 'a' }] }, { tolerations: [{ key: 'b' }] })).toEqual({
    tolerations: [{ key: 'b' }],
  });
  expect(
    mergePod(
      { containers: [{ name: 'a', command: ['x', 'y'] }] },
      { containers: [{ name: 'a', command: ['z'] }] },
    ),
  ).toEqual({ containers: [{ name: 'a', command: ['z'] }] });
});

it('items without the name are added, and replace nothing', () => {
  expect(
    mergePod({ env: [{ name: 'A' }, { value: 'x' }] }, { env: [{ value: 'y' }, { value: 'z' }] }),
  ).toEqual({
    env: [{ name: 'A' }, { value: 'x' }, { value: 'y' }, { value: 'z' }],
  });
});

it('null removes, also within what the patch adds; for a patch of a patch it stays', () => {
  const patch = { hostname: null, securityContext: { fsGroup: null, runAsUser: 1 } };
  expect(mergePod({ hostname: 'h' }, patch)).toEqual({ securityContext: { runAsUser: 1 } });
  expect(mergePod({ hostname: 'h' }, patch, { keepNulls: true })).toEqual(patch);
});

it('a key such as __proto__ is data', () => {
  const patch = JSON.parse('{"__proto__":{"hostname":"x"}}') as JsonObject;
  const merged = mergePod({}, patch);
  expect(Object.hasOwn(merged, '__proto__')).toBe(true);
  expect(merged['hostname']).toBeUndefined();
});
