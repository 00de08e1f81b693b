import { describe, expect, test } from 'vitest';
import { addressForPods } from '../../../src/master/executor/open.ts';

describe('pods reach the master', () => {
  const listening = { host: '0.0.0.0', port: 7777 };

  test.each([
    ['10.0.0.1', '10.0.0.1', 7777],
    ['master.example:80', 'master.example', 80],
    ['[::1]:80', '::1', 80],
    ['[::1]', '::1', 7777],
  ])('where --advertise %s says', (advertise, host, port) => {
    expect(addressForPods(listening, advertise, 'argo')).toEqual({ host, port });
  });

  test('by its service in the cluster, or else where it listens', () => {
    expect(addressForPods(listening, null, 'argo')).toEqual({ host: 'clic-master-svc.argo', port: 7777 });
    expect(addressForPods({ host: '10.0.0.1', port: 1 }, null, null)).toEqual({ host: '10.0.0.1', port: 1 });
  });

  test.each(['0.0.0.0', '127.0.0.1', '::'])('not at %s, which is said at the start', (host) => {
    expect(() => addressForPods({ host, port: 7777 }, null, null)).toThrow(`pods can't reach ${host}`);
  });
});
